"""Parts of a run's plan, the guard's verdict and people's answers; and the values a run held (rules 30 and 31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Executable, Row, func, select, tuple_, update
from sqlalchemy.sql import literal

from abicart_specter.domain.imports.records import GuardReason, GuardVerdict, HeldImport, ImportPart
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.errors import LedgerError
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.import_models import ImportHeld, ImportPartRow
from abicart_specter.ledger.import_records import PartAnswer, PartDecision, PartRecord
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.runs import row_id


def record_part(db: Database, run: RunKey, verdict: GuardVerdict, plan_hash: str) -> None:
    """Stores the guard's verdict on a part as it is planned now. Answers to former plans stay on record, but an answer
    counts only for the plan whose hash it was given to.
    """
    insert = upsert(db.backend, ImportPartRow)
    renewed = ("items", "catalogue", "reasons", "plan_hash", "planned_at")
    with db.write() as connection:
        connection.execute(
            insert.values(
                run=row_id(connection, run),
                part=verdict.part,
                items=verdict.items,
                catalogue=verdict.catalogue,
                reasons=[[reason.rule, reason.words] for reason in verdict.reasons],
                plan_hash=plan_hash,
                planned_at=db.now(connection),
                answers=[],
            ).on_conflict_do_update(
                index_elements=["run", "part"], set_={name: insert.excluded[name] for name in renewed}
            )
        )


def parts(db: Database, run: RunKey) -> dict[ImportPart, PartRecord]:
    """The parts of the run's plan that were recorded."""
    with db.read() as connection:
        rows = connection.execute(
            select(*ImportPartRow.__table__.columns).where(ImportPartRow.run == row_id(connection, run))
        ).all()
    return {row.part: _part(row) for row in rows}


def _part(row: Row[Any]) -> PartRecord:
    return PartRecord(
        row.part,
        row.items,
        row.catalogue,
        tuple(GuardReason(rule, words) for rule, words in row.reasons),
        row.plan_hash,
        row.planned_at,
        tuple(
            PartAnswer(PartDecision(decision), plan_hash, by, datetime.fromisoformat(at))
            for decision, plan_hash, by, at in row.answers
        ),
    )


def decide_part(
    db: Database,
    run: RunKey,
    part: ImportPart,
    plan_hash: str,
    decision: PartDecision,
    by: str,
    at: datetime | None,
) -> PartRecord:
    """Stores an answer to the question about a part. The same answer again changes nothing; another one comes after
    it and counts.

    Raises ``LedgerError`` when the part was planned anew since it was asked about (``plan_hash`` is another), or never
    recorded.
    """
    with db.write() as connection:
        own = row_id(connection, run)
        row = connection.execute(
            select(*ImportPartRow.__table__.columns)
            .where(ImportPartRow.run == own, ImportPartRow.part == part)
            .with_for_update()
        ).first()
        if row is None or row.plan_hash != plan_hash:
            raise LedgerError(
                f"The {part.value} part of {run} is not the one that was asked about.",
                remedy="Nothing was approved. Clear the task that asks, and look at the plan as it is now.",
            )
        moment = at or db.now(connection)
        answer = [decision.value, plan_hash, by, moment.isoformat()]
        known = list(row.answers)
        if not known or known[-1][:3] != answer[:3]:
            known.append(answer)
            connection.execute(
                update(ImportPartRow)
                .where(ImportPartRow.run == own, ImportPartRow.part == part)
                .values(answers=known)
            )
    return parts(db, run)[part]


def record_held(db: Database, run: RunKey, held: Sequence[HeldImport]) -> None:
    """Stores values that the run did not write. The same item, number, field and rule again replaces the former."""
    rows = {}
    for one in held:
        number_key = sha256(one.product_number.encode("utf-8", "surrogatepass")).hexdigest()
        rows[number_key, one.key, one.field, one.rule] = {
            "number_key": number_key,
            "kind": one.key.kind,
            "uid": one.key.uid,
            "field": one.field,
            "rule": one.rule,
            "product_number": one.product_number,
            "message": one.message,
            "remedy": one.remedy,
            "shop_value": one.shop_value,
            "specter_value": one.specter_value,
        }
    for part in slices(rows.values(), 500):
        with db.write() as connection:
            own = row_id(connection, run)
            connection.execute(_hold(db.backend), [{**row, "run": own} for row in part])


@cache
def _hold(backend: str) -> Executable:
    insert = upsert(backend, ImportHeld)
    renewed = ("product_number", "message", "remedy", "shop_value", "specter_value")
    return insert.on_conflict_do_update(
        index_elements=["run", "number_key", "kind", "uid", "field", "rule"],
        set_={name: insert.excluded[name] for name in renewed},
    )


def held_counts(db: Database, run: RunKey) -> dict[str, int]:
    """How many values the run held, by rule."""
    with db.read() as connection:
        rows = connection.execute(
            select(ImportHeld.rule, func.count().label("values"))
            .where(ImportHeld.run == row_id(connection, run))
            .group_by(ImportHeld.rule)
            .order_by(ImportHeld.rule)
        )
        return {row[0]: row[1] for row in rows}


def iter_held(db: Database, run: RunKey, rule: str | None, batch: int = 1000) -> Iterator[HeldImport]:
    """The values that the run held (those of one rule), in a fixed order, read in batches."""
    key = (ImportHeld.number_key, ImportHeld.kind, ImportHeld.uid, ImportHeld.field, ImportHeld.rule)
    rest = (
        ImportHeld.product_number,
        ImportHeld.message,
        ImportHeld.remedy,
        ImportHeld.shop_value,
        ImportHeld.specter_value,
    )
    wanted = select(*key, *rest).order_by(*key).limit(batch)
    if rule is not None:
        wanted = wanted.where(ImportHeld.rule == rule)
    position: tuple[str, Kind, int, Master, str] | None = None
    while True:
        with db.read() as connection:
            page = wanted.where(ImportHeld.run == row_id(connection, run))
            if position is not None:
                number_key, kind, uid, field, last_rule = position
                page = page.where(
                    tuple_(*key)
                    > tuple_(
                        literal(number_key),
                        literal(kind, Word(Kind)),
                        literal(uid),
                        literal(field, Word(Master)),
                        literal(last_rule),
                    )
                )
            rows = connection.execute(page).all()
        for row in rows:
            yield HeldImport(
                ItemKey(row.kind, row.uid),
                row.product_number,
                row.field,
                row.rule,
                row.message,
                row.remedy,
                row.shop_value,
                row.specter_value,
            )
        if len(rows) < batch:
            return
        position = (rows[-1].number_key, rows[-1].kind, rows[-1].uid, rows[-1].field, rows[-1].rule)
