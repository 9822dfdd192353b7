"""Questions about an order's rows (Abicart reference 10, 11 to 16): quantity, number, discounts, packages."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from abicart_specter.domain.probe.abicart.material import Material, Row, amount, rows_of
from abicart_specter.domain.probe.verdicts import NoUseError, Outcome, Question, not_told, told, unexpected

LISTS = ("order_list",)
WITH_ARTICLES = ("order_list", "order_articles")
CENT = Decimal("0.01")
ROUNDING = Decimal(1)
"""Kronor; a smaller difference may come from rounding a total."""


def _item_quantity(material: Material) -> Outcome:
    seen = set()
    for item in material.need_items():
        inside = isinstance(item.get("choices"), dict) and item["choices"].get("quantity") is not None
        seen.add((inside, item.get("quantity") is not None))
    if seen == {(False, False)}:
        return unexpected("Rows came without a quantity, neither by itself nor among their choices.")
    if len(seen) > 1:
        return unexpected("Rows came with their quantity in different places.")
    value, words = {
        (True, False): ("choices", "among their choices"),
        (False, True): ("top_level", "as a property of its own"),
        (True, True): ("both", "in both places"),
    }[seen.pop()]
    return told(value, f"Rows came with their quantity {words}.")


def _item_number(material: Material) -> Outcome:
    seen = set()
    for item in material.need_items():
        article = material.row_articles.get(str(item.get("uid")))
        if article is None:
            continue
        own = _variant_number(article, item)
        base, number = article.get("articleNumber"), item.get("articleNumber")
        if own and own != base and number in (own, base):
            seen.add("variant" if number == own else "base")
    if len(seen) == 1:
        value = seen.pop()
        whose = "the variant's" if value == "variant" else "the product's, not the variant's"
        return told(value, f"The number of rows with a variant was {whose}.")
    if not seen:
        return not_told("No row came whose variant has a number other than its product's.")
    return unexpected("The number of some rows was the variant's and that of others the product's.")


def _variant_number(article: Row, item: Row) -> str:
    choices = item.get("choices")
    if not isinstance(choices, dict):
        return ""
    chosen = {(str(key), str(value)) for key, value in choices.items()}
    for variant in rows_of(article, "variants"):
        defined, overrides = variant.get("definedBy"), variant.get("overrides")
        if not isinstance(defined, dict) or not defined or not isinstance(overrides, dict):
            continue
        if {(str(key), str(value)) for key, value in defined.items()} <= chosen:
            return str(overrides.get("articleNumber") or "")
    return ""


def _item_costs(material: Material) -> Outcome:
    seen = set()
    for order in material.need_orders():
        items = rows_of(order)
        off = sum((amount(item, "discountInfo", "incVat") or Decimal(0) for item in items), Decimal(0))
        cart = amount(order, "costs", "cart", "incVat")
        totals = [amount(item, "costs", "total", "incVat") for item in items]
        if cart is None or None in totals or off <= CENT * len(items) * 2:
            continue
        whole = sum((one for one in totals if one is not None), Decimal(0))
        limit = CENT * len(items)
        if abs(whole - cart) <= limit:
            seen.add("after_discount")
        elif abs(whole - off - cart) <= limit:
            seen.add("before_discount")
        else:
            seen.add("neither")
    if len(seen) == 1 and "neither" not in seen:
        value = seen.pop()
        when = "after" if value == "after_discount" else "before"
        return told(value, f"The costs of rows with a discount were those {when} it.")
    if not seen:
        return not_told("No order with a discount on a row came.")
    return unexpected(
        "The costs of rows with a discount do not sum up to the order's in one and the same way."
    )


def _order_discount(material: Material) -> Outcome:
    seen = {}
    for order in _whole_orders(material):
        names = [key for key in order if "discount" in key.lower() or "voucher" in key.lower()]
        if any(order.get(key) for key in names):
            seen["property" if order.get("discount") else f"property {names[0]}"] = "order_whole"
    for order in material.need_orders():
        if any(not _is_card_row(row) for row in _negative_rows(order)):
            seen["negative_item"] = "order_list"
        elif _in_every_row(order):
            seen["items"] = "order_list"
    if not seen:
        return not_told("No order came that surely has a discount on the whole of it.")
    if len(seen) > 1 or not seen.keys() <= {"property", "negative_item", "items"}:
        return unexpected(f"A discount on an order showed as {', '.join(sorted(seen))}.")
    value, name = seen.popitem()
    words = {
        "property": "as the order's property",
        "negative_item": "as negative rows",
        "items": "in its rows",
    }
    return told(value, f"A discount on a whole order showed {words[value]}.").from_answers(name)


def _in_every_row(order: Row) -> bool:
    """The same discount in several rows, and in all that cost something."""
    discounts = []
    for item in rows_of(order):
        if (amount(item, "costs", "total", "incVat") or 0) <= 0:
            continue
        info = item.get("discountInfo")
        # A row that is no goods, such as a gift card sold, has no discount; its VAT rate is 0.
        if isinstance(info, dict) and info:
            discounts.append(str(info.get("discount")))
        elif amount(item, "costs", "total", "vatRate"):
            return False
    return len(discounts) > 1 and len(set(discounts)) == 1


def _gift_card(material: Material) -> Outcome:
    seen = {}
    cards = _card_methods(material)
    for order in material.need_orders():
        paid = {_uid(one.get("method")) for one in rows_of(order, "payments")}
        if paid & cards:
            seen["payment"] = "order_list"
        if any(_is_card_row(row) for row in _negative_rows(order)):
            seen["negative_item"] = "order_list"
    for order in _whole_orders(material):
        rest = _unexplained(order)
        off = amount(order, "discount", "incVat") or Decimal(0)
        if rest is not None and rest - off > ROUNDING:
            seen["total_reduced"] = "order_whole"
    if not seen:
        return not_told("No order came that surely was paid with a gift card.")
    if len(seen) > 1:
        return unexpected(f"Gift cards showed in several ways ({', '.join(sorted(seen))}).")
    value, name = seen.popitem()
    words = {
        "payment": "as a payment of their own",
        "negative_item": "as negative rows without VAT",
        "total_reduced": "only in a lower total",
    }
    return told(value, f"Gift cards showed {words[value]}.").from_answers(name)


def _card_methods(material: Material) -> set[str]:
    """Uids of payment methods whose type says gift card; their names are the shop's own."""
    try:
        methods = material.rows("payment_methods")
    except NoUseError:
        return set()
    words = ("giftcard", "presentkort", "voucher")
    return {
        _uid(one.get("uid"))
        for one in methods
        if any(word in str(one.get("type", "")).lower().replace("_", "").replace(" ", "") for word in words)
    }


def _uid(value: Any) -> str:
    return str(value.get("uid") if isinstance(value, dict) else value)


def _negative_rows(order: Row) -> list[Row]:
    return [item for item in rows_of(order) if (amount(item, "costs", "total", "incVat") or 0) < 0]


def _is_card_row(item: Row) -> bool:
    """A gift card has no VAT; a discount has that of what it lowers."""
    return not amount(item, "costs", "total", "vatRate")


def _unexplained(order: Row) -> Decimal | None:
    """What the order's total lacks to its parts."""
    parts = [amount(order, "costs", name, "incVat") for name in ("cart", "shipment", "payment")]
    total = amount(order, "costs", "total", "incVat")
    if total is None or None in parts:
        return None
    return sum((one for one in parts if one is not None), Decimal(0)) - total


def _whole_orders(material: Material) -> Iterator[Row]:
    """Orders of which every property was asked for."""
    try:
        content = material.content("order_whole")
    except NoUseError:
        return
    for one in content if isinstance(content, list) else ():
        if isinstance(one, dict) and isinstance(one.get("result"), dict):
            yield one["result"]


def _package_rows(material: Material) -> Outcome:
    seen = set()
    for order in material.need_orders():
        items = rows_of(order)
        for item in items:
            article = material.row_articles.get(str(item.get("uid")), {})
            content = article.get("content")
            parts = {_uid(part) for part in content} if isinstance(content, list) else set()
            if not parts:
                continue
            free = [
                one
                for one in items
                if one is not item
                and _uid(one.get("article")) in parts
                and amount(one, "costs", "total", "incVat") == 0
            ]
            seen.add("with_parts" if free else "one_row")
    if len(seen) == 1:
        value = seen.pop()
        words = "one row" if value == "one_row" else "a row, and rows of its parts without a price"
        return told(value, f"A package in an order was {words}.")
    if not seen:
        return not_told(
            "No row of an order is a package: none was sold, or packages come only as their parts. "
            "Look at an order with a package."
        )
    return unexpected("Packages were one row in some orders and several in others.")


ROW_QUESTIONS: tuple[Question[Material], ...] = (
    Question("11", "item_quantity", "Where a row's quantity is", _item_quantity, LISTS),
    Question("12", "item_number", "Product number of a row with a variant", _item_number, WITH_ARTICLES),
    Question("13", "item_costs", "A row's costs before or after its discount", _item_costs, LISTS),
    Question(
        "14",
        "order_discount",
        "A discount on the whole order",
        _order_discount,
        ("order_list", "order_whole"),
    ),
    Question(
        "15", "gift_card", "A used gift card", _gift_card, ("order_list", "payment_methods", "order_whole")
    ),
    Question("16", "package_rows", "A package in an order", _package_rows, WITH_ARTICLES),
)
