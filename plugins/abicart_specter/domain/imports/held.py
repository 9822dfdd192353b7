"""Told values that are not written, each with its reason and what a person can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from abicart_specter.domain.imports.records import HeldImport, ItemTold
from abicart_specter.domain.masters import Master, shop_value
from abicart_specter.domain.records import ItemKey, Kind

NUMBER_UNKNOWN = "number_unknown"
NUMBER_AMBIGUOUS = "number_ambiguous"
NUMBER_RESERVED = "number_reserved"
NUMBER_UNREADABLE = "number_unreadable"
SHOP_VALUE_UNREADABLE = "shop_value_unreadable"
SHOP_PRICE_UNKNOWN = "shop_price_unknown"
SHOP_VAT_UNKNOWN = "shop_vat_unknown"
PRICE_UNKNOWN = "price_unknown"
PRICE_FORM = "price_form"
SALE_UNCLEAR = "sale_unclear"
CAMPAIGN_NOT_BELOW = "campaign_not_below"
VAT_DIFFERS = "vat_differs"
VAT_READ_ONLY = "vat_read_only"
VAT_WITHOUT_PRICE = "vat_without_price"
VAT_NOT_SUPPORTED = "vat_not_supported"
VARIANT_PRICES_DIFFER = "variant_prices_differ"
VARIANT_VAT_DIFFERS = "variant_vat_differs"
VARIANT_NAMES_DIFFER = "variant_names_differ"
VARIANT_DESCRIPTIONS_DIFFER = "variant_descriptions_differ"
VARIANT_UNKNOWN = "variant_unknown"
VARIANT_WITHOUT_NUMBER = "variant_without_number"

NO_ITEM = ItemKey(Kind.ARTICLE, 0)
"""Stands for the product of a number that no product of the shop has."""

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """Why told values cannot be written, and what a person can do."""

    rule: str
    message: str
    remedy: str

    def held(self, one: ItemTold, master: Master, specters: str | None) -> HeldImport:
        """One field of one item, held for this reason."""
        return held(one, master, self.rule, self.message, self.remedy, specters)


def held(
    one: ItemTold, master: Master, rule: str, message: str, remedy: str, specters: str | None = None
) -> HeldImport:
    """One held field of one item."""
    item = one.item
    return HeldImport(
        item.key,
        item.product_number or "",
        master,
        rule,
        message,
        remedy,
        shop_value(item, master),
        specters,
    )


def number_unknown(number: str, master: Master, specters: str | None = None) -> HeldImport:
    """News of a number that no product of the shop has. Nothing is created for it (rule 28)."""
    return HeldImport(
        NO_ITEM,
        number,
        master,
        NUMBER_UNKNOWN,
        f"No product of the shop has the product number {number}.",
        "Nothing, if the article is not sold in the shop; else give the product this number there.",
        None,
        specters,
    )


def number_ambiguous(one: ItemTold, master: Master, owners: Sequence[ItemKey]) -> HeldImport:
    """News of a number that several products have. None of them is ever written to (rule 28)."""
    return held(
        one,
        master,
        NUMBER_AMBIGUOUS,
        f"{len(owners)} products have the product number {one.item.product_number}: "
        f"{', '.join(str(owner) for owner in owners)}.",
        "Give each its own number. What Specter told is kept and looked at again every night.",
    )


def number_reserved(one: ItemTold, master: Master, role: str) -> HeldImport:
    """News of an article that stands for freight, fees or the like in Specter, not for a product of the shop."""
    return held(
        one,
        master,
        NUMBER_RESERVED,
        f"{one.item.product_number} is in Specter the article of order rows for {role}, not this product.",
        "Give the product another number in the shop.",
    )


def variant_without_number(one: ItemTold, master: Master) -> HeldImport:
    """News of a number that is the article's, seen from a variant that has none of its own."""
    return held(
        one,
        master,
        VARIANT_WITHOUT_NUMBER,
        f"The variant has no product number of its own; {one.item.product_number} is its product's.",
        "Give every size and colour its own number in the shop.",
    )


def listed(values: Iterable[tuple[ItemTold, str]]) -> str:
    """Variants with their values, for a message."""
    found = [f"{one.item.product_number or one.item.key} {words}" for one, words in values]
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
