"""JSON text for the ledger's documents: compact, ASCII, and exact.

What goes in comes out equal: text (also with NUL and lone surrogates), integers, ``Decimal`` with every digit,
booleans, ``None``, lists and dictionaries with text keys. A decimal is written as ``{"$d":"199.20"}``: a bare JSON
number would lose the difference between 200 and 200.00. A dictionary that itself has a key ``$d`` or ``$dict`` is
written as ``{"$dict":[[key,value],...]}``, so that nothing a shop can hold is taken for a decimal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

_DECIMAL = "$d"
_DICT = "$dict"
_MARK = '"$d'  # begins both


def dump(value: Any) -> str:
    """The text of a document. Raises ``TypeError`` or ``ValueError`` for what is neither JSON nor ``Decimal``."""
    decimals = 0

    def other(found: Any) -> Any:
        nonlocal decimals
        if isinstance(found, Decimal):
            decimals += 1
            return {_DECIMAL: str(found)}
        if isinstance(found, Mapping):
            return dict(found)
        raise TypeError(f"{type(found).__name__} cannot be kept in a document")

    text = _encode(value, other)
    # The escape is rare and walking every document is slow, so look for its need in the text. Inside a text value
    # the quotation mark would be preceded by a backslash, so only keys can be found here.
    if text.count(f'"{_DECIMAL}":') != decimals or f'"{_DICT}":' in text:
        return _encode(_escaped(value), other)
    return text


def load(text: str) -> Any:
    """The document that ``dump`` was given."""
    return (_WITH_DECIMALS if _MARK in text else _PLAIN).decode(text)


def _encode(value: Any, other: Callable[[Any], Any]) -> str:
    return json.dumps(value, default=other, separators=(",", ":"), check_circular=False, allow_nan=False)


def _escaped(value: Any) -> Any:
    if isinstance(value, Mapping):
        if _DECIMAL in value or _DICT in value:
            return {_DICT: [[key, _escaped(inner)] for key, inner in value.items()]}
        return {key: _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(inner) for inner in value]
    return value


def _decode(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        ((key, value),) = found.items()
        if key == _DECIMAL:
            return Decimal(value)
        if key == _DICT:
            return dict(value)
    return found


_PLAIN = json.JSONDecoder()
_WITH_DECIMALS = json.JSONDecoder(object_hook=_decode)
