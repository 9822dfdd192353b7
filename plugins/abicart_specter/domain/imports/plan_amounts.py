"""An article's prices and VAT rate together: a rate is only ever written with its price (rule 32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.article_values import ArticleValues, raw_article
from abicart_specter.domain.imports.held import Problem
from abicart_specter.domain.imports.one_price import Pricing
from abicart_specter.domain.imports.plan_price import PricePlan, item_price, plan_price
from abicart_specter.domain.imports.plan_vat import RatePlan, VatTold, plan_rate, vat_told
from abicart_specter.domain.imports.price_form import PRICE_FORM_REMEDY, price_form_problem
from abicart_specter.domain.imports.price_told import PriceTold, price_told
from abicart_specter.domain.imports.records import (
    ArticlePlan,
    FieldChange,
    HeldImport,
    ImportPart,
    ItemTold,
    PlannedChange,
    Settles,
)
from abicart_specter.domain.imports.told_values import rests_on
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import shortest
from abicart_specter.domain.records import ShopFacts
from abicart_specter.settings.shop import ShopSettings


@dataclass(frozen=True, slots=True)
class _Told:
    """What Specter told of the article's items, one entry per item; none of a field that is not imported."""

    items: Sequence[ItemTold]
    values: ArticleValues
    vats: Sequence[VatTold]
    prices: Sequence[PriceTold]
    new_vats: Sequence[VatTold]
    new_prices: Sequence[PriceTold]

    def held(self, vat: Problem | None, price: Problem | None) -> tuple[HeldImport, ...]:
        """The news that is held, by its reason."""
        found: list[HeldImport] = []
        if vat is not None:
            found += [vat.held(one.one, Master.VAT, one.text) for one in self.new_vats]
        if price is not None:
            found += [price.held(one.one, Master.PRICE, one.price_text) for one in self.new_prices]
        return tuple(found)


def plan_amounts(
    items: Sequence[ItemTold],
    values: ArticleValues,
    facts: ShopFacts,
    settings: ShopSettings,
    *,
    vat_read_only: bool,
) -> ArticlePlan:
    """At most one change, of the part "vat" if the rate changes and else of the part "price".

    :param items: all items of the article, in order of their keys.
    """
    imports = settings.imports
    vats = [vat_told(one) for one in items] if imports.price or imports.vat else []
    prices = [price_told(one) for one in items] if imports.price else []
    told = _Told(
        items,
        values,
        vats,
        prices,
        [one for one in vats if one.pending] if imports.vat else [],
        [one for one in prices if one.pending],
    )
    if not told.new_vats and not told.new_prices:
        return ArticlePlan()
    if values.price_problems:
        unreadable = Problem(
            rules.SHOP_VALUE_UNREADABLE,
            f"A value of the shop cannot be read: {'; '.join(values.price_problems[:3])}.",
            "Correct the value in the shop.",
        )
        return ArticlePlan(held=told.held(unreadable, unreadable))
    rate = plan_rate(
        vats,
        values,
        facts,
        import_vat=imports.vat,
        import_price=imports.price,
        read_only=vat_read_only,
    )
    agreed = _agreed_rates(told) if rate.agreed else ()
    if rate.price_problem is not None or (rate.change is None and not told.new_prices):
        return ArticlePlan(held=told.held(rate.vat_problem, rate.price_problem), agreed=agreed)
    vat_rate = values.rate if rate.change is None else rate.change
    pricing = Pricing(vat_rate or Decimal(0), facts.prices_with_vat, settings.prices.article_decimals)
    plan = plan_price(
        prices, values, pricing, import_extra=imports.extra_price, rate_stays=rate.change is None
    )
    if plan.problem is None and not _is_as_planned(values, rate, plan):
        form = price_form_problem(raw_article([one.item for one in items]), facts)
        if not form:
            return ArticlePlan(changes=(_change(told, rate, plan, extra=imports.extra_price),), agreed=agreed)
        plan = PricePlan(problem=Problem(rules.PRICE_FORM, form, PRICE_FORM_REMEDY))
    if plan.problem is not None:
        vat_problem = None if rate.change is None else plan.problem
        return ArticlePlan(held=told.held(vat_problem, plan.problem), agreed=agreed)
    return ArticlePlan(
        agreed=agreed + _settled_prices(told.new_prices, plan, values, extra=imports.extra_price)
    )


def _is_as_planned(values: ArticleValues, rate: RatePlan, plan: PricePlan) -> bool:
    return rate.change is None and plan.regular == values.regular and plan.campaign == values.campaign


def _change(told: _Told, rate: RatePlan, plan: PricePlan, *, extra: bool) -> PlannedChange:
    """Rate, price and campaign are always named, also those that stay: a price rests on the rate and the campaign
    that were found, and is void when one of them moves.
    """
    values = told.values
    rate_after = values.text(Master.VAT) if rate.change is None else shortest(rate.change)
    fields = (
        FieldChange(Master.VAT, values.text(Master.VAT), rate_after),
        FieldChange(Master.PRICE, values.text(Master.PRICE), _text(plan.regular)),
        FieldChange(Master.EXTRA_PRICE, values.text(Master.EXTRA_PRICE), _text(plan.campaign)),
    )
    settles = _settled_prices(told.prices, plan, values, extra=extra)
    if rate.change is not None:
        settles += tuple(Settles(one.one.item.key, Master.VAT, rate_after, one.text) for one in told.vats)
    return PlannedChange(
        article_uid=told.items[0].item.article_uid,
        part=ImportPart.PRICE if rate.change is None else ImportPart.VAT,
        keys=tuple((one.item.key, one.item.product_number or "") for one in told.items),
        name=values.name or told.items[0].item.name,
        fields=fields,
        settles=settles,
        row_ids={
            name: row for one in told.items for name, row in rests_on(one, Master.PRICE, Master.VAT).items()
        },
    )


def _settled_prices(
    prices: Sequence[PriceTold], plan: PricePlan, values: ArticleValues, *, extra: bool
) -> tuple[Settles, ...]:
    """Both prices of an item, so that it stays known which former price was told with which price.

    :param extra: whether campaigns are imported. What Specter tells of them before that stays news until they are.
    """
    found: list[Settles] = []
    for one in prices:
        key = one.one.item.key
        regular, campaign = item_price(one, plan.regular, values), item_price(one, plan.campaign, values)
        found.append(Settles(key, Master.PRICE, _text(regular), one.price_text))
        if extra:
            found.append(Settles(key, Master.EXTRA_PRICE, _text(campaign), one.former_text))
    return tuple(found)


def _agreed_rates(told: _Told) -> tuple[Settles, ...]:
    now = told.values.text(Master.VAT)
    return tuple(Settles(one.one.item.key, Master.VAT, now, one.text) for one in told.new_vats)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else shortest(value)
