"""What is to be done about the orders that Specter told of, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from abicart_specter.domain.imports.status import OrderTold
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.status_models import OrderStatusRow
from abicart_specter.ledger.status_records import CodeCount, StatusRecord, StatusResult, StatusState

_DUE = (StatusState.NEW, StatusState.WRITING, StatusState.WAITING)
_NAMES = tuple(name for name in StatusRecord.__dataclass_fields__ if name != "told")
_TOLD = tuple(OrderTold.__dataclass_fields__)
_COLUMNS = tuple(getattr(OrderStatusRow, name) for name in (*_NAMES, *_TOLD))


def due(db: Database, shop: str, *, look_again: timedelta, page: int) -> Iterator[list[StatusRecord]]:
    """Matched orders to be looked at, in pages: what is new or was not finished, and what is listed and was not looked
    at for ``look_again``.
    """
    with db.read() as connection:
        before = db.now(connection) - look_again
    stale = and_(
        OrderStatusRow.state == StatusState.LISTED,
        or_(OrderStatusRow.looked_at.is_(None), OrderStatusRow.looked_at <= before),
    )
    condition = and_(OrderStatusRow.uid.is_not(None), or_(OrderStatusRow.state.in_(_DUE), stale))
    yield from _pages(db, shop, condition, page)


def in_states(
    db: Database, shop: str, states: Collection[StatusState], page: int
) -> Iterator[list[StatusRecord]]:
    """Every order in one of these states, in pages."""
    yield from _pages(db, shop, OrderStatusRow.state.in_(sorted(states)), page)


def begin_writes(db: Database, shop: str, records: Sequence[StatusRecord]) -> None:
    """Says, before it happens, that the shop's orders are about to be written."""
    record_results(
        db,
        shop,
        [StatusResult(one.order_no, one.told_row, StatusState.WRITING, looked=True) for one in records],
    )


def record_results(db: Database, shop: str, results: Sequence[StatusResult]) -> None:
    """Stores results in one transaction. One for what was told before a newer telling is dropped: the order stays to be
    looked at.
    """
    if not results:
        return
    with db.write() as connection:
        now = db.now(connection)
        for one in sorted(results, key=lambda result: result.order_no):
            values: dict[str, Any] = {
                "state": one.state,
                "state_since": now,
                "rule": one.rule,
                "words": one.words,
                "remedy": one.remedy,
            }
            if one.looked:
                values["looked_at"] = now
            if one.tracking_written is not None:
                values["tracking_written"] = one.tracking_written
            connection.execute(
                update(OrderStatusRow)
                .where(
                    OrderStatusRow.shop == shop,
                    OrderStatusRow.order_no == one.order_no,
                    OrderStatusRow.told_row == one.told_row,
                )
                .values(**values)
            )


def state_counts(db: Database, shop: str) -> dict[StatusState, int]:
    """How many orders stand in each state; every state is named."""
    wanted = (
        select(OrderStatusRow.state, func.count())
        .where(OrderStatusRow.shop == shop)
        .group_by(OrderStatusRow.state)
    )
    with db.read() as connection:
        found = {row[0]: row[1] for row in connection.execute(wanted)}
    return {state: found.get(state, 0) for state in StatusState}


def unknown_codes(db: Database, shop: str) -> list[CodeCount]:
    """The codes that no setting explains, most frequent first."""
    count = func.count()
    wanted = (
        select(
            OrderStatusRow.status_id, OrderStatusRow.delivery_status, count, func.max(OrderStatusRow.order_no)
        )
        .where(OrderStatusRow.shop == shop, OrderStatusRow.state == StatusState.UNKNOWN)
        .group_by(OrderStatusRow.status_id, OrderStatusRow.delivery_status)
        .order_by(count.desc(), OrderStatusRow.status_id, OrderStatusRow.delivery_status)
    )
    with db.read() as connection:
        return [CodeCount(*row) for row in connection.execute(wanted)]


def by_uid(db: Database, shop: str, uids: Collection[int]) -> dict[int, list[StatusRecord]]:
    """What Specter told of these orders of the shop."""
    found: dict[int, list[StatusRecord]] = {}
    for page in _pages(db, shop, OrderStatusRow.uid.in_(sorted(uids)), 500):
        for one in page:
            if one.uid is not None:
                found.setdefault(one.uid, []).append(one)
    return found


def _pages(
    db: Database, shop: str, condition: ColumnElement[bool], page: int
) -> Iterator[list[StatusRecord]]:
    """Along the key, so that an order whose state changes meanwhile is neither missed nor seen twice."""
    last = ""
    while True:
        wanted = (
            select(*_COLUMNS)
            .where(OrderStatusRow.shop == shop, OrderStatusRow.order_no > last, condition)
            .order_by(OrderStatusRow.order_no)
            .limit(page)
        )
        with db.read() as connection:
            found = [_record(row) for row in connection.execute(wanted)]
        if found:
            yield found
            last = found[-1].order_no
        if len(found) < page:
            return


def _record(row: Any) -> StatusRecord:
    values = dict(row._mapping)
    told = OrderTold(**{name: values.pop(name) for name in _TOLD})
    return StatusRecord(told=told, **values)
