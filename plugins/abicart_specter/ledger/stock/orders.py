"""What orders take from stock: read once per order, kept until Specter's figures surely hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select

from abicart_specter.domain.imports.stock import OrderLine
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.import_models import ImportOpen
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.order_models import OrderSync
from abicart_specter.ledger.order_rules import SETTLED, OrderState
from abicart_specter.ledger.stock_models import StockFigure, StockOrder, StockOrderLine, StockRead
from abicart_specter.ledger.stock_records import GIVEN_BACK, LiveOrder, OrderLines, OrdersRead

_LINE = (
    StockOrderLine.order_uid,
    StockOrderLine.article_uid,
    StockOrderLine.variant_uid,
    StockOrderLine.product_number,
    StockOrderLine.quantity,
)
_ORDER = (
    OrderSync.uid,
    OrderSync.number,
    OrderSync.ordered_at,
    OrderSync.state,
    OrderSync.rule,
    OrderSync.sent_at,
)
_DAY = timedelta(days=1)
STOCK = "stock"
"""The queue's name among the open numbers."""
_OPEN = (OrderState.NEW, OrderState.HELD, OrderState.FAILED, OrderState.INTENT, OrderState.UNCONFIRMED)


def orders_to_read(db: Database, shop: str, sent_after: datetime | None) -> list[int]:
    """The orders whose lines are needed: all that are not in Specter yet, and those of which no line was read and
    that went after ``sent_after`` (``None``: whenever they went).
    """
    unread = ~exists().where(StockOrder.shop == shop, StockOrder.uid == OrderSync.uid).correlate(OrderSync)
    lately = [OrderSync.sent_at > sent_after] if sent_after is not None else []
    wanted = select(OrderSync.uid).where(
        OrderSync.shop == shop,
        OrderSync.superseded.is_(False),
        or_(
            OrderSync.state.in_(_OPEN),
            and_(OrderSync.state.in_(sorted(SETTLED)), unread, *lately),
        ),
    )
    with db.read() as connection:
        return sorted(connection.execute(wanted).scalars())


def record_lines(db: Database, shop: str, read: Mapping[int, Sequence[OrderLine]]) -> set[OrderLine]:
    """Replaces the lines of these orders, in one transaction. What an order no longer takes is left open: the shop has
    given it back (``GIVEN_BACK``).

    :returns: the lines that are new or no more: what they name is to be looked at again.
    """
    changed: set[OrderLine] = set()
    if not read:
        return changed
    gone: set[int] = set()
    with db.write() as connection:
        now = db.now(connection)
        for part in slices(sorted(read), 500):
            before: dict[int, list[OrderLine]] = {}
            rows = connection.execute(
                select(*_LINE).where(StockOrderLine.shop == shop, StockOrderLine.order_uid.in_(part))
            )
            for row in rows:
                before.setdefault(row.order_uid, []).append(OrderLine(*row))
            different = [uid for uid in part if _counted(before.get(uid, ())) != _counted(read[uid])]
            for uid in different:
                changed |= set(before.get(uid, ())) ^ set(read[uid]) or {*before.get(uid, ()), *read[uid]}
                gone.update(line.article_uid for line in before.get(uid, ()) if line.article_uid is not None)
            if different:
                connection.execute(
                    delete(StockOrderLine).where(
                        StockOrderLine.shop == shop, StockOrderLine.order_uid.in_(different)
                    )
                )
            lines = [_row(shop, line) for uid in different for line in read[uid]]
            if lines:
                connection.execute(insert(StockOrderLine), lines)
            order = upsert(db.backend, StockOrder)
            connection.execute(
                order.on_conflict_do_update(
                    index_elements=["shop", "uid"], set_={"read_at": order.excluded.read_at}
                ),
                [{"shop": shop, "uid": uid, "read_at": now} for uid in part],
            )
        _leave_open(connection, shop, gone, now)
    return changed


def _leave_open(connection: Connection, shop: str, article_uids: Iterable[int], now: datetime) -> None:
    """The numbers of these articles that were brought to a figure of Specter's are looked at again."""
    for part in slices(sorted(article_uids), 500):
        numbers = set(
            connection.execute(
                select(StockFigure.product_number).where(
                    StockFigure.shop == shop, StockFigure.article_uid.in_(part)
                )
            ).scalars()
        )
        rows = [
            {
                "shop": shop,
                "function": STOCK,
                "product_number": number,
                "why": GIVEN_BACK,
                "since": now,
            }
            for number in sorted(numbers)
        ]
        if rows:
            connection.execute(
                delete(ImportOpen).where(
                    ImportOpen.shop == shop,
                    ImportOpen.function == STOCK,
                    ImportOpen.product_number.in_(numbers),
                )
            )
            connection.execute(insert(ImportOpen), rows)


def lines_of(db: Database, shop: str, article_uids: Iterable[int], sent_after: datetime | None) -> OrderLines:
    """The lines of orders that take these articles, or may: of orders not in Specter, or sent after that time.

    :param sent_after: ``None``: whenever they were sent.
    """
    conditions: list[Any] = [StockOrderLine.shop == shop]
    if sent_after is not None:
        conditions.append(or_(OrderSync.state.not_in(sorted(SETTLED)), OrderSync.sent_at > sent_after))
    joined = and_(
        OrderSync.shop == StockOrderLine.shop,
        OrderSync.uid == StockOrderLine.order_uid,
        OrderSync.superseded.is_(False),
    )
    wanted = select(*_LINE, *_ORDER).join(OrderSync, joined).where(*conditions)
    wheres = [StockOrderLine.article_uid.is_(None)]
    wheres += [StockOrderLine.article_uid.in_(part) for part in slices(sorted(set(article_uids)), 500)]
    lines: list[OrderLine] = []
    orders: dict[int, LiveOrder] = {}
    with db.read() as connection:
        for where in wheres:
            for row in connection.execute(wanted.where(where)):
                values: list[Any] = list(row)
                lines.append(OrderLine(*values[: len(_LINE)]))
                order = LiveOrder(*values[len(_LINE) :])
                orders[order.uid] = order
    return OrderLines(tuple(lines), orders)


def orders_read(db: Database, shop: str) -> OrdersRead:
    """How far the shop's orders were read for stock."""
    wanted = select(StockRead.found_to, StockRead.changed_to).where(StockRead.shop == shop)
    with db.read() as connection:
        row = connection.execute(wanted).first()
    return OrdersRead() if row is None else OrdersRead(*row)


def move_orders_read(
    db: Database, shop: str, *, found_to: datetime | None = None, changed_to: datetime | None = None
) -> None:
    """Moves what is named forward; a time before the one on record changes nothing."""
    told = {name: to for name, to in (("found_to", found_to), ("changed_to", changed_to)) if to is not None}
    with db.write() as connection:
        for name, to in told.items():
            made = upsert(db.backend, StockRead).values(shop=shop, **{name: to})
            kept = getattr(StockRead, name)
            connection.execute(
                made.on_conflict_do_update(
                    index_elements=["shop"],
                    set_={name: made.excluded[name]},
                    where=or_(kept.is_(None), kept < made.excluded[name]),
                )
            )


def drop_lines(db: Database, shop: str, sent_before: datetime) -> int:
    """Drops the lines of orders that went before then, where every figure of the article is a day younger than that.

    That an order was read stays known. Returns how many lines were dropped.
    """
    went = select(OrderSync.uid).where(
        OrderSync.shop == shop,
        OrderSync.superseded.is_(False),
        OrderSync.state.in_(sorted(SETTLED)),
        OrderSync.sent_at < sent_before,
    )
    needed = (
        exists()
        .where(
            StockFigure.shop == shop,
            StockFigure.article_uid == StockOrderLine.article_uid,
            or_(StockFigure.opened_after.is_(None), StockFigure.opened_after < sent_before + _DAY),
        )
        .correlate(StockOrderLine)
    )
    gone = delete(StockOrderLine).where(
        StockOrderLine.shop == shop,
        StockOrderLine.article_uid.is_not(None),
        StockOrderLine.order_uid.in_(went),
        ~needed,
    )
    with db.write() as connection:
        return connection.execute(gone).rowcount


def _counted(lines: Sequence[OrderLine]) -> list[str]:
    return sorted(repr(line) for line in lines)


def _row(shop: str, line: OrderLine) -> dict[str, Any]:
    return {
        "shop": shop,
        "order_uid": line.order_uid,
        "article_uid": line.article_uid,
        "variant_uid": line.variant_uid,
        "product_number": line.product_number,
        "quantity": line.quantity,
    }
