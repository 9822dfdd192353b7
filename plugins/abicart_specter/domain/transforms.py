"""The named steps that a field mapping can put between a shop's value and Specter's text.

Every step is a pure function of a value. What it changes beyond its purpose it notes, so that nothing is
altered in silence. ``None`` passes through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from abicart_specter.domain.html_text import strip_html
from abicart_specter.domain.money import EXACT, fixed, round_down, shortest
from abicart_specter.domain.prices import percent
from abicart_specter.domain.raw_values import kind_of
from abicart_specter.domain.text import clean_line, clean_lines, cut, describe_character, to_latin1

TEXT_CHANGED = "text_changed"
TEXT_CUT = "text_cut"
VALUE_RAISED = "value_raised"


class TransformError(Exception):
    """A value that a step cannot take; its text says what was expected."""


@dataclass(slots=True)
class Scope:
    """What a step can know besides its value, and the notes it leaves as (rule, words)."""

    price_decimals: int
    language: str
    notes: list[tuple[str, str]] = field(default_factory=list)


Step = Callable[[Any, Scope], Any]


def _text(value: Any, _: Scope) -> Any:
    return clean_line(_as_text(value))


def _lines(value: Any, _: Scope) -> Any:
    return clean_lines(_as_text(value))


def _strip_html(value: Any, _: Scope) -> Any:
    return strip_html(_as_text(value))


def _by_language(value: Any, scope: Scope) -> Any:
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        if isinstance(value, list) and not value:
            return None
        raise TransformError(f"expected texts by language, found {kind_of(value)}")
    for code in dict.fromkeys((scope.language, "sv", "en", *sorted(value))):
        text = value.get(code)
        if isinstance(text, str) and text.strip():
            return text
    return None


def latin1(value: Any, scope: Scope) -> Any:
    """Make text fit ISO-8859-1 and note what was replaced."""
    text = _as_text(value)
    if text.isascii() and text.isprintable():
        return text
    fitting = to_latin1(text)
    if fitting.replaced:
        shown = ", ".join(describe_character(char) for char in fitting.replaced[:4])
        more = len(fitting.replaced) - 4
        scope.notes.append(
            (TEXT_CHANGED, f"Specter cannot take {shown}" + (f" and {more} more" if more > 0 else ""))
        )
    return fitting.text


def _price_ex_vat(value: Any, scope: Scope) -> Any:
    return fixed(_as_number(value), scope.price_decimals)


def _percent(value: Any, _: Scope) -> Any:
    return shortest(percent(_as_number(value)))


def _kilograms(value: Any, _: Scope) -> Any:
    return fixed(EXACT.divide(_as_number(value), Decimal(1000)), 3)


def _flag01(value: Any, _: Scope) -> Any:
    if not isinstance(value, bool):
        raise TransformError(f"expected true or false, found {kind_of(value)}")
    return "1" if value else "0"


def _integer_down(value: Any, _: Scope) -> Any:
    return round_down(_as_number(value))


def _not_below(lowest: int) -> Step:
    def step(value: Any, scope: Scope) -> Any:
        number = _as_number(value)
        if number >= lowest:
            return value
        scope.notes.append((VALUE_RAISED, f"{lowest} is sent instead of {shortest(number)}"))
        return lowest

    return step


def _decimals(places: int) -> Step:
    return lambda value, _: fixed(_as_number(value), places)


def max_length(length: int) -> Step:
    """Cut text, and note it."""

    def step(value: Any, scope: Scope) -> Any:
        text, was_cut = cut(_as_text(value), length)
        if was_cut:
            scope.notes.append((TEXT_CUT, f"{len(_as_text(value))} characters were cut to {length}"))
        return text

    return step


def _lookup(table: Mapping[str, str]) -> Step:
    return lambda value, _: table.get(_as_text(value))


PLAIN: dict[str, Step] = {
    "text": _text,
    "lines": _lines,
    "strip_html": _strip_html,
    "by_language": _by_language,
    "latin1": latin1,
    "price_ex_vat": _price_ex_vat,
    "percent": _percent,
    "kilograms": _kilograms,
    "flag01": _flag01,
    "integer_down": _integer_down,
}
"""Steps that are used by their name alone."""

WITH_NUMBER: dict[str, tuple[Callable[[int], Step], int, int]] = {
    "decimals": (_decimals, 0, 6),
    "max_length": (max_length, 1, 100_000),
    "not_below": (_not_below, -1_000_000, 1_000_000),
}
"""Steps that take a whole number, with its bounds."""

WITH_TABLE: dict[str, Callable[[Mapping[str, str]], Step]] = {"lookup": _lookup}
"""Steps that take texts with what each becomes."""

NAMES = (*PLAIN, *WITH_NUMBER, *WITH_TABLE)


def step_of(entry: Any) -> Step:
    """A step as a mapping file has it, checked: its name, or its name with its value."""
    if isinstance(entry, str):
        return PLAIN[entry]
    ((name, value),) = entry.items()
    if name in WITH_NUMBER:
        return WITH_NUMBER[name][0](value)
    return WITH_TABLE[name]({str(key): text for key, text in value.items()})


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal):
        return shortest(value)
    raise TransformError(f"expected text, found {kind_of(value)}")


def _as_number(value: Any) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise TransformError(f"expected a number, found {kind_of(value)}")


def final_text(value: Any) -> str:
    """What is left at the end of a chain, as it goes to Specter."""
    if isinstance(value, bool):
        raise TransformError("expected text or a number, found true or false (use flag01)")
    return _as_text(value)
