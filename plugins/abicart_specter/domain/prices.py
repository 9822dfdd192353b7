"""Prices of products: the shop's (usually with VAT) beside Specter's (always without), and when they are equal.

The rule of equality is ``round(shop / (1 + rate), Specter's decimals) == Specter``: what one system would send
is what the other already has. By rounding there and back alone, one price in five at 25 % VAT would change.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from abicart_specter.domain.money import EXACT, QUOTIENT, round_half_up

SHOP_DECIMALS = 2
"""Kronor and öre: what a shop's price list holds."""

USUAL_RATES = (Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), Decimal("0"))
"""Sweden's VAT rates, as fractions."""


@lru_cache(maxsize=256)
def _factor(rate: Decimal) -> Decimal:
    return EXACT.add(1, rate)


def without_vat(shop_price: Decimal, rate: Decimal, prices_with_vat: bool) -> Decimal:
    """The shop's price without VAT, not rounded (to 28 digits, which for öre and whole percents never meets a half).

    :param shop_price: kronor as the shop stores them.
    :param rate: VAT rate as a fraction.
    :param prices_with_vat: whether the shop stores prices with VAT.
    """
    return QUOTIENT.divide(shop_price, _factor(rate)) if prices_with_vat else shop_price


def specter_price(shop_price: Decimal, rate: Decimal, prices_with_vat: bool, decimals: int) -> Decimal:
    """What Specter is sent for a shop's price: without VAT, rounded half up to Specter's decimals."""
    return round_half_up(without_vat(shop_price, rate, prices_with_vat), decimals)


def same_price(
    shop_price: Decimal, specter: Decimal, rate: Decimal, prices_with_vat: bool, decimals: int
) -> bool:
    """Whether the two prices are equal, so that nothing is to be written either way (rule 22)."""
    return specter_price(shop_price, rate, prices_with_vat, decimals) == specter


def shop_price(
    specter: Decimal,
    rate: Decimal,
    prices_with_vat: bool,
    decimals: int,
    *,
    present: Decimal | None = None,
) -> Decimal:
    """What the shop's price becomes when Specter's counts.

    ``present``, the shop's price so far, stays to the öre when it is equal by rule 22.
    """
    if present is not None and same_price(present, specter, rate, prices_with_vat, decimals):
        return present
    value = EXACT.multiply(specter, _factor(rate)) if prices_with_vat else specter
    return round_half_up(value, SHOP_DECIMALS)


def percent(rate: Decimal) -> Decimal:
    """A fraction as percent (0.25 → 25)."""
    return EXACT.multiply(rate, 100)
