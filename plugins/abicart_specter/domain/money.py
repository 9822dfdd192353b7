"""Exact decimal arithmetic: kronor as ``Decimal``, rounding half up, and the strict reading of number texts.

Nothing here depends on the thread's decimal context, so no library that changes it can change an amount.
"""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation, Overflow

EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])
"""Wide enough that no sum or quotient of amounts met here is rounded before it is rounded on purpose."""

QUOTIENT = Context(prec=28, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])
"""For quotients that are kept: short enough to store."""

MOST_DECIMALS = 12
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(MOST_DECIMALS + 1))

_PLAIN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:,[0-9]{3})+\.[0-9]+)")


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Round to ``decimals`` places; a half goes away from zero (2.345 → 2.35, −2.345 → −2.35)."""
    return value.quantize(_STEPS[decimals], ROUND_HALF_UP, EXACT)


def round_down(value: Decimal) -> int:
    """The largest whole number not above ``value`` (2.9 → 2, −0.5 → −1)."""
    return int(value.to_integral_value(ROUND_FLOOR, EXACT))


def fixed(value: Decimal, decimals: int) -> str:
    """The number as Specter wants it: rounded half up, decimal point, no exponent, no thousands mark, no "-0"."""
    rounded = round_half_up(value, decimals)
    return format(abs(rounded) if rounded.is_zero() else rounded, "f")


def shortest(value: Decimal) -> str:
    """The number without needless zeros: 25, 12.5, 0."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def parse_amount(text: str) -> Decimal:
    """Read a number that came as text, with a decimal point or a decimal comma.

    If both marks occur, the last one is the decimal mark and the others group thousands by three (Specter
    reference, question 22). Blanks around it are allowed, nothing else is.

    :raises ValueError: it is not such a number.
    """
    stripped = text.strip()
    if _PLAIN.fullmatch(stripped):
        return Decimal(stripped.replace(",", "."))
    if _GROUPED.fullmatch(stripped):
        mark = max(stripped.rfind(","), stripped.rfind("."))
        whole = stripped[:mark].replace(",", "").replace(".", "")
        return Decimal(f"{whole}.{stripped[mark + 1 :]}")
    raise ValueError("not a number")
