"""What becomes of one article by what Specter told of its items: changes, what is held, what agrees already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.article_values import article_values
from abicart_specter.domain.imports.plan_amounts import plan_amounts
from abicart_specter.domain.imports.plan_text import plan_texts
from abicart_specter.domain.imports.price_told import price_told
from abicart_specter.domain.imports.records import ArticlePlan, HeldImport, ItemTold
from abicart_specter.domain.imports.told_values import known
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, ShopFacts
from abicart_specter.settings.shop import ShopSettings

_OTHERS = ((Master.VAT, "vat"), (Master.NAME, "name"), (Master.DESCRIPTION, "description"))


def plan_article(
    items: Sequence[ItemTold],
    facts: ShopFacts,
    settings: ShopSettings,
    *,
    vat_read_only: bool = False,
    ambiguous: Mapping[str, Sequence[ItemKey]] | None = None,
) -> ArticlePlan:
    """The plan of one article.

    :param items: all items of the article, also those of which Specter told nothing.
    :param vat_read_only: the shop has refused to have a VAT rate written.
    :param ambiguous: product numbers that several products of the shop have, with all owners. An article that holds
        one is written to only where nothing of it depends on that item.
    """
    ordered = sorted(items, key=lambda one: one.item.key)
    out = ArticlePlan()
    if not ordered:
        return out
    out, ordered = _without_ambiguous(ordered, settings, ambiguous or {})
    values = article_values([one.item for one in ordered], facts)
    for plan in (
        plan_amounts(ordered, values, facts, settings, vat_read_only=vat_read_only),
        plan_texts(ordered, values, settings),
    ):
        out = ArticlePlan(out.changes + plan.changes, out.held + plan.held, out.agreed + plan.agreed)
    return out


def _without_ambiguous(
    items: Sequence[ItemTold], settings: ShopSettings, ambiguous: Mapping[str, Sequence[ItemKey]]
) -> tuple[ArticlePlan, list[ItemTold]]:
    """Items whose number does not tell them apart are as good as unknown, and their news is listed."""
    out: list[ItemTold] = []
    found: list[HeldImport] = []
    reserved = settings.special_numbers_by_number()
    for one in items:
        number = one.item.product_number or ""
        owners, role = ambiguous.get(number, ()), reserved.get(number)
        if number and one.item.own_number and not owners and role is None:
            out.append(one)
            continue
        out.append(replace(one, told={}, pairs={}))
        for master, specters in _news(one, settings):
            if role is not None:
                listed = rules.number_reserved(one, master, role)
            elif owners:
                listed = rules.number_ambiguous(one, master, owners)
            else:
                listed = rules.variant_without_number(one, master)
            found.append(replace(listed, specter_value=specters))
    return ArticlePlan(held=tuple(found)), out


def _news(one: ItemTold, settings: ShopSettings) -> list[tuple[Master, str | None]]:
    """What Specter told anew of an item, of the fields that are imported."""
    found: list[tuple[Master, str | None]] = []
    imports = settings.imports
    price = price_told(one) if imports.price else None
    if price is not None and price.pending:
        found.append((Master.PRICE, price.price_text))
    for master, name in _OTHERS:
        told = known(one, name, master) if getattr(imports, master.value) else None
        if told is not None and told.pending:
            found.append((master, told.text))
    return found
