"""A change that is already taken back: by an undo that was killed before it was recorded, or by a person."""

from __future__ import annotations

from collections.abc import Sequence

from abicart_specter.domain.imports.article_values import article_values
from abicart_specter.domain.imports.records import PlannedChange, Settles
from abicart_specter.domain.imports.sizes import changed_fields
from abicart_specter.domain.imports.told_values import same
from abicart_specter.domain.masters import Master, shop_value
from abicart_specter.domain.records import CatalogueItem, ShopFacts


def already_undone(
    change: PlannedChange, items_now: Sequence[CatalogueItem], facts: ShopFacts
) -> tuple[Settles, ...] | None:
    """The pairs to settle if the shop shows every value as it was before the change; ``None`` if it does not.

    :param items_now: all items of the article as the shop has them now.
    """
    changed = {one.field: one for one in changed_fields(change)}
    if not items_now or not changed:
        return None
    now = article_values(items_now, facts)
    if not all(same(name, now.text(name), one.before) for name, one in changed.items()):
        return None
    items = {item.key: item for item in items_now}
    return tuple(
        Settles(
            one.key,
            one.field,
            now.text(one.field) if one.field is Master.DESCRIPTION else shop_value(items[one.key], one.field),
            one.specter_value,
        )
        for one in change.settles
        if one.field in changed and one.key in items
    )
