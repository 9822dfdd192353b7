"""What an order takes from stock, row by row, as the shop's own order says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from abicart_specter.domain.imports.stock import OrderLine
from abicart_specter.domain.money import EXACT
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.orders.records import OrderItem, ShopOrder
from abicart_specter.domain.raw_values import uid_of
from abicart_specter.errors import RecordError


def order_lines(document: Mapping[str, Any]) -> tuple[OrderLine, ...]:
    """The lines of one whole order; none of a cancelled one, which gave its stock back.

    An order that cannot be read is not passed over: its rows are taken for what they show, with unknown quantities,
    and an order of which not even that can be read stands as one line that may be of any item.

    :param document: with rows and their articles expanded, and a readable uid.
    """
    cancelled, lines = _read(document)
    return () if cancelled else lines


def lines_given_back(document: Mapping[str, Any]) -> tuple[OrderLine, ...]:
    """What a cancelled order took before it was cancelled; nothing of any other. As :func:`order_lines` reads it."""
    cancelled, lines = _read(document)
    return lines if cancelled else ()


def _read(document: Mapping[str, Any]) -> tuple[bool, tuple[OrderLine, ...]]:
    """Whether the order is cancelled, and the lines of its rows."""
    uid = uid_of(document.get("uid"))
    if uid is None:
        raise ValueError("an order without a uid takes no stock that anybody could tell")
    try:
        order = read_order(document)
    except RecordError:
        return document.get("discarded") is True, _unreadable(uid, document.get("items"))
    return order.discarded, tuple(_lines(order))


def beyond_what_went(now: Sequence[OrderLine], snapshot: Mapping[str, Any] | None) -> tuple[OrderLine, ...]:
    """What an order takes beyond what went to Specter: somebody edited it in the shop, and Specter was not told.

    :param snapshot: of what went (``content.snapshot``); ``None`` when it is no longer kept: then nothing is known.
    """
    if snapshot is None:
        return ()
    went: dict[tuple[Any, Any], Decimal] = {}
    for row in snapshot["rows"]:
        key = (row["article"], row["variant"])
        went[key] = went.get(key, Decimal(0)) + Decimal(row["quantity"])
    found: list[OrderLine] = []
    for line in now:
        if line.quantity is None:
            found.append(line)
            continue
        key = (line.article_uid, line.variant_uid)
        covered = min(line.quantity, went.get(key, Decimal(0)))
        went[key] = went.get(key, Decimal(0)) - covered
        if line.quantity > covered:
            found.append(replace(line, quantity=EXACT.subtract(line.quantity, covered)))
    return tuple(found)


def _lines(order: ShopOrder) -> list[OrderLine]:
    found: list[OrderLine] = []
    for row in order.items:
        if row.part_of is not None:
            continue  # shown for information; its package's row takes it
        if row.parts:
            found.extend(_parts(order, row))
        elif row.article_uid is not None or row.product_number:
            found.append(
                OrderLine(order.uid, row.article_uid, row.variant_uid, row.product_number, row.quantity)
            )
    return found


def _parts(order: ShopOrder, package: OrderItem) -> list[OrderLine]:
    """The parts of a package: as many as the package means, or as the order shows, whichever is more."""
    found: list[OrderLine] = []
    for part in package.parts:
        shown = sum(
            (
                row.quantity
                for row in order.items
                if row.part_of == package.uid and row.article_uid == part.article_uid
            ),
            Decimal(0),
        )
        quantity = max(EXACT.multiply(part.quantity, package.quantity), shown)
        found.append(OrderLine(order.uid, part.article_uid, None, part.product_number, quantity))
    return found


def _unreadable(uid: int, rows: object) -> tuple[OrderLine, ...]:
    anything = (OrderLine(uid, None, None, None, None),)
    if not isinstance(rows, list | tuple) or not rows:
        return anything
    found: list[OrderLine] = []
    for row in rows:
        shown = row.get("article") if isinstance(row, Mapping) else None
        article = uid_of(shown.get("uid")) if isinstance(shown, Mapping) else uid_of(shown)
        if article is None:
            return anything
        found.append(OrderLine(uid, article, None, None, None))
    return tuple(dict.fromkeys(found))
