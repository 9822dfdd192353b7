"""A run's found set of orders beside its outcomes, as sets (rule 5), and what its chunks have to work on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.models import OutcomeEntry
from abicart_specter.ledger.order_models import OrderSync, RunOrderRow
from abicart_specter.ledger.order_records import OrderOutcome, RunOrder
from abicart_specter.ledger.outcome_rules import OPEN, survives_new_read
from abicart_specter.ledger.records import GapRecord, OutcomeGaps, RunKey
from abicart_specter.ledger.runs import row_id

_BATCH = 500
_SAME = and_(
    OutcomeEntry.run == RunOrderRow.run,
    OutcomeEntry.kind == Kind.ORDER,
    OutcomeEntry.uid == RunOrderRow.uid,
)
_UNDECIDED = or_(OutcomeEntry.outcome.is_(None), OutcomeEntry.outcome.in_(sorted(OPEN)))


def reset_found(db: Database, run: RunKey) -> None:
    """Begins a run's scan anew (its first task was cleared): forgets its found set and what only described it.

    What was sent, linked or may have arrived keeps its outcome and stays found.
    """
    lasting = [outcome for outcome in Outcome if survives_new_read(outcome)]
    with db.write() as connection:
        own = row_id(connection, run)
        connection.execute(
            delete(OutcomeEntry).where(
                OutcomeEntry.run == own,
                OutcomeEntry.kind == Kind.ORDER,
                OutcomeEntry.outcome.not_in(lasting),
            )
        )
        kept = select(OutcomeEntry.uid).where(OutcomeEntry.run == own, OutcomeEntry.kind == Kind.ORDER)
        connection.execute(delete(RunOrderRow).where(RunOrderRow.run == own, RunOrderRow.uid.not_in(kept)))


def found(db: Database, run: RunKey) -> set[int]:
    """The uids of the run's found set."""
    with db.read() as connection:
        wanted = select(RunOrderRow.uid).where(RunOrderRow.run == row_id(connection, run))
        return set(connection.execute(wanted).scalars())


def run_orders(
    db: Database, run: RunKey, partitions: Collection[int] | None, undecided: bool
) -> list[RunOrder]:
    """The run's orders in the order of sending: by customer key, then as they were placed."""
    wanted = (
        select(
            RunOrderRow.uid,
            RunOrderRow.number,
            RunOrderRow.ordered_at,
            RunOrderRow.customer_key,
            RunOrderRow.partition,
            OutcomeEntry.outcome,
        )
        .outerjoin(OutcomeEntry, _SAME)
        .order_by(RunOrderRow.customer_key, RunOrderRow.ordered_at, RunOrderRow.uid)
    )
    if partitions is not None:
        wanted = wanted.where(RunOrderRow.partition.in_(sorted(partitions)))
    if undecided:
        wanted = wanted.where(_UNDECIDED)
    with db.read() as connection:
        rows = connection.execute(wanted.where(RunOrderRow.run == row_id(connection, run)))
        return [RunOrder(*row) for row in rows]


def open_partition_counts(db: Database, run: RunKey) -> dict[int, int]:
    """How many orders of each partition have no outcome yet, or one that a retry works on again."""
    wanted = (
        select(RunOrderRow.partition, func.count().label("orders"))
        .outerjoin(OutcomeEntry, _SAME)
        .where(_UNDECIDED)
        .group_by(RunOrderRow.partition)
        .order_by(RunOrderRow.partition)
    )
    with db.read() as connection:
        rows = connection.execute(wanted.where(RunOrderRow.run == row_id(connection, run)))
        return {row.partition: row.orders for row in rows}


def outcome_counts(db: Database, run: RunKey) -> dict[Outcome, int]:
    """How many orders have each outcome in the run; every outcome is named, with 0 where there is none."""
    counts = dict.fromkeys(Outcome, 0)
    with db.read() as connection:
        rows = connection.execute(
            select(OutcomeEntry.outcome, func.count().label("orders"))
            .where(OutcomeEntry.run == row_id(connection, run), OutcomeEntry.kind == Kind.ORDER)
            .group_by(OutcomeEntry.outcome)
        )
        counts.update({row.outcome: row.orders for row in rows})
    return counts


def outcome_gaps(db: Database, run: RunKey) -> OutcomeGaps:
    """How many orders found have no outcome, and how many outcomes belong to no order found."""
    with db.read() as connection:
        own = row_id(connection, run)
        missing = connection.execute(_missing(own).with_only_columns(func.count())).scalar_one()
        unexpected = connection.execute(_unexpected(own).with_only_columns(func.count())).scalar_one()
    return OutcomeGaps(missing, unexpected)


def missing_outcomes(db: Database, run: RunKey, limit: int) -> list[GapRecord]:
    """The first orders found that have no outcome; ``product_number`` is the order number."""
    with db.read() as connection:
        wanted = _missing(row_id(connection, run)).order_by(RunOrderRow.uid).limit(limit)
        return [GapRecord(ItemKey(Kind.ORDER, uid), number) for uid, number in connection.execute(wanted)]


def unexpected_outcomes(db: Database, run: RunKey, limit: int) -> list[GapRecord]:
    """The first outcomes of orders that are not among those found."""
    with db.read() as connection:
        wanted = _unexpected(row_id(connection, run)).order_by(OutcomeEntry.uid).limit(limit)
        return [GapRecord(ItemKey(Kind.ORDER, uid), number) for uid, number in connection.execute(wanted)]


def iter_order_outcomes(db: Database, run: RunKey, outcome: Outcome | None = None) -> Iterator[OrderOutcome]:
    """The run's outcomes (or those of one kind) as the orders were placed, read in batches."""
    order = and_(
        OrderSync.shop == run.shop, OrderSync.uid == OutcomeEntry.uid, OrderSync.superseded.is_(False)
    )
    placed = func.coalesce(OrderSync.ordered_at, OutcomeEntry.recorded_at, type_=OrderSync.ordered_at.type)
    columns: tuple[Any, ...] = (
        OutcomeEntry.uid,
        OutcomeEntry.product_number,
        OutcomeEntry.outcome,
        OutcomeEntry.reason,
        OutcomeEntry.rule,
        OutcomeEntry.remedy,
        OutcomeEntry.recorded_at,
        OrderSync.ordered_at,
        OrderSync.generation,
        OrderSync.state,
        OrderSync.external_no,
        OrderSync.specter_order_no,
        OrderSync.specter_customer_no,
        OrderSync.version_unknown,
        OrderSync.proof,
    )
    with db.read() as connection:
        own = row_id(connection, run)
        keys = (
            select(OutcomeEntry.uid)
            .outerjoin(OrderSync, order)
            .where(OutcomeEntry.run == own, OutcomeEntry.kind == Kind.ORDER)
            .order_by(placed, OutcomeEntry.uid)
        )
        if outcome is not None:
            keys = keys.where(OutcomeEntry.outcome == outcome)
        uids = list(connection.execute(keys).scalars())
    for start in range(0, len(uids), _BATCH):
        part = uids[start : start + _BATCH]
        wanted = (
            select(*columns)
            .outerjoin(OrderSync, order)
            .where(OutcomeEntry.run == own, OutcomeEntry.kind == Kind.ORDER, OutcomeEntry.uid.in_(part))
        )
        with db.read() as connection:
            rows = {row.uid: row for row in connection.execute(wanted)}
        for uid in part:
            row = rows.get(uid)
            if row is None:  # removed by a clean-up meanwhile
                continue
            yield OrderOutcome(
                uid,
                row.product_number or str(uid),
                row.outcome,
                row.reason,
                row.rule,
                row.remedy or "",
                row.recorded_at,
                row.ordered_at,
                row.generation,
                row.state,
                row.external_no,
                row.specter_order_no,
                row.specter_customer_no,
                bool(row.version_unknown),
                row.proof,
            )


def _missing(own: int) -> Select[int, str]:
    return (
        select(RunOrderRow.uid, RunOrderRow.number)
        .outerjoin(OutcomeEntry, _SAME)
        .where(RunOrderRow.run == own, OutcomeEntry.uid.is_(None))
    )


def _unexpected(own: int) -> Select[int, str | None]:
    return (
        select(OutcomeEntry.uid, OutcomeEntry.product_number)
        .outerjoin(RunOrderRow, _SAME)
        .where(OutcomeEntry.run == own, OutcomeEntry.kind == Kind.ORDER, RunOrderRow.uid.is_(None))
    )
