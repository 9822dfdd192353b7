"""JSON in and out: ``Decimal`` both ways, so that no amount ever passes through a binary fraction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON; a ``Decimal`` becomes a JSON number with exactly its own digits."""
    return _ENCODER.encode(value)


def decode(body: bytes) -> Any:
    """Strict JSON; numbers with a fraction or exponent become ``Decimal``. Raises ``ValueError``."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not JSON") from error


def tidy(amount: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 199, not 199.00 and not 1.99E+2."""
    whole = amount.to_integral_value()
    return whole if whole == amount else amount.normalize()


def as_uid(value: Any) -> int | None:
    """A uid sent as a number or as digits (Abicart reference 1.1); ``None`` for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    return value if is_whole(value) else None


def is_whole(value: Any) -> bool:
    """A JSON number without a fraction, of a size that a database column holds."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MOST_DIGITS


def is_number(value: Any) -> bool:
    return isinstance(value, Decimal) or is_whole(value)


CENT = Decimal("0.01")
MOST_DIGITS = 18
