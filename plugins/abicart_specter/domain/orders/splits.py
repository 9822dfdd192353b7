"""Splitting an amount so that the parts add up exactly: largest remainder, in öre."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from abicart_specter.domain.orders.ore import to_kronor, to_ore


def largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Parts of ``amount`` öre in proportion to the weights; they add up to it exactly.

    Each part is its exact share rounded down (toward zero) or one öre more; the öre left over go to the largest
    remainders, of equal ones to the first.

    :raises ValueError: there are no weights, one is negative, or all are zero while the amount is not.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (not whole and amount) or (amount and not weights):
        raise ValueError("nothing to split by")
    if not amount:
        return [0] * len(weights)
    sign = -1 if amount < 0 else 1
    parts, remainders = [], []
    for weight in weights:
        part, remainder = divmod(abs(amount) * weight, whole)
        parts.append(part)
        remainders.append(remainder)
    left = abs(amount) - sum(parts)
    for place in sorted(range(len(parts)), key=lambda i: -remainders[i])[:left]:
        parts[place] += 1
    return [sign * part for part in parts]


def split_kronor(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """The same for kronor, which are rounded to öre first."""
    return [to_kronor(part) for part in largest_remainder(to_ore(amount), weights)]
