"""Which product an order's row names: the article, the variant by the row's choices, the number that holds today.

A row keeps the number of the day it was ordered, of the variant or of its article (Abicart reference 10,
question 12). So uid and choices decide, and the row's own number is the cross-check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abicart_specter.domain.orders.order_costs import read_share
from abicart_specter.domain.orders.order_values import OrderReader
from abicart_specter.domain.orders.records import PackagePart
from abicart_specter.domain.raw_values import uid_of
from abicart_specter.domain.records import Flag, ItemKey, Severity

ROW_QUANTITY = "quantity"
"""The key among a row's choices that is no choice."""

VARIANT_CONFLICT = "variant_conflict"
VARIANT_UNKNOWN = "variant_unknown"
PRODUCT_RENUMBERED = "product_renumbered"
PACKAGE_QUANTITY_UNKNOWN = "package_quantity_unknown"

_QUANTITY_NAMES = ("quantity", "qty", "amount")


@dataclass(frozen=True, slots=True)
class RowProduct:
    """What a row names. ``article_known``: whether the shop still has the article and showed it."""

    article_uid: int | None
    variant_uid: int | None
    number: str | None
    article_known: bool
    choice_uids: frozenset[str] = frozenset()
    """The choices that select a variant; all others hold what the buyer entered."""
    parts: tuple[PackagePart, ...] = ()
    problems: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class _Variant:
    uid: int
    number: str | None
    defined_by: frozenset[tuple[str, str]]


def find_product(
    reader: OrderReader, key: ItemKey, row: Mapping[str, Any], choices: Mapping[str, Any], field: str
) -> RowProduct:
    """The product of one row; contradictions are flags, of which an error holds the order."""
    shown = row.get("article")
    article_uid = reader.uid(shown, f"{field}, article")
    written = _number(reader, row.get("articleNumber"), f"{field}, articleNumber")
    if not isinstance(shown, Mapping):
        return RowProduct(article_uid, None, written, article_known=False)
    own = _number(reader, shown.get("articleNumber"), f"{field}, the article's number")
    variants = _variants(reader, shown, own, field)
    if variants:
        uids = frozenset(choice for one in variants for choice, _ in one.defined_by)
        found, number, problems = _chosen(key, variants, choices, written, own, field)
        parts: tuple[PackagePart, ...] = ()
    else:
        uids, found = frozenset(), None
        number, problems = _current(key, written, own, field)
        parts, found_in_parts = read_parts(reader, key, shown, field)
        problems = (*problems, *found_in_parts)
    return RowProduct(
        article_uid,
        None if found is None else found.uid,
        number,
        article_known=True,
        choice_uids=uids,
        parts=parts,
        problems=problems,
    )


def _number(reader: OrderReader, value: object, field: str) -> str | None:
    """A product number as it is, blanks and all: the number rules judge it, not we. Empty is none."""
    if isinstance(value, str):
        return value if value.strip() else None
    return reader.text(value, field) or None


def _variants(reader: OrderReader, article: Mapping[str, Any], own: str | None, field: str) -> list[_Variant]:
    variants: list[_Variant] = []
    for row in reader.sequence(article.get("variants"), f"{field}, the article's variants"):
        if not isinstance(row, Mapping):
            raise reader.refusal(f"{field}, the article's variants", "they came as uids only")
        uid = reader.uid(row.get("uid"), f"{field}, a variant's uid")
        if uid is None:
            raise reader.refusal(f"{field}, a variant's uid", "it is missing")
        overrides = reader.mapping(row.get("overrides"), f"{field}, a variant's overrides")
        number = _number(reader, overrides.get("articleNumber"), f"{field}, a variant's number")
        number = number or _number(reader, row.get("articleNumber"), f"{field}, a variant's number") or own
        defined = reader.mapping(row.get("definedBy"), f"{field}, a variant's definedBy")
        pairs = frozenset((str(choice), str(option)) for choice, option in defined.items())
        variants.append(_Variant(uid, number, pairs))
    return variants


def _chosen(
    key: ItemKey,
    variants: Sequence[_Variant],
    choices: Mapping[str, Any],
    written: str | None,
    own: str | None,
    field: str,
) -> tuple[_Variant | None, str | None, tuple[Flag, ...]]:
    """The variant by the row's choices; where they match none, the only one that has the row's number."""
    pairs = {(str(name), str(option)) for name, option in choices.items()}
    matching = [one for one in variants if one.defined_by and one.defined_by <= pairs]
    if len(matching) > 1:
        longest = max(len(one.defined_by) for one in matching)
        matching = [one for one in matching if len(one.defined_by) == longest]
    if len(matching) == 1:
        (found,) = matching
        if written in (None, found.number, own):
            return found, found.number, ()
        owner = next((one for one in variants if one.number == written), None)
        whose = f"variant {owner.uid}" if owner else "no variant of the product"
        words = (
            f"{field}: the buyer's choices select variant {found.uid} (number {found.number!r}), the row has "
            f"number {written!r}, which belongs to {whose}."
        )
        return found, found.number, (_error(key, VARIANT_CONFLICT, words, found.number),)
    by_number = [one for one in variants if one.number == written and written not in (None, own)]
    if not matching and len(by_number) == 1:
        return by_number[0], written, ()
    how_many = "no variant" if not matching else f"{len(matching)} variants"
    words = (
        f"{field}: the buyer's choices select {how_many} of the product, and the row's number {written!r} "
        "does not tell which is meant."
    )
    return None, written, (_error(key, VARIANT_UNKNOWN, words, written),)


def _current(
    key: ItemKey, written: str | None, own: str | None, field: str
) -> tuple[str | None, tuple[Flag, ...]]:
    """The article's number of today, which Specter is sent with the article; said where the row has another."""
    if written is None or own is None or written == own:
        return own if written is None else written, ()
    flag = Flag(
        key=key,
        rule=PRODUCT_RENUMBERED,
        severity=Severity.WARNING,
        message=f"{field}: ordered as product number {written!r}, which is {own!r} today; {own!r} is sent.",
        remedy="Check that Specter has the product under the number of today.",
        product_number=own,
    )
    return own, (flag,)


def read_parts(
    reader: OrderReader, key: ItemKey, article: Mapping[str, Any], field: str
) -> tuple[tuple[PackagePart, ...], tuple[Flag, ...]]:
    """What a package holds (Abicart reference 5.1 and 10, question 17): how many of each part is read beside it,
    else by how often it is named; where neither says more than 1, a warning.
    """
    counts: dict[int, Decimal] = {}
    shown: dict[int, Mapping[str, Any]] = {}
    told = repeated = False
    for one in reader.sequence(article.get("content"), f"{field}, the package's content"):
        outer = one if isinstance(one, Mapping) else {"uid": one}
        inner = outer.get("article")
        part = inner if isinstance(inner, Mapping) else outer
        uid = uid_of(inner) if inner is not None and not isinstance(inner, Mapping) else None
        uid = uid or reader.uid(part.get("uid"), f"{field}, a part's uid")
        if uid is None:
            raise reader.refusal(f"{field}, a part's uid", "it is missing")
        stated = next((outer[name] for name in _QUANTITY_NAMES if outer.get(name) is not None), None)
        quantity = reader.number(stated, f"{field}, a part's quantity")
        told = told or quantity is not None
        repeated = repeated or uid in counts
        counts[uid] = counts.get(uid, Decimal(0)) + (Decimal(1) if quantity is None else quantity)
        shown[uid] = part
    parts = tuple(_part(reader, uid, shown[uid], count, field) for uid, count in counts.items())
    if not parts or told or repeated:
        return parts, ()
    flag = Flag(
        key=key,
        rule=PACKAGE_QUANTITY_UNKNOWN,
        severity=Severity.WARNING,
        message=f"{field}: the shop does not say how many of each part are in the package; 1 of each is assumed.",
        remedy="Compare with the package's page in the shop.",
    )
    return parts, (flag,)


def _part(
    reader: OrderReader, uid: int, part: Mapping[str, Any], quantity: Decimal, field: str
) -> PackagePart:
    name = part.get("name")
    if isinstance(name, Mapping):
        name = next((name[code] for code in ("sv", "en", *sorted(name)) if name.get(code)), "")
    rate = part.get("vatRate")
    if isinstance(rate, Mapping):
        rate = rate.get("SE")
    return PackagePart(
        article_uid=uid,
        product_number=_number(reader, part.get("articleNumber"), f"{field}, a part's number"),
        name=reader.text(name, f"{field}, a part's name"),
        quantity=quantity,
        price=_price(reader, part.get("price"), f"{field}, a part's price"),
        vat_rate=read_share(reader, rate, f"{field}, a part's vatRate"),
    )


def _price(reader: OrderReader, value: object, field: str) -> Decimal | None:
    """Kronor by ``{"regular": {"SEK": …}}``; ``None`` if the shop names no price in kronor."""
    prices = reader.mapping(value, field)
    regular = reader.mapping(prices.get("regular"), f"{field}.regular")
    return reader.number(regular.get("SEK"), f"{field}.regular.SEK")


def _error(key: ItemKey, rule: str, message: str, number: str | None) -> Flag:
    return Flag(
        key=key,
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        remedy="Look at the row in the shop and correct it there, or enter the order in Specter by hand.",
        product_number=number,
    )
