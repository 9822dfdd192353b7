"""Whole öre as ``int``, between the shop's kronor and the rows: what is counted in öre cannot drift."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from abicart_specter.domain.money import EXACT, round_half_up

ZERO = Decimal(0)


def to_ore(kronor: Decimal) -> int:
    """Kronor as öre, third decimal rounded half up."""
    return int(round_half_up(kronor, 2).scaleb(2, EXACT))


def to_kronor(ore: int) -> Decimal:
    """Öre as kronor with two decimals."""
    return Decimal(ore).scaleb(-2, EXACT)


def vat_of(ex_ore: int, rate: Decimal) -> int:
    """VAT in öre on an amount in öre; the third decimal of the krona is rounded half up."""
    return int(round_half_up(EXACT.multiply(ex_ore, rate), 0))


def ex_of(inc: Decimal, rate: Decimal) -> Decimal:
    """Kronor without VAT of kronor with VAT, not rounded."""
    return EXACT.divide(inc, EXACT.add(1, rate))


def inc_of(ex: Decimal, rate: Decimal) -> Decimal:
    """Kronor with VAT of kronor without VAT, not rounded."""
    return EXACT.multiply(ex, EXACT.add(1, rate))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return sum(amounts, ZERO)


def is_whole(amount: Decimal, cards: Decimal) -> bool:
    """Whether the amount is in whole kronor as it is, or before gift cards were taken off."""
    return amount % 1 == 0 or (amount + cards) % 1 == 0


def shown(kronor: Decimal) -> str:
    """An amount for people: two decimals, decimal point."""
    value = round_half_up(kronor, 2)
    return format(abs(value) if value.is_zero() else value, "f")


def percent_text(rate: Decimal) -> str:
    """A rate for people: 0.25 → "25 %"."""
    return f"{EXACT.multiply(rate, 100).normalize(EXACT):f} %"
