"""An article's regular and campaign price from Specter's (rules 22 and 23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.article_values import ArticleValues, surcharge
from abicart_specter.domain.imports.held import Problem
from abicart_specter.domain.imports.one_price import Pricing, one_price
from abicart_specter.domain.imports.price_told import PriceTold
from abicart_specter.domain.imports.told_values import number
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import EXACT, fixed


@dataclass(frozen=True, slots=True)
class PricePlan:
    """The article's prices as they are to be, kronor as stored. ``campaign`` is ``None`` where there is none."""

    regular: Decimal | None = None
    campaign: Decimal | None = None
    problem: Problem | None = None


def plan_price(
    told: Sequence[PriceTold],
    values: ArticleValues,
    pricing: Pricing,
    *,
    import_extra: bool,
    rate_stays: bool,
) -> PricePlan:
    """One price and one campaign that suit all items, or why there are none.

    :param told: of all items of the article, in order of their keys.
    :param pricing: with the VAT rate that the article is going to have.
    :param rate_stays: the VAT rate is not written, so that nothing is where the news is what the shop has.
    """
    if rate_stays and all(_as_is(one, values, pricing, import_extra) for one in told if one.pending):
        return PricePlan(values.regular, values.campaign)
    problem = _problem(told, values)
    if problem is not None:
        return PricePlan(problem=problem)
    regular = _fit(told, [one.regular for one in told], values, pricing, values.regular)
    if regular is None:
        return PricePlan(problem=_differ(told, "prices"))
    on_sale = [one for one in told if one.former is not None]
    campaign = values.campaign
    if import_extra and on_sale:
        campaign = _fit(told, [one.campaign for one in told], values, pricing, values.campaign)
        if campaign is None:
            return PricePlan(problem=_differ(told, "sale prices"))
    elif import_extra and campaign is not None and _came_from_specter(told, values, pricing):
        campaign = None
    if campaign is not None and campaign >= regular:
        return PricePlan(
            problem=Problem(
                rules.CAMPAIGN_NOT_BELOW,
                f"The regular price would be {fixed(regular, 2)} and the campaign price {fixed(campaign, 2)}, which is "
                "not below it.",
                "End or change the campaign in the shop, or correct the price in Specter.",
            )
        )
    return PricePlan(regular, campaign)


def _as_is(one: PriceTold, values: ArticleValues, pricing: Pricing, import_extra: bool) -> bool:
    """Whether the shop has an item's price already, so that it agrees whatever is known of the other variants."""
    shops, campaign = item_price(one, values.regular, values), item_price(one, values.campaign, values)
    if one.problem is not None or one.regular is None or shops is None:
        return False
    if not pricing.agree(shops, one.regular):
        return False
    if not import_extra:
        return True
    if one.campaign is not None:
        return campaign is not None and pricing.agree(campaign, one.campaign)
    return campaign is None or not _came_from_specter([one], values, pricing)


def _problem(told: Sequence[PriceTold], values: ArticleValues) -> Problem | None:
    for one in told:
        if one.problem is not None:
            where = f"{one.one.item.product_number}: " if len(told) > 1 else ""
            return Problem(one.problem.rule, f"{where}{one.problem.message}", one.problem.remedy)
    unknown = [one for one in told if one.price is None]
    if unknown and len(told) == 1:
        return Problem(
            rules.PRICE_UNKNOWN,
            "Specter has not told the product's price, and its VAT is only written together with it.",
            "Save the article once in Specter, so that it is told.",
        )
    if unknown:
        return Problem(
            rules.VARIANT_UNKNOWN,
            "The variants share the product's price, and Specter's is not known of "
            f"{rules.listed((one.one, '') for one in unknown)}.",
            "Correct the number of a variant that is held for it, then export; or save it once in Specter.",
        )
    if any(surcharge(one.one.item, values) is None for one in told):
        return Problem(
            rules.SHOP_PRICE_UNKNOWN,
            "The product has no price in the shop, so what its variants cost more cannot be told.",
            "Enter a price in the shop.",
        )
    return None


def _fit(
    told: Sequence[PriceTold],
    wanted: Sequence[Decimal | None],
    values: ArticleValues,
    pricing: Pricing,
    present: Decimal | None,
) -> Decimal | None:
    pairs = [
        (price, surcharge(one.one.item, values) or Decimal(0))
        for one, price in zip(told, wanted, strict=True)
        if price is not None
    ]
    return one_price(pairs, pricing, present) if len(pairs) == len(told) else None


def _came_from_specter(told: Sequence[PriceTold], values: ArticleValues, pricing: Pricing) -> bool:
    """Whether the shop's campaign is one that an import set, by what was settled then.

    A campaign that the shop had of its own stays, also when Specter had a sale beside it.
    """
    for one in told:
        extra, price = one.one.pairs.get(Master.EXTRA_PRICE.value), one.one.pairs.get(Master.PRICE.value)
        if extra is not None and extra.begun and extra.intended_specter_value is not None:
            shown = item_price(one, values.campaign, values)
            if shown is not None and shown == number(extra.intended_shop_value):
                return True  # the answer to its write was lost
        if extra is None or extra.specter_value is None or price is None:
            continue
        shops, specters = number(extra.shop_value), number(price.specter_value)
        if shops is None or specters is None:
            continue
        vat = one.one.pairs.get(Master.VAT.value)
        rates = {pricing.rate, values.rate, None if vat is None else number(vat.shop_value)} - {None}
        if any(
            Pricing(rate, pricing.prices_with_vat, pricing.decimals).agree(shops, specters)
            for rate in rates
            if rate is not None
        ):
            return True
    return False


def _differ(told: Sequence[PriceTold], what: str) -> Problem:
    def words(one: PriceTold) -> str:
        sale = "" if one.former is None else f" (before {one.former_text})"
        return f"{one.price_text}{sale}"

    return Problem(
        rules.VARIANT_PRICES_DIFFER,
        f"The variants share the product's price with fixed surcharges, and Specter's {what} do not fit one price: "
        f"{rules.listed((one.one, words(one)) for one in told)}.",
        "Change the variants' prices in Specter by the same amount, or the surcharges of the options in the shop.",
    )


def item_price(one: PriceTold, price: Decimal | None, values: ArticleValues) -> Decimal | None:
    """What the item costs when its article costs ``price``."""
    extra = surcharge(one.one.item, values)
    return None if price is None or extra is None else EXACT.add(price, extra)
