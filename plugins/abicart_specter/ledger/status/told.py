"""From the inbox of the order queue into one row per order (rules 27 to 29).

Each shop keeps up to where it took in: shops that share a Specter account all see every row. Of each field the newest
row counts (rule 28), but "deliveries changed" stays true once it was told: a later batch says no when nothing changed
since, which takes nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import InboxRow
from abicart_specter.ledger.status_models import OrderStatusRow, OrderStatusScan
from abicart_specter.ledger.status_records import StatusState

FUNCTION = "orders"
"""The order queue's name in the inbox."""

TRACKING = "tracking"
"""Field of the inbox that holds an order's newest tracking number."""

ROWS_A_TRANSACTION = 4000
_SLICE = 500
_RECONSIDERED = (StatusState.LISTED, StatusState.UNKNOWN, StatusState.REFUSED, StatusState.NOTHING)
_TOLD = ("status_id", "delivery_status", "deliveries_changed", "tracking_number")


@dataclass(slots=True)
class _Told:
    """What new rows say of one order; a field that they do not name is absent."""

    row: int = 0
    at: datetime | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def add(self, row: int, at: datetime, name: str, value: str | None) -> None:
        self.row, self.at = row, at
        text = value or ""
        if name == "statusid":
            self.fields["status_id"] = text
        elif name == "deliverystatus":
            self.fields["delivery_status"] = text
        elif name == TRACKING:
            self.fields["tracking_number"] = text
        elif name == "updated" and text == "1":
            self.fields["deliveries_changed"] = True


def take_in(db: Database, shop: str, account: str) -> int:
    """Takes in what the account's order queue told since the last time; returns how many orders it told of.

    An order of which anything else is told than before is looked at anew; one that was only told again is not.
    """
    orders: set[str] = set()
    while True:
        with db.write() as connection:
            start = _taken_in_to(db, connection, shop, account)
            rows = connection.execute(_rows(account, start, _top(connection))).all()
            if not rows:
                return len(orders)
            told: dict[str, _Told] = {}
            for row in rows:
                told.setdefault(row.product_number, _Told()).add(row.id, row.seen_at, row.field, row.value)
            for part in slices(sorted(told), _SLICE):
                _store(db, connection, shop, {number: told[number] for number in part})
            connection.execute(_of(shop, account).values(to_row=rows[-1].id))
        orders |= told.keys()


def reconsider(db: Database, shop: str, account: str, settings_key: str) -> int:
    """With other settings than last time, everything that waits for people is looked at anew; returns how much."""
    with db.write() as connection:
        _taken_in_to(db, connection, shop, account)
        known = connection.execute(
            select(OrderStatusScan.settings_key).where(
                OrderStatusScan.shop == shop, OrderStatusScan.account == account
            )
        ).scalar_one()
        if known == settings_key:
            return 0
        connection.execute(_of(shop, account).values(settings_key=settings_key))
        return connection.execute(
            update(OrderStatusRow)
            .where(OrderStatusRow.shop == shop, OrderStatusRow.state.in_(_RECONSIDERED))
            .values(state=StatusState.NEW, state_since=db.now(connection))
        ).rowcount


def _taken_in_to(db: Database, connection: Connection, shop: str, account: str) -> int:
    """Makes the shop's row if it is not there, and locks it."""
    connection.execute(
        upsert(db.backend, OrderStatusScan)
        .values(shop=shop, account=account, to_row=0, settings_key="")
        .on_conflict_do_nothing()
    )
    wanted = (
        select(OrderStatusScan.to_row)
        .where(OrderStatusScan.shop == shop, OrderStatusScan.account == account)
        .with_for_update()
    )
    return int(connection.execute(wanted).scalar_one())


def _top(connection: Connection) -> int:
    return connection.execute(select(func.max(InboxRow.id))).scalar() or 0


def _rows(account: str, start: int, top: int) -> Any:
    # The account is compared as an expression, which no index is over: the database then walks along the ids from
    # where the last run ended, and not through all rows that the account ever had.
    return (
        select(InboxRow.id, InboxRow.product_number, InboxRow.field, InboxRow.value, InboxRow.seen_at)
        .where(
            InboxRow.id > start,
            InboxRow.id <= top,
            InboxRow.account.concat("") == account,
            InboxRow.function == FUNCTION,
        )
        .order_by(InboxRow.id)
        .limit(ROWS_A_TRANSACTION)
    )


def _of(shop: str, account: str) -> Any:
    return update(OrderStatusScan).where(OrderStatusScan.shop == shop, OrderStatusScan.account == account)


def _store(db: Database, connection: Connection, shop: str, told: dict[str, _Told]) -> None:
    columns = [getattr(OrderStatusRow, name) for name in ("order_no", "uid", "state", *_TOLD)]
    known = {
        row.order_no: row
        for row in connection.execute(
            select(*columns)
            .where(OrderStatusRow.shop == shop, OrderStatusRow.order_no.in_(list(told)))
            .with_for_update()
        )
    }
    now = db.now(connection)
    new = [_new(shop, number, one, now) for number, one in told.items() if number not in known]
    if new:
        connection.execute(upsert(db.backend, OrderStatusRow), new)
    for number, row in known.items():
        values = _changed(row, told[number], now)
        connection.execute(
            update(OrderStatusRow)
            .where(OrderStatusRow.shop == shop, OrderStatusRow.order_no == number)
            .values(told_row=told[number].row, told_at=told[number].at, **values)
        )


def _new(shop: str, number: str, told: _Told, now: datetime) -> dict[str, Any]:
    return {
        "shop": shop,
        "order_no": number,
        "status_id": "",
        "delivery_status": "",
        "deliveries_changed": False,
        "tracking_number": "",
        "told_row": told.row,
        "told_at": told.at,
        "number": "",
        "state": StatusState.UNMATCHED,
        "rule": "",
        "words": "",
        "remedy": "",
        "state_since": now,
        "tracking_written": "",
        **told.fields,
    }


def _changed(row: Any, told: _Told, now: datetime) -> dict[str, Any]:
    """What is told otherwise than before; then the order is looked at anew, once it is matched."""
    values = {name: value for name, value in told.fields.items() if getattr(row, name) != value}
    if values and row.uid is not None and row.state is not StatusState.UNCLEAR:
        values |= {"state": StatusState.NEW, "state_since": now}
    return values


__all__: Sequence[str] = ["FUNCTION", "reconsider", "take_in"]
