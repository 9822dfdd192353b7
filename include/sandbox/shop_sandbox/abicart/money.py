"""Amounts with and without VAT, to the öre, third decimal rounded half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from shop_sandbox.abicart.model import ByCurrency, Webshop
from shop_sandbox.abicart.order_model import Amount
from shop_sandbox.abicart.wire import CENT, tidy

ZERO = Decimal(0)
ONE = Decimal(1)


def to_cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def without_vat(amount: Decimal, rate: Decimal) -> Decimal:
    return tidy(to_cent(amount / (ONE + rate)))


def with_vat(amount: Decimal, rate: Decimal) -> Decimal:
    return tidy(to_cent(amount * (ONE + rate)))


def both_ways(stored: ByCurrency, rate: Decimal, webshop: Webshop) -> dict[str, ByCurrency]:
    """``{"incVat": …, "exVat": …}`` of prices as the shop stores them."""
    if webshop.prices_with_vat:
        return {"incVat": stored, "exVat": {code: without_vat(price, rate) for code, price in stored.items()}}
    return {"incVat": {code: with_vat(price, rate) for code, price in stored.items()}, "exVat": stored}


def from_inc(inc: Decimal, rate: Decimal) -> Amount:
    """A cost known with VAT."""
    ex = without_vat(inc, rate)
    return Amount(tidy(inc), ex, tidy(inc - ex), rate)


def from_ex(ex: Decimal, rate: Decimal) -> Amount:
    """A cost known without VAT."""
    inc = with_vat(ex, rate)
    return Amount(inc, tidy(ex), tidy(inc - ex), rate)


def total_of(amounts: list[Amount]) -> Amount:
    """The sum. Its rate is the common one, or with mixed rates the effective one, to four decimals."""
    inc = sum((one.inc for one in amounts), ZERO)
    ex = sum((one.ex for one in amounts), ZERO)
    rates = {one.rate for one in amounts if one.inc}
    if len(rates) == 1:
        rate = rates.pop()
    elif not rates:
        rate = amounts[0].rate if amounts else ZERO
    else:
        rate = tidy(((inc - ex) / ex).quantize(Decimal("0.0001"), ROUND_HALF_UP)) if ex else ZERO
    return Amount(tidy(inc), tidy(ex), tidy(inc - ex), rate)


def share_out(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split an amount of whole öre in proportion to the weights; the parts add up exactly (largest remainder)."""
    cents = int(amount.scaleb(2))
    sign = -1 if cents < 0 else 1
    whole = sum(weights, ZERO)
    if not weights or not whole:
        return [amount, *[ZERO] * (len(weights) - 1)] if weights else []
    exact = [abs(cents) * weight / whole for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: abs(cents) - sum(parts)]:
        parts[i] += 1
    return [tidy(Decimal(sign * part).scaleb(-2)) for part in parts]
