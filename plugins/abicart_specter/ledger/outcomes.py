"""What became of every item of a run: once per run and item (rule 5), and found against outcomes as sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import Connection, Executable, Select, and_, func, literal, select, text, tuple_

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.models import OutcomeEntry, StagedItemRow
from abicart_specter.ledger.outcome_rules import may_replace
from abicart_specter.ledger.records import (
    GapRecord,
    OutcomeGaps,
    OutcomeRecord,
    OutcomeRow,
    RunKey,
    StagingState,
)
from abicart_specter.ledger.runs import row_id
from abicart_specter.ledger.staging import require_state

_BATCH = 1000
_SAME_ITEM = and_(
    OutcomeEntry.run == StagedItemRow.run,
    OutcomeEntry.kind == StagedItemRow.kind,
    OutcomeEntry.uid == StagedItemRow.uid,
)


def record_outcomes(db: Database, run: RunKey, records: Sequence[OutcomeRecord]) -> None:
    """Records outcomes; of an item that has one already, only as ``outcome_rules.may_replace`` allows."""
    if records:
        with db.write() as connection:
            store_outcomes(db, connection, run, records)


def store_outcomes(
    db: Database, connection: Connection, run: RunKey, records: Sequence[OutcomeRecord]
) -> None:
    """``record_outcomes`` inside a transaction that is open."""
    own, now = row_id(connection, run), db.now(connection)
    connection.execute(
        _record(db.backend),
        [
            {
                "run": own,
                "kind": record.key.kind,
                "uid": record.key.uid,
                "product_number": record.product_number,
                "outcome": record.outcome,
                "reason": record.reason,
                "rule": record.rule,
                "remedy": record.remedy or None,
                "recorded_at": now,
            }
            for record in sorted(records, key=lambda record: record.key)
        ],
    )


@cache
def _record(backend: str) -> Executable:
    """The insert, with ``may_replace`` as SQL, so that one statement decides, also between two writers.

    The pairs of words are written into the statement: as parameters they would be bound anew for every row.
    """
    insert = upsert(backend, OutcomeEntry)
    allowed = [f"'{old.value}>{new.value}'" for old in Outcome for new in Outcome if may_replace(old, new)]
    return insert.on_conflict_do_update(
        index_elements=["run", "kind", "uid"],
        set_={
            name: insert.excluded[name]
            for name in ("product_number", "outcome", "reason", "rule", "remedy", "recorded_at")
        },
        where=text(f"outcome.outcome || '>' || excluded.outcome IN ({', '.join(allowed)})"),
    )


def outcome_counts(db: Database, run: RunKey) -> dict[Outcome, int]:
    """How many items have each outcome; every outcome is named, with 0 where there is none."""
    counts = dict.fromkeys(Outcome, 0)
    with db.read() as connection:
        rows = connection.execute(
            select(OutcomeEntry.outcome, func.count().label("items"))
            .where(OutcomeEntry.run == row_id(connection, run))
            .group_by(OutcomeEntry.outcome)
        )
        counts.update({row.outcome: row.items for row in rows})
    return counts


def outcome_gaps(db: Database, run: RunKey) -> OutcomeGaps:
    """How many items found have no outcome, and how many outcomes belong to no item found."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        missing = connection.execute(_missing(own).with_only_columns(func.count())).scalar_one()
        unexpected = connection.execute(_unexpected(own).with_only_columns(func.count())).scalar_one()
    return OutcomeGaps(missing, unexpected)


def missing_outcomes(db: Database, run: RunKey, limit: int) -> list[GapRecord]:
    """The first ``limit`` items found that have no outcome."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        wanted = _missing(own).order_by(StagedItemRow.kind, StagedItemRow.uid).limit(limit)
        return [_gap(*row) for row in connection.execute(wanted)]


def unexpected_outcomes(db: Database, run: RunKey, limit: int) -> list[GapRecord]:
    """The first ``limit`` outcomes of items that are not among those found."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        wanted = _unexpected(own).order_by(OutcomeEntry.kind, OutcomeEntry.uid).limit(limit)
        return [_gap(*row) for row in connection.execute(wanted)]


def _missing(own: int) -> Select[Kind, int, str | None]:
    return (
        select(StagedItemRow.kind, StagedItemRow.uid, StagedItemRow.product_number)
        .outerjoin(OutcomeEntry, _SAME_ITEM)
        .where(StagedItemRow.run == own, OutcomeEntry.uid.is_(None))
    )


def _unexpected(own: int) -> Select[Kind, int, str | None]:
    return (
        select(OutcomeEntry.kind, OutcomeEntry.uid, OutcomeEntry.product_number)
        .outerjoin(StagedItemRow, _SAME_ITEM)
        .where(OutcomeEntry.run == own, StagedItemRow.uid.is_(None))
    )


def _gap(kind: Kind, uid: int, product_number: str | None) -> GapRecord:
    return GapRecord(ItemKey(kind, uid), product_number)


def iter_outcomes(db: Database, run: RunKey, outcome: Outcome | None = None) -> Iterator[OutcomeRow]:
    """The run's outcomes (or those of one kind) in the order of their keys, read in batches."""
    position: tuple[Kind, int] | None = None
    while True:
        with db.read() as connection:
            wanted = (
                select(
                    OutcomeEntry.kind,
                    OutcomeEntry.uid,
                    OutcomeEntry.product_number,
                    OutcomeEntry.outcome,
                    OutcomeEntry.reason,
                    OutcomeEntry.rule,
                    OutcomeEntry.remedy,
                    OutcomeEntry.recorded_at,
                    StagedItemRow.name,
                )
                .outerjoin(StagedItemRow, _SAME_ITEM)
                .where(OutcomeEntry.run == row_id(connection, run))
                .order_by(OutcomeEntry.kind, OutcomeEntry.uid)
                .limit(_BATCH)
            )
            if outcome is not None:
                wanted = wanted.where(OutcomeEntry.outcome == outcome)
            if position is not None:
                kind, uid = position
                wanted = wanted.where(
                    tuple_(OutcomeEntry.kind, OutcomeEntry.uid)
                    > tuple_(literal(kind, Word(Kind)), literal(uid))
                )
            rows = connection.execute(wanted).all()
        for row in rows:
            record = OutcomeRecord(
                ItemKey(row.kind, row.uid),
                row.product_number,
                row.outcome,
                row.reason,
                row.rule,
                row.remedy or "",
            )
            yield OutcomeRow(record, row.name, row.recorded_at)
        if len(rows) < _BATCH:
            return
        position = (rows[-1].kind, rows[-1].uid)
