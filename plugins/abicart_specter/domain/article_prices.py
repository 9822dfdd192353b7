"""What an article costs and which VAT rate it has, from the shapes in which the shop may say so.

``pricing`` tells amounts with and without VAT and is preferred. ``price`` is taken as stored only where the shop
sends no ``pricing`` (Abicart reference 5.1 and 10: questions 26–28; seen in client code).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abicart_specter.domain.money import EXACT
from abicart_specter.domain.prices import without_vat
from abicart_specter.domain.raw_values import ValueReader, kind_of
from abicart_specter.domain.records import ShopFacts

_TOLERANCE = Decimal("0.02")
"""Kronor by which a price with and one without VAT may differ from the rate: each is rounded to öre."""


@dataclass(frozen=True, slots=True)
class ArticlePrice:
    """Kronor as the shop stores them; ``None`` where it does not say. The rate is a fraction."""

    regular: Decimal | None
    campaign: Decimal | None
    ex_vat: Decimal | None
    rate: Decimal | None


def read_rate(value: object, facts: ShopFacts, reader: ValueReader) -> Decimal | None:
    """The VAT rate as a fraction, from a fraction, a percentage, or an object by country.

    A shop without VAT support sells without VAT, whatever its articles say.
    """
    if not facts.vat_supported:
        return Decimal(0)
    if isinstance(value, Mapping):
        if not value:
            return None
        by_country = {str(country).upper(): rate for country, rate in value.items()}
        value = by_country.get(facts.vat_country.upper())
        if isinstance(value, Mapping):
            value = value.get("vatRate")
        if value is None:
            reader.note("vatRate", f"no rate for the shop's country {facts.vat_country}")
            return None
    if isinstance(value, list) and not value:
        return None
    rate = reader.number(value, "vatRate", at_least=0)
    if rate == 1:
        reader.note("vatRate", "1 may mean 1 % or 100 %")
        return None
    if rate is not None and rate > 1:
        rate = EXACT.divide(rate, Decimal(100))
        if rate > 1:
            reader.note("vatRate", "the rate is above 100 %")
            return None
    return rate


def read_price(article: Mapping[str, Any], facts: ShopFacts, reader: ValueReader) -> ArticlePrice:
    """An article's prices and rate in the shop's base currency."""
    rate = read_rate(article.get("vatRate"), facts, reader)
    tiers = reader.sequence(article.get("pricing"), "pricing")
    if tiers:
        tier = _base_tier(tiers, reader)
        regular = _tier_amount(tier.get("regular"), "pricing.regular", facts, rate, reader)
        campaign = _tier_amount(tier.get("specialOffer"), "pricing.specialOffer", facts, rate, reader)
    else:
        price = reader.mapping(article.get("price"), "price")
        regular = _amount(price.get("regular"), "price.regular", facts, reader)
        campaign = _amount(price.get("specialOffer"), "price.specialOffer", facts, reader)
    if campaign == regular:
        campaign = None
    return priced(regular, campaign, rate, facts)


def priced(
    regular: Decimal | None, campaign: Decimal | None, rate: Decimal | None, facts: ShopFacts
) -> ArticlePrice:
    """The price without VAT follows exactly from the stored one and the rate; the shop's own is rounded."""
    ex_vat = None
    if regular is not None and (rate is not None or not facts.prices_with_vat):
        ex_vat = without_vat(regular, rate or Decimal(0), facts.prices_with_vat)
    return ArticlePrice(regular, campaign, ex_vat, rate)


def read_surcharges(article: Mapping[str, Any], facts: ShopFacts, reader: ValueReader) -> dict[str, Decimal]:
    """What each option adds to the price, by option uid, as the shop stores prices."""
    prices = reader.mapping(article.get("choiceOptionPrices"), "choiceOptionPrices")
    found: dict[str, Decimal] = {}
    for option, price in prices.items():
        amount = _amount(price, f"choiceOptionPrices.{option}", facts, reader, at_least=None)
        if amount:
            found[str(option)] = amount
    return found


def _base_tier(tiers: Any, reader: ValueReader) -> Mapping[str, Any]:
    """The tier for one piece: the one with the lowest ``qtyFloor``, the first if none says."""
    best: Mapping[str, Any] | None = None
    best_floor = Decimal("Infinity")
    for index, tier in enumerate(tiers):
        if not isinstance(tier, Mapping):
            reader.note(f"pricing[{index}]", f"expected an object, found {kind_of(tier)}")
            continue
        floor = reader.number(tier.get("qtyFloor"), f"pricing[{index}].qtyFloor")
        if best is None or (floor is not None and floor < best_floor):
            best, best_floor = tier, Decimal("Infinity") if floor is None else floor
    return best or {}


def _tier_amount(
    value: object, name: str, facts: ShopFacts, rate: Decimal | None, reader: ValueReader
) -> Decimal | None:
    """The amount as the shop stores it; noted if the two amounts contradict the rate."""
    both = reader.mapping(value, name)
    inc = _amount(both.get("incVat"), f"{name}.incVat", facts, reader)
    ex = _amount(both.get("exVat"), f"{name}.exVat", facts, reader)
    if facts.vat_supported and inc is not None and ex is not None and rate is not None:
        expected = EXACT.multiply(ex, EXACT.add(1, rate))
        if abs(EXACT.subtract(inc, expected)) > _TOLERANCE:
            percent = f"{EXACT.multiply(rate, 100).normalize():f}"
            reader.note(name, f"{inc} with VAT and {ex} without do not fit a VAT rate of {percent} %")
    return inc if facts.prices_with_vat else ex


def _amount(
    value: object, name: str, facts: ShopFacts, reader: ValueReader, *, at_least: int | None = 0
) -> Decimal | None:
    """Kronor from an object by currency, or from a bare number."""
    if isinstance(value, Mapping):
        name = f"{name}.{facts.base_currency}"
        value = value.get(facts.base_currency)
    elif isinstance(value, list) and not value:
        return None
    return reader.number(value, name, at_least=at_least)
