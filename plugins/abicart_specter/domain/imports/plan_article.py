"""What becomes of one article by what Specter told of its items: changes, what is held, what agrees already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.article_values import ArticleValues, article_values
from abicart_specter.domain.imports.one_price import Pricing
from abicart_specter.domain.imports.plan_price import PricePlan, item_price, plan_price
from abicart_specter.domain.imports.plan_text import plan_texts
from abicart_specter.domain.imports.plan_vat import RatePlan, VatTold, plan_rate, vat_told
from abicart_specter.domain.imports.price_told import PriceTold, Problem, price_told
from abicart_specter.domain.imports.records import (
    ArticlePlan,
    FieldChange,
    HeldImport,
    ImportPart,
    ItemTold,
    PlannedChange,
    Settles,
)
from abicart_specter.domain.imports.told_values import known, rests_on
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import shortest
from abicart_specter.domain.records import ItemKey, ShopFacts
from abicart_specter.settings.shop import ShopSettings

_PARTS = (
    (Master.PRICE, "price"),
    (Master.VAT, "vat"),
    (Master.NAME, "name"),
    (Master.DESCRIPTION, "description"),
)


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
        _prices(ordered, values, facts, settings, vat_read_only),
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
    masters = settings.masters()
    for one in items:
        owners = ambiguous.get(one.item.product_number or "")
        if owners:
            for master, name in _PARTS:
                news = known(one, name, master) if master in masters else None
                if news is not None and news.pending:
                    found.append(
                        replace(rules.number_ambiguous(one, master, owners), specter_value=news.text)
                    )
        usable = not owners and one.item.own_number and one.item.product_number
        out.append(one if usable else replace(one, told={}, pairs={}))
    return ArticlePlan(held=tuple(found)), out


def _prices(
    items: Sequence[ItemTold],
    values: ArticleValues,
    facts: ShopFacts,
    settings: ShopSettings,
    vat_read_only: bool,
) -> ArticlePlan:
    imports = settings.imports
    vats = [vat_told(one) for one in items] if imports.price or imports.vat else []
    prices = [price_told(one) for one in items] if imports.price else []
    new_vats = [one for one in vats if one.pending] if imports.vat else []
    new_prices = [one for one in prices if one.pending]
    if not new_vats and not new_prices:
        return ArticlePlan()
    if values.price_problems:
        problem = Problem(
            rules.SHOP_VALUE_UNREADABLE,
            f"A value of the shop cannot be read: {'; '.join(values.price_problems[:3])}.",
            "Correct the value in the shop.",
        )
        return ArticlePlan(held=_held(new_vats, problem, new_prices, problem))
    rate = plan_rate(
        vats,
        values,
        facts,
        import_vat=imports.vat,
        import_price=imports.price,
        read_only=vat_read_only,
    )
    agreed = _agreed_rates(new_vats, values) if rate.agreed else ()
    if rate.price_problem is not None or (rate.change is None and not new_prices):
        return ArticlePlan(
            held=_held(new_vats, rate.vat_problem, new_prices, rate.price_problem), agreed=agreed
        )
    vat_rate = values.rate if rate.change is None else rate.change
    pricing = Pricing(vat_rate or Decimal(0), facts.prices_with_vat, settings.prices.article_decimals)
    plan = plan_price(prices, values, pricing, import_extra=imports.extra_price)
    if plan.problem is not None:
        return ArticlePlan(
            held=_held(new_vats if rate.change is not None else (), plan.problem, new_prices, plan.problem)
            + _held(new_vats if rate.change is None else (), rate.vat_problem, (), None),
            agreed=agreed,
        )
    return _outcome(items, vats, prices, new_vats, new_prices, values, rate, plan, agreed)


def _outcome(
    items: Sequence[ItemTold],
    vats: Sequence[VatTold],
    prices: Sequence[PriceTold],
    new_vats: Sequence[VatTold],
    new_prices: Sequence[PriceTold],
    values: ArticleValues,
    rate: RatePlan,
    plan: PricePlan,
    agreed: tuple[Settles, ...],
) -> ArticlePlan:
    held = _held(new_vats, rate.vat_problem, (), None)
    if rate.change is None and plan.regular == values.regular and plan.campaign == values.campaign:
        return ArticlePlan(held=held, agreed=agreed + _settled_prices(new_prices, plan, values))
    fields = [
        FieldChange(Master.PRICE, values.text(Master.PRICE), _text(plan.regular)),
        FieldChange(Master.EXTRA_PRICE, values.text(Master.EXTRA_PRICE), _text(plan.campaign)),
    ]
    settles = _settled_prices(prices, plan, values)
    masters = [Master.PRICE, Master.VAT]
    if rate.change is not None:
        fields.insert(0, FieldChange(Master.VAT, values.text(Master.VAT), shortest(rate.change)))
        settles += tuple(
            Settles(one.one.item.key, Master.VAT, shortest(rate.change), one.text) for one in vats
        )
    return ArticlePlan(
        changes=(
            PlannedChange(
                article_uid=items[0].item.article_uid,
                part=ImportPart.PRICE if rate.change is None else ImportPart.VAT,
                keys=tuple((one.item.key, one.item.product_number or "") for one in items),
                name=values.name or items[0].item.name,
                fields=tuple(one for one in fields if one.before is not None or one.after is not None),
                settles=settles,
                row_ids={name: row for one in items for name, row in rests_on(one, *masters).items()},
            ),
        ),
        held=held,
        agreed=agreed,
    )


def _settled_prices(
    prices: Sequence[PriceTold], plan: PricePlan, values: ArticleValues
) -> tuple[Settles, ...]:
    found: list[Settles] = []
    for one in prices:
        key = one.one.item.key
        regular, campaign = item_price(one, plan.regular, values), item_price(one, plan.campaign, values)
        found.append(Settles(key, Master.PRICE, _text(regular), one.price_text))
        found.append(Settles(key, Master.EXTRA_PRICE, _text(campaign), one.former_text))
    return tuple(found)


def _agreed_rates(vats: Sequence[VatTold], values: ArticleValues) -> tuple[Settles, ...]:
    return tuple(Settles(one.one.item.key, Master.VAT, values.text(Master.VAT), one.text) for one in vats)


def _held(
    vats: Sequence[VatTold],
    vat_problem: Problem | None,
    prices: Sequence[PriceTold],
    price_problem: Problem | None,
) -> tuple[HeldImport, ...]:
    found: list[HeldImport] = []
    if vat_problem is not None:
        found += [
            rules.held(
                one.one, Master.VAT, vat_problem.rule, vat_problem.message, vat_problem.remedy, one.text
            )
            for one in vats
        ]
    if price_problem is not None:
        found += [
            rules.held(
                one.one,
                Master.PRICE,
                price_problem.rule,
                price_problem.message,
                price_problem.remedy,
                one.price_text,
            )
            for one in prices
        ]
    return tuple(found)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else shortest(value)
