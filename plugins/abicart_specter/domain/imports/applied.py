"""Whether the shop holds what a change wrote, by what was read back; and whether a planned change still stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from abicart_specter.domain.imports.article_values import article_values
from abicart_specter.domain.imports.price_told import price_told
from abicart_specter.domain.imports.records import ItemTold, PlannedChange
from abicart_specter.domain.imports.told_values import known, rests_on, same
from abicart_specter.domain.masters import Master, shop_value
from abicart_specter.domain.records import CatalogueItem, ShopFacts

SETTLED = "Another run has settled it since."
_PRICES = (Master.PRICE, Master.EXTRA_PRICE)


def applied(change: PlannedChange, items_after: Sequence[CatalogueItem], facts: ShopFacts) -> tuple[str, ...]:
    """What differs from the change in the article that was read back, in words; empty if it is applied.

    :param items_after: ``catalogue.normalise`` of the article as it is after the write.
    """
    values = article_values(items_after, facts)
    found = [
        f"the {_words(one.field)} is {_shown(values.text(one.field))} instead of {_shown(one.after)}"
        for one in change.fields
        if not same(one.field, values.text(one.field), one.after)
    ]
    if found:
        return tuple(found)
    items = {item.key: item for item in items_after}
    for one in change.settles:
        item = items.get(one.key)
        if item is None:
            found.append(f"{one.key} is not there any more")
        elif one.field is not Master.DESCRIPTION and not same(
            one.field, shop_value(item, one.field), one.shop_value
        ):
            shown = _shown(shop_value(item, one.field))
            found.append(
                f"the {_words(one.field)} of {one.key} is {shown} instead of {_shown(one.shop_value)}"
            )
    return tuple(dict.fromkeys(found))


def unchanged(change: PlannedChange, items_now: Sequence[CatalogueItem], facts: ShopFacts) -> tuple[str, ...]:
    """What in the shop is no longer as it was when the change was planned (rule 30); empty if nothing."""
    values = article_values(items_now, facts)
    found = [
        f"the {_words(one.field)} is now {_shown(values.text(one.field))} and was {_shown(one.before)}"
        for one in change.fields
        if not same(one.field, values.text(one.field), one.before)
    ]
    keys = {key for key, _ in change.keys}
    now = {item.key for item in items_now}
    found += [f"{key} is not there any more" for key in sorted(keys - now)]
    found += [f"{key} is new" for key in sorted(now - keys)]
    return tuple(found)


def outdated(change: PlannedChange, items_now: Sequence[ItemTold], facts: ShopFacts) -> str:
    """Why a planned change is void (rule 30): a newer row, another product number, a changed value in the shop; or
    another run has settled it, and perhaps somebody took that back (rule 34).

    Empty if it still stands.
    """
    newest = _newest(items_now)
    for name, row_id in change.row_ids.items():
        if newest.get(name, 0) > row_id:
            return f"Specter told something newer of {name.rpartition('/')[0]}."
    numbers = {one.item.key: one.item.product_number or "" for one in items_now}
    for key, number in change.keys:
        if numbers.get(key, number) != number:
            return f"{key} has another product number in the shop now."
    if settled_since(change, items_now):
        return SETTLED
    changed = unchanged(change, [one.item for one in items_now], facts)
    return f"Changed in the shop: {'; '.join(changed)}." if changed else ""


def settled_since(change: PlannedChange, items_now: Sequence[ItemTold]) -> bool:
    """Whether nothing of what Specter wants by it is news any more (rule 22)."""
    for master in (one.field for one in change.fields):
        for one in items_now:
            told = price_told(one) if master in _PRICES else known(one, master.value, master)
            if told is not None and told.pending:
                return False
    return True


def _newest(items: Sequence[ItemTold]) -> Mapping[str, int]:
    masters = (Master.PRICE, Master.VAT, Master.NAME, Master.DESCRIPTION)
    return {name: row for one in items for name, row in rests_on(one, *masters).items()}


def _words(master: Master) -> str:
    return {Master.EXTRA_PRICE: "campaign price", Master.VAT: "VAT rate"}.get(master, master.value)


def _shown(value: str | None) -> str:
    if value is None:
        return "nothing"
    return value if len(value) <= 60 else f"{value[:60].rstrip()}…"
