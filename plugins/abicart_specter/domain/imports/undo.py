"""Taking a change of an import back, where nobody changed the shop's value since (rule 34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.imports.article_values import ArticleValues, article_values
from abicart_specter.domain.imports.records import FieldChange, PlannedChange, Settles
from abicart_specter.domain.imports.sizes import changed_fields
from abicart_specter.domain.imports.told_values import same
from abicart_specter.domain.imports.worst import value_in_words
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import EXACT, fixed, shortest
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind, ShopFacts

_PRICES = (Master.VAT, Master.PRICE, Master.EXTRA_PRICE)
_WORDS = {Master.EXTRA_PRICE: "campaign price", Master.VAT: "VAT rate"}


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What is restored and what is left.

    :param change: the write that restores; ``None`` if nothing is. Its ``settles`` are the pairs afterwards: the
        restored value beside what Specter has, so that it is neither exported nor imported again until Specter sends
        a new one. It rests on no inbox row.
    :param left: why fields are left as they are, a sentence each.
    """

    change: PlannedChange | None
    left: tuple[str, ...] = ()


def undo_change(change: PlannedChange, items_now: Sequence[CatalogueItem], facts: ShopFacts) -> UndoPlan:
    """How to take an applied change back.

    Prices, campaign and VAT rate of an article are restored together or not at all, each text on its own.

    :param items_now: all items of the article as the shop has them now.
    """
    if not items_now:
        return UndoPlan(None, ("The product is not in the shop any more.",))
    now = article_values(items_now, facts)
    left: list[str] = []
    restored = _prices(change, now, left)
    for one in changed_fields(change):
        if one.field in _PRICES:
            continue
        if same(one.field, now.text(one.field), one.after):
            restored.append(FieldChange(one.field, now.text(one.field), one.before))
        else:
            left.append(_changed_since(one, now))
    if not restored:
        return UndoPlan(None, tuple(left) or ("It changed nothing.",))
    items = {item.key: item for item in items_now}
    by_field = {one.field: one for one in restored}
    settles = tuple(
        Settles(one.key, one.field, _restored(items[one.key], by_field[one.field], now), one.specter_value)
        for one in change.settles
        if one.field in by_field and one.key in items
    )
    keys = tuple((item.key, item.product_number or "") for item in sorted(items_now, key=_key))
    return UndoPlan(
        PlannedChange(change.article_uid, change.part, keys, change.name, tuple(restored), settles, {}),
        tuple(left),
    )


def _prices(change: PlannedChange, now: ArticleValues, left: list[str]) -> list[FieldChange]:
    fields = [one for one in change.fields if one.field in _PRICES]
    changed = [one for one in changed_fields(change) if one.field in _PRICES]
    if not changed:
        return []
    # A rate is only ever written with its price, so the price must still be the one that went with it.
    must_stand = fields if any(one.field is Master.VAT for one in changed) else changed
    moved = [one for one in must_stand if not same(one.field, now.text(one.field), one.after)]
    if moved:
        left.extend(_changed_since(one, now) for one in moved)
        return []
    targets = {one.field: one.before for one in changed}
    if targets.get(Master.VAT, "") is None:
        left.append("The product had no VAT rate before the import, and none cannot be written.")
        return []
    restored = [
        FieldChange(
            one.field,
            now.text(one.field),
            targets[one.field] if one.field in targets else now.text(one.field),
        )
        for one in fields
    ]
    regular = _amount(targets.get(Master.PRICE, now.text(Master.PRICE)))
    campaign = _amount(targets.get(Master.EXTRA_PRICE, now.text(Master.EXTRA_PRICE)))
    if campaign is not None and (regular is None or campaign >= regular):
        price = "nothing" if regular is None else fixed(regular, 2)
        left.append(
            f"The regular price would be {price} again, which is not above the campaign price {fixed(campaign, 2)}."
        )
        return []
    return restored


def _restored(item: CatalogueItem, one: FieldChange, now: ArticleValues) -> str | None:
    """What the item's own value is after the restoring write."""
    if item.key.kind is not Kind.VARIANT or one.field in (Master.VAT, Master.DESCRIPTION):
        return one.after
    if one.field is Master.NAME:
        suffix = item.name.removeprefix(now.name) if now.name else ""
        return f"{one.after or ''}{suffix}" or None
    after, price, base = _amount(one.after), item.price_regular, now.regular
    if after is None or price is None or base is None:
        return None
    return shortest(EXACT.add(after, EXACT.subtract(price, base)))


def _changed_since(one: FieldChange, now: ArticleValues) -> str:
    return (
        f"The {_WORDS.get(one.field, one.field.value)} was changed since: it is "
        f"{value_in_words(one.field, now.text(one.field))} and the import had written "
        f"{value_in_words(one.field, one.after)}."
    )


def _key(item: CatalogueItem) -> ItemKey:
    return item.key


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
