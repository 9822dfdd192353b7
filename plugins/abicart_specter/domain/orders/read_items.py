"""The rows of an order: quantity, product number, variant, what the buyer entered, parts of a package.

Abicart reference 6.2 and 10, questions 11, 12, 16, 17 and 38.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from abicart_specter.domain.money import EXACT, shortest
from abicart_specter.domain.orders.order_costs import read_cost, read_discount
from abicart_specter.domain.orders.order_values import OrderReader
from abicart_specter.domain.orders.records import Cost, OrderItem
from abicart_specter.domain.orders.row_products import ROW_QUANTITY, RowProduct, find_product
from abicart_specter.domain.records import Flag, ItemKey, Severity

QUANTITY_CONFLICT = "quantity_conflict"

_WHOLE_WITHIN = Decimal("0.02")


def read_items(reader: OrderReader, key: ItemKey, value: object, currency: str) -> tuple[OrderItem, ...]:
    """All rows of an order.

    :raises RecordError: a value cannot be read, or a row came as a uid only.
    """
    items: list[OrderItem] = []
    seen: set[int] = set()
    for index, one in enumerate(reader.sequence(value, "items"), 1):
        if not isinstance(one, Mapping):
            raise reader.refusal(f"row {index}", "it came as a uid only, without its content")
        item = _item(reader, key, one, f"row {index}", currency)
        if item.uid in seen:
            raise reader.refusal(f"row {index}", f"the uid {item.uid} occurs twice")
        seen.add(item.uid)
        items.append(item)
    return tuple(_part_of(item, items) for item in items)


def _item(reader: OrderReader, key: ItemKey, row: Mapping[str, Any], field: str, currency: str) -> OrderItem:
    uid = reader.uid(row.get("uid"), f"{field}, uid")
    if uid is None:
        raise reader.refusal(f"{field}, uid", "it is missing")
    costs = reader.mapping(row.get("costs"), f"{field}, costs")
    total = read_cost(reader, costs.get("total"), f"{field}, costs.total", currency)
    unit = read_cost(reader, costs.get("unit"), f"{field}, costs.unit", currency)
    choices = reader.mapping(row.get("choices"), f"{field}, choices")
    product = find_product(reader, key, row, choices, field)
    problems = list(product.problems)
    quantity = _quantity(reader, key, row, choices, unit, total, field, problems)
    if total is None and unit is None:
        raise reader.refusal(f"{field}, costs", "they are missing")
    if total is None:
        assert unit is not None
        total = _times(unit, quantity)
    return OrderItem(
        uid=uid,
        article_uid=product.article_uid,
        variant_uid=product.variant_uid,
        product_number=product.number,
        name=reader.text(row.get("articleName"), f"{field}, articleName"),
        quantity=quantity,
        unit=unit or _divided(total, quantity),
        total=total,
        discount=read_discount(reader, row.get("discountInfo"), f"{field}, discountInfo"),
        texts=_texts(choices, product),
        parts=product.parts,
        problems=tuple(problems),
    )


def _quantity(
    reader: OrderReader,
    key: ItemKey,
    row: Mapping[str, Any],
    choices: Mapping[str, Any],
    unit: Cost | None,
    total: Cost | None,
    field: str,
    problems: list[Flag],
) -> Decimal:
    """The row's own ``quantity``, else the one among its choices, else total by unit price, else 1 (question 11)."""
    own = reader.number(row.get("quantity"), f"{field}, quantity")
    chosen = reader.number(choices.get(ROW_QUANTITY), f"{field}, choices.quantity")
    found = chosen if own is None else own
    if own is not None and chosen is not None and own != chosen:
        problems.append(
            _error(
                key,
                QUANTITY_CONFLICT,
                f"{field}: the shop names two quantities, {shortest(own)} and {shortest(chosen)}.",
            )
        )
    if found is None:
        found = _ratio(unit, total)
    if found is None:
        problems.append(
            _error(
                key,
                QUANTITY_CONFLICT,
                f"{field}: the shop names no quantity, and the row's total is no multiple of its price.",
            )
        )
        return Decimal(1)
    if not found:
        raise reader.refusal(f"{field}, quantity", "it is 0")
    return found


def _ratio(unit: Cost | None, total: Cost | None) -> Decimal | None:
    """Total by unit price; ``None`` if that is no whole number. 1 where there is nothing to compare."""
    if unit is None or total is None or not unit.inc:
        return Decimal(1) if total is None or unit is None or not total.inc else None
    ratio = EXACT.divide(total.inc, unit.inc)
    whole = ratio.to_integral_value(ROUND_HALF_UP, EXACT)
    return whole if whole and abs(ratio - whole) <= _WHOLE_WITHIN else None


def _times(cost: Cost, quantity: Decimal) -> Cost:
    return Cost(
        EXACT.multiply(cost.inc, quantity),
        EXACT.multiply(cost.ex, quantity),
        EXACT.multiply(cost.vat, quantity),
        cost.rate,
    )


def _divided(cost: Cost, quantity: Decimal) -> Cost:
    return Cost(
        EXACT.divide(cost.inc, quantity),
        EXACT.divide(cost.ex, quantity),
        EXACT.divide(cost.vat, quantity),
        cost.rate,
    )


def _texts(choices: Mapping[str, Any], product: RowProduct) -> tuple[str, ...]:
    """What the buyer entered: every choice that selects no variant and has no option's uid as its value.

    Only where the article is known can a number that was entered be told from an option's uid.
    """
    texts: list[str] = []
    for name, value in choices.items():
        if name == ROW_QUANTITY or name in product.choice_uids or isinstance(value, bool):
            continue
        if isinstance(value, int | Decimal):
            value = shortest(Decimal(value))
        if not isinstance(value, str) or not value.strip():
            continue
        if product.article_known or not value.strip().isdigit():
            texts.append(value.strip())
    return tuple(texts)


def _part_of(item: OrderItem, items: list[OrderItem]) -> OrderItem:
    """Question 16: a row without a price whose article is a part of a package in the same order."""
    if item.article_uid is None or item.parts or item.total.inc or item.total.ex or item.unit.inc:
        return item
    for package in items:
        if any(part.article_uid == item.article_uid for part in package.parts):
            return replace(item, part_of=package.uid)
    return item


def _error(key: ItemKey, rule: str, message: str) -> Flag:
    return Flag(
        key=key,
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        remedy="Look at the row in the shop, correct it there, then export the order again.",
    )
