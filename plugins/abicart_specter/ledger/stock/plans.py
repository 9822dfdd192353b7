"""A run's plan of stock changes, what people said to it, what became of each change, and what was held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, tuple_, update

from abicart_specter.domain.imports.stock_guard import StockChange
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.errors import LedgerError
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import partition_of
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.runs import row_id
from abicart_specter.ledger.stock_models import StockChangeRow, StockHeldRow, StockPlanRow
from abicart_specter.ledger.stock_records import ChangeNews, ChangeRow, HeldStock, StockPlan, StockState

_CHANGE = (
    StockChangeRow.kind,
    StockChangeRow.uid,
    StockChangeRow.article_uid,
    StockChangeRow.product_number,
    StockChangeRow.name,
    StockChangeRow.before,
    StockChangeRow.after,
    StockChangeRow.figure,
    StockChangeRow.subtracted,
    StockChangeRow.row_id,
)


def clear_plan(db: Database, run: RunKey) -> None:
    """Before a run plans, or plans again: forgets what it had planned and held."""
    with db.write() as connection:
        own = row_id(connection, run)
        for model in (StockPlanRow, StockChangeRow, StockHeldRow):
            connection.execute(delete(model).where(model.run == own))


def add_to_plan(db: Database, run: RunKey, changes: Sequence[StockChange], held: Sequence[HeldStock]) -> None:
    """A part of the run's plan, in one transaction."""
    with db.write() as connection:
        own, now = row_id(connection, run), db.now(connection)
        if changes:
            connection.execute(insert(StockChangeRow), [_row(own, change, now) for change in changes])
        if held:
            connection.execute(insert(StockHeldRow), [_held_row(own, one) for one in held])


def close_plan(db: Database, run: RunKey, plan: StockPlan) -> None:
    """The plan is whole: the guard's verdict on it. Without it nothing of the plan may be written."""
    made = upsert(db.backend, StockPlanRow)
    with db.write() as connection:
        connection.execute(
            made.values(
                run=row_id(connection, run),
                plan_hash=plan.plan_hash,
                changes=plan.changes,
                emptied=plan.emptied,
                managed=plan.managed,
                reasons=list(plan.reasons),
                planned_at=db.now(connection),
                approved=plan.approved,
                decided_by=plan.decided_by,
                decided_at=plan.decided_at,
            ).on_conflict_do_nothing()
        )


def plan_of(db: Database, run: RunKey) -> StockPlan | None:
    """The run's plan, if it was made."""
    with db.read() as connection:
        row = connection.execute(
            select(
                StockPlanRow.plan_hash,
                StockPlanRow.changes,
                StockPlanRow.emptied,
                StockPlanRow.managed,
                StockPlanRow.reasons,
                StockPlanRow.approved,
                StockPlanRow.decided_by,
                StockPlanRow.decided_at,
            ).where(StockPlanRow.run == row_id(connection, run))
        ).first()
    return None if row is None else StockPlan(**row._mapping)


def decide(
    db: Database, run: RunKey, *, approved: bool, by: str, at: datetime, plan_hash: str | None = None
) -> None:
    """Stores a person's answer, or that nobody gave one (``by`` empty). Refused: so are the planned changes, until
    somebody approves them after all.

    :param plan_hash: of the plan that was asked about; without it, the plan as it is now.
    :raises LedgerError: the run has no plan, or another one.
    """
    with db.write() as connection:
        own, now = row_id(connection, run), db.now(connection)
        asked = update(StockPlanRow).where(StockPlanRow.run == own)
        if plan_hash is not None:
            asked = asked.where(StockPlanRow.plan_hash == plan_hash)
        told = connection.execute(asked.values(approved=approved, decided_by=by, decided_at=at)).rowcount
        if told != 1:
            raise LedgerError(
                f"The {run} has no plan of stock that could be decided, or not the one that was asked about.",
                remedy="Nothing was approved. Clear the task that asks, and look at the plan as it is now.",
            )
        refused = f"Refused by {by}." if by else "Nobody answered in time."
        before, after, words = (
            (StockState.REFUSED, StockState.PLANNED, "approved")
            if approved
            else (StockState.PLANNED, StockState.REFUSED, refused)
        )
        connection.execute(
            update(StockChangeRow)
            .where(StockChangeRow.run == own, StockChangeRow.state == before)
            .values(state=after, state_since=now, words=words)
        )


def iter_changes(
    db: Database,
    run: RunKey,
    partitions: Sequence[int] | None = None,
    states: Sequence[StockState] | None = None,
    batch: int = 500,
) -> Iterator[list[ChangeRow]]:
    """The run's changes in lists of at most ``batch``, in a fixed order; each list as of its own moment."""
    position: tuple[int, Kind, int] | None = None
    order = (StockChangeRow.partition, StockChangeRow.kind, StockChangeRow.uid)
    while True:
        with db.read() as connection:
            wanted = select(
                *_CHANGE, StockChangeRow.state, StockChangeRow.words, StockChangeRow.partition
            ).where(StockChangeRow.run == row_id(connection, run))
            if partitions is not None:
                wanted = wanted.where(StockChangeRow.partition.in_(partitions))
            if states is not None:
                wanted = wanted.where(StockChangeRow.state.in_(states))
            if position is not None:
                partition, kind, uid = position
                here = tuple_(literal(partition), literal(kind, Word(Kind)), literal(uid))
                wanted = wanted.where(tuple_(*order) > here)
            rows = connection.execute(wanted.order_by(*order).limit(batch)).all()
        if rows:
            yield [_change(row) for row in rows]
        if len(rows) < batch:
            return
        position = (rows[-1].partition, rows[-1].kind, rows[-1].uid)


def partition_sizes(db: Database, run: RunKey) -> dict[int, int]:
    """How many changes of the run each partition has."""
    with db.read() as connection:
        rows = connection.execute(
            select(StockChangeRow.partition, func.count())
            .where(StockChangeRow.run == row_id(connection, run))
            .group_by(StockChangeRow.partition)
        )
        return {row[0]: row[1] for row in rows}


def state_counts(db: Database, run: RunKey) -> dict[StockState, int]:
    """How many of the run's changes stand where; every state is named."""
    counts = dict.fromkeys(StockState, 0)
    with db.read() as connection:
        rows = connection.execute(
            select(StockChangeRow.state, func.count())
            .where(StockChangeRow.run == row_id(connection, run))
            .group_by(StockChangeRow.state)
        )
        counts.update({row[0]: row[1] for row in rows})
    return counts


def set_states(db: Database, run: RunKey, news: Sequence[ChangeNews]) -> None:
    """What became of these changes, in one transaction."""
    if not news:
        return
    statement = update(StockChangeRow).where(
        StockChangeRow.run == bindparam("of_run"),
        StockChangeRow.kind == bindparam("of_kind", type_=Word(Kind)),
        StockChangeRow.uid == bindparam("of_uid"),
    )
    with db.write() as connection:
        own, now = row_id(connection, run), db.now(connection)
        for one in sorted(news, key=lambda one: one.key):
            values: dict[str, Any] = {"state": one.state, "state_since": now, "words": one.words}
            if one.after is not None:
                values["after"] = one.after
            if one.subtracted is not None:
                values["subtracted"] = one.subtracted
            told = {"of_run": own, "of_kind": one.key.kind, "of_uid": one.key.uid}
            connection.execute(statement.values(values), told)


def iter_held(db: Database, run: RunKey, batch: int = 1000) -> Iterator[HeldStock]:
    """What the run held, by product number as it was recorded."""
    position = 0
    while True:
        with db.read() as connection:
            rows = _held_page(connection, row_id(connection, run), position, batch)
        for row in rows:
            key = None if row.kind is None or row.uid is None else ItemKey(row.kind, row.uid)
            yield HeldStock(row.product_number, row.rule, row.message, row.remedy, key, row.figure)
        if len(rows) < batch:
            return
        position = rows[-1].id


def _held_page(connection: Connection, own: int, after: int, batch: int) -> Sequence[Any]:
    return connection.execute(
        select(StockHeldRow)
        .with_only_columns(
            StockHeldRow.id,
            StockHeldRow.kind,
            StockHeldRow.uid,
            StockHeldRow.product_number,
            StockHeldRow.rule,
            StockHeldRow.message,
            StockHeldRow.remedy,
            StockHeldRow.figure,
        )
        .where(StockHeldRow.run == own, StockHeldRow.id > after)
        .order_by(StockHeldRow.id)
        .limit(batch)
    ).all()


def _row(own: int, change: StockChange, now: datetime) -> dict[str, Any]:
    return {
        "run": own,
        "kind": change.key.kind,
        "uid": change.key.uid,
        "article_uid": change.article_uid,
        "partition": partition_of(change.key),
        "product_number": change.product_number,
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "figure": change.figure,
        "subtracted": change.subtracted,
        "row_id": change.row_id,
        "state": StockState.PLANNED,
        "state_since": now,
        "words": "",
    }


def _held_row(own: int, held: HeldStock) -> dict[str, Any]:
    return {
        "run": own,
        "kind": held.key.kind if held.key else None,
        "uid": held.key.uid if held.key else None,
        "product_number": held.product_number,
        "rule": held.rule,
        "message": held.message,
        "remedy": held.remedy,
        "figure": held.figure,
    }


def _change(row: Any) -> ChangeRow:
    kind, uid, *rest = row[: len(_CHANGE)]
    return ChangeRow(StockChange(ItemKey(kind, uid), *rest), row.state, row.words)
