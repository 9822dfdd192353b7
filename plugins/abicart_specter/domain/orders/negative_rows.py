"""Rows of the shop with a negative amount: a discount, a gift card used, or nothing we may guess at (rule 18)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case
from abicart_specter.domain.orders.ore import shown
from abicart_specter.domain.orders.records import OrderItem


@dataclass(frozen=True, slots=True)
class NegativeRow:
    """What the row takes off; ``inc`` and ``ex`` are negative kronor."""

    name: str
    inc: Decimal
    ex: Decimal
    rate: Decimal
    is_gift_card: bool


def negative_row(
    case: Case, item: OrderItem, gift_card_row_names: Collection[str], discount_row_names: Collection[str]
) -> NegativeRow | None:
    """What a negative row is by its name; ``None`` for a row that is not negative, or that names a product.

    :raises RecordError: it names no product, and the mapping does not know its name.
    """
    if item.total.inc >= 0:
        return None
    name = item.name.strip()
    is_card = name in gift_card_row_names
    if is_card and name in discount_row_names:
        raise case.held(
            "gift_card_unclear",
            f"{case.row_name(item)} is negative, and its name is listed for gift cards and for discounts.",
            "Keep the name in one of the two lists of the payment methods' mapping file.",
        )
    if is_card or name in discount_row_names:
        if is_card and item.total.inc != item.total.ex:
            raise case.held(
                "gift_card_unclear",
                f"{case.row_name(item)} is a gift card used, but the shop takes VAT off it.",
                "A gift card used is a means of payment without VAT: enter the order in Specter by hand.",
            )
        return NegativeRow(name, item.total.inc, item.total.ex, item.total.rate, is_card)
    if item.article_uid is not None:
        return None
    raise case.held(
        "negative_row_unclear",
        f"{case.row_name(item)} takes off {shown(-item.total.inc)} and names no product: discount or gift card?",
        "Add the row's exact name to the gift card names or the discount names in the payment methods' mapping file.",
    )
