"""One person's data on request: what the ledger keeps of an order, and how it is erased.

The ledger knows no names. What leads to a person is what was bought and for how much, the parcel's number, and what
somebody typed as a reason. The row that says that the order went stays, and so do numbers, hashes and HMACs: without
them the order would be sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Text, delete, func, or_, select, type_coerce, update

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keeping.kinds import overwriting
from abicart_specter.ledger.keeping.records import OrderTrace
from abicart_specter.ledger.models import Binding, InboxRow, Run
from abicart_specter.ledger.order_models import CustomerSync, OrderChangeRow, OrderDecision, OrderSync
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.status.told import FUNCTION, TRACKING
from abicart_specter.ledger.status_models import OrderStatusRow
from abicart_specter.ledger.stock_models import StockOrderLine

ERASED = "(erased on request)"
_BY_NUMBER = "order_export_single"
_UNKNOWN = (OrderState.INTENT, OrderState.UNCONFIRMED)


def order_traces(db: Database, shop: str, number: str) -> list[OrderTrace]:
    """Everything that the ledger keeps of an order of the shop, by its number there. Empty when it knows none."""
    with db.read() as connection:
        orders = _orders(connection, shop, number)
        return list(_traces(connection, shop, number, orders)) if orders else []


def forget_order(db: Database, shop: str, number: str) -> int:
    """Erases what may go; returns how many rows were emptied or deleted. Done again it finds nothing.

    :raises LedgerError: the order is not known; or something about it is open, and what is kept is needed to close it.
    """
    with overwriting(db) as connection:
        orders = _orders(connection, shop, number)
        if not orders:
            raise LedgerError(
                f"Shop {shop}: the ledger knows no order {number}.",
                remedy="Give the order's number as the shop shows it.",
            )
        uids = {order.uid for order in orders}
        open_changes = connection.execute(
            select(func.count()).where(*_changes(shop, uids), OrderChangeRow.closed_at.is_(None))
        ).scalar_one()
        if open_changes or any(order.state in _UNKNOWN for order in orders):
            raise LedgerError(
                f"Shop {shop}: something about order {number} is open, and what is kept of it is needed.",
                remedy="Answer the question about it with order_export_single first (docs/orders-data-team.md).",
            )
        return _erase(connection, shop, number, orders)


def _orders(connection: Connection, shop: str, number: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(*OrderSync.__table__.columns)
        .where(OrderSync.shop == shop, OrderSync.number == number)
        .order_by(OrderSync.uid, OrderSync.generation)
    ).all()


def _traces(
    connection: Connection, shop: str, number: str, orders: Sequence[Row[Any]]
) -> Iterator[OrderTrace]:
    uids, told = {order.uid for order in orders}, _specter_numbers(orders)
    for order in orders:
        yield OrderTrace(
            "order",
            f"{order.number} (uid {order.uid}, version {order.generation}) placed {order.ordered_at:%Y-%m-%d %H:%M}: "
            f"{order.state.value}, in Specter {order.specter_order_no or '-'} as {order.external_no or '-'}",
            False,
        )
        if order.snapshot is not None or order.proof is not None:
            yield OrderTrace("order", f"version {order.generation}: products, amounts and proof", True)
    keys = {order.customer_key for order in orders}
    customers = connection.execute(
        select(CustomerSync.specter_customer_no).where(
            CustomerSync.shop == shop, CustomerSync.customer_key.in_(sorted(keys))
        )
    ).scalars()
    for customer in customers:
        yield OrderTrace(
            "customer", f"an HMAC of the buyer, linked to Specter customer {customer or '-'}", False
        )
    counted: tuple[tuple[str, str, bool, Any], ...] = (
        ("changes", "how it was changed after export", True, _changes(shop, uids)),
        ("decisions", "what a person decided, with a typed reason", True, _decisions(shop, uids)),
        ("status", "its parcel's tracking number", True, _tracking(shop, told)),
        ("inbox", "its parcel's tracking number, as Specter told it", True, _told(connection, shop, told)),
        ("runs", "trigger forms that name it", True, _forms(shop, number)),
        ("stock", "lines that are taken off stock", False, _lines(shop, uids)),
    )
    for place, what, erasable, where in counted:
        count = connection.execute(select(func.count()).where(*where)).scalar_one()
        if count:
            yield OrderTrace(place, f"{count} × {what}", erasable)


def _erase(connection: Connection, shop: str, number: str, orders: Sequence[Row[Any]]) -> int:
    uids, told = {order.uid for order in orders}, _specter_numbers(orders)
    detail = or_(OrderSync.snapshot.is_not(None), OrderSync.proof.is_not(None))
    statements = (
        update(OrderSync)
        .where(OrderSync.shop == shop, OrderSync.uid.in_(uids), detail)
        .values(snapshot=None, proof=None),
        delete(OrderChangeRow).where(*_changes(shop, uids)),
        update(OrderDecision).where(*_decisions(shop, uids)).values(why=ERASED),
        update(OrderStatusRow).where(*_tracking(shop, told)).values(tracking_number="", tracking_written=""),
        update(InboxRow).where(*_told(connection, shop, told)).values(value=None),
        update(Run).where(*_forms(shop, number)).values(params={}),
    )
    return sum(connection.execute(statement).rowcount for statement in statements)


def _specter_numbers(orders: Sequence[Row[Any]]) -> set[str]:
    return {
        str(number) for order in orders for number in (order.specter_order_no, *order.other_numbers) if number
    }


def _changes(shop: str, uids: Collection[int]) -> tuple[Any, ...]:
    return OrderChangeRow.shop == shop, OrderChangeRow.uid.in_(uids)


def _decisions(shop: str, uids: Collection[int]) -> tuple[Any, ...]:
    return OrderDecision.shop == shop, OrderDecision.uid.in_(uids), OrderDecision.why.not_in(["", ERASED])


def _tracking(shop: str, told: Collection[str]) -> tuple[Any, ...]:
    there = or_(OrderStatusRow.tracking_number != "", OrderStatusRow.tracking_written != "")
    return OrderStatusRow.shop == shop, OrderStatusRow.order_no.in_(told), there


def _told(connection: Connection, shop: str, told: Collection[str]) -> tuple[Any, ...]:
    sbm_id = connection.execute(select(Binding.sbm_id).where(Binding.shop == shop)).scalar()
    return (
        InboxRow.account.startswith(f"{sbm_id}/", autoescape=True),
        InboxRow.function == FUNCTION,
        InboxRow.field == TRACKING,
        InboxRow.product_number.in_(told),
        InboxRow.value.is_not(None),
    )


def _forms(shop: str, number: str) -> tuple[Any, ...]:
    """Forms in which people name orders. Also one that names this among others, or a longer number: they are over."""
    return (
        Run.shop == shop,
        Run.flow == _BY_NUMBER,
        type_coerce(Run.params, Text).contains(number, autoescape=True),
    )


def _lines(shop: str, uids: Collection[int]) -> tuple[Any, ...]:
    return StockOrderLine.shop == shop, StockOrderLine.order_uid.in_(uids)
