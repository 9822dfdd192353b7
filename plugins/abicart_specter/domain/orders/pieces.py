"""Quantity × unit price = row amount, to the öre: which prices, and when a row must be cut in two or three.

Specter multiplies a price of two to four decimals by the quantity and rounds to öre. From some quantity on no single
price gives the shop's amount (100 pieces for 17,767.86: 177.679 gives 17,767.90); two rows whose prices are an öre
apart do (14 for 177.67 and 86 for 177.68).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from abicart_specter.domain.money import EXACT, round_half_up
from abicart_specter.domain.orders.ore import ZERO, to_kronor, to_ore

HALF_ORE = Decimal("0.005")
_SEARCH = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """One row: quantity and unit price without VAT, the discount in percent not taken off."""

    quantity: Decimal
    price: Decimal

    def amount(self, percent: Decimal = ZERO) -> int:
        """The row's amount in öre as Specter rounds it, after the discount."""
        return row_amount(self.quantity, self.price, percent)


def row_amount(quantity: Decimal, price: Decimal, percent: Decimal) -> int:
    """Quantity × price less the discount, in öre, third decimal half up (Specter reference, question 34)."""
    return to_ore(
        EXACT.multiply(EXACT.multiply(quantity, price), EXACT.subtract(100, percent)).scaleb(-2, EXACT)
    )


def cut(quantity: Decimal, amount: int, decimals: int) -> tuple[Piece, ...]:
    """Rows without discount that come to ``amount`` öre: one if any price does it, else two or three.

    :param quantity: more than zero.
    :param amount: öre without VAT; may be negative.
    """
    single = _one(quantity, amount, decimals)
    if single is not None:
        return (single,)
    whole = quantity.to_integral_value(ROUND_FLOOR, EXACT)
    rest = EXACT.subtract(quantity, whole)
    pieces: list[Piece] = []
    if rest:
        part = Piece(rest, _unit(quantity, amount, decimals))
        amount -= part.amount()
        pieces.append(part)
    count, sign = int(whole), -1 if amount < 0 else 1
    lower, dearer = divmod(abs(amount), count)
    if dearer < count:
        pieces.insert(0, Piece(Decimal(count - dearer), to_kronor(sign * lower)))
    if dearer:
        pieces.insert(1, Piece(Decimal(dearer), to_kronor(sign * (lower + 1))))
    return tuple(pieces)


def cut_discounted(
    quantity: Decimal, gross: int, amount: int, percent: Decimal, decimals: int
) -> tuple[Piece, ...] | None:
    """Rows with a discount in percent that come to ``amount`` öre; ``None`` if the percent cannot give it.

    The unit price stays within half an öre of the price before the discount.

    :param gross: öre without VAT before the discount.
    """
    unit = EXACT.divide(to_kronor(gross), quantity)
    factor = EXACT.divide(EXACT.subtract(100, percent), 100)
    for price in _prices(unit, quantity, amount, factor, decimals):
        if abs(price - unit) <= HALF_ORE and row_amount(quantity, price, percent) == amount:
            return (Piece(quantity, price),)
    if not factor or quantity != quantity.to_integral_value(context=EXACT) or quantity < 2:
        return None
    return _two_discounted(int(quantity), unit, amount, percent, factor, decimals)


def _unit(quantity: Decimal, amount: int, decimals: int) -> Decimal:
    return round_half_up(EXACT.divide(to_kronor(amount), quantity), decimals)


def _one(quantity: Decimal, amount: int, decimals: int) -> Piece | None:
    price, step = _unit(quantity, amount, decimals), Decimal(1).scaleb(-decimals)
    for candidate in (price, price - step, price + step):
        if row_amount(quantity, candidate, ZERO) == amount:
            return Piece(quantity, candidate)
    return None


def _prices(
    unit: Decimal, quantity: Decimal, amount: int, factor: Decimal, decimals: int
) -> Iterator[Decimal]:
    yield round_half_up(unit, 2)
    yield round_half_up(unit, decimals)
    if factor:
        wanted = EXACT.divide(EXACT.divide(to_kronor(amount), quantity), factor)
        price, step = round_half_up(wanted, decimals), Decimal(1).scaleb(-decimals)
        yield from (price, price - step, price + step)


def _two_discounted(
    count: int, unit: Decimal, amount: int, percent: Decimal, factor: Decimal, decimals: int
) -> tuple[Piece, ...] | None:
    step = Decimal(1).scaleb(-decimals)
    wanted = EXACT.divide(to_kronor(amount), factor)
    lower = EXACT.divide(wanted, count).quantize(step, ROUND_FLOOR, EXACT)
    if abs(lower - unit) > HALF_ORE or abs(lower + step - unit) > HALF_ORE:
        return None
    middle = int(EXACT.divide(wanted - lower * count, step))
    for dearer in sorted(range(middle - _SEARCH, middle + _SEARCH + 1), key=lambda n: abs(n - middle)):
        if not 0 < dearer < count:
            continue
        found = (Piece(Decimal(count - dearer), lower), Piece(Decimal(dearer), lower + step))
        if sum(piece.amount(percent) for piece in found) == amount:
            return found
    return None
