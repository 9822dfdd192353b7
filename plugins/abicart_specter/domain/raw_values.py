"""Reading single values of a shop's answer, strictly, without ever stopping at a bad one.

A key that is absent or null says nothing (``None``). An empty list stands for an empty object, as PHP writes it.
What has the wrong form is ``None`` too, and noted, so that the product is held instead of sent without it.
(Abicart reference 3 and 10: questions 3, 28, 34.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_UID = re.compile(r"[1-9][0-9]{0,17}")
_LARGEST_EXPONENT = 12
_SMALLEST_EXPONENT = -20

EMPTY: Mapping[str, Any] = {}


def kind_of(value: object) -> str:
    """A value's form in words, without the value: answers may hold what no log may show."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text “{value[:40]}”" if value.isprintable() else "text"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else type(value).__name__


def uid_of(value: object) -> int | None:
    """A uid, which comes as a number or as its digits; ``None`` if it is neither."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and _UID.fullmatch(value):
        return int(value)
    return None


@dataclass(slots=True)
class ValueReader:
    """Reads values and notes every one that it cannot read, by field."""

    problems: list[str] = field(default_factory=list)

    def note(self, name: str, words: str) -> None:
        """Remember what is wrong with a field."""
        self.problems.append(f"{name}: {words}")

    def number(self, value: object, name: str, *, at_least: int | None = None) -> Decimal | None:
        """A number, or its plain digits as text. No float: whoever reads JSON keeps decimals exact."""
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            found = Decimal(value)
        elif isinstance(value, Decimal):
            found = value
        elif isinstance(value, str) and _NUMBER.fullmatch(value):
            found = Decimal(value)
        else:
            self.note(name, f"expected a number, found {kind_of(value)}")
            return None
        exponent = found.as_tuple().exponent
        if (
            not isinstance(exponent, int)
            or found.adjusted() > _LARGEST_EXPONENT
            or exponent < _SMALLEST_EXPONENT
        ):
            self.note(name, "the number is out of any sensible range")
            return None
        if at_least is not None and found < at_least:
            self.note(name, f"expected at least {at_least}, found {kind_of(found)}")
            return None
        return found

    def code(self, value: object, name: str) -> str | None:
        """Text that identifies, such as a product number or EAN: kept as it is; a whole number as its digits."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.note(name, f"expected text, found {kind_of(value)}")
        return None

    def flag(self, value: object, name: str) -> bool | None:
        """True or false."""
        if value is None or isinstance(value, bool):
            return value
        self.note(name, f"expected true or false, found {kind_of(value)}")
        return None

    def mapping(self, value: object, name: str) -> Mapping[str, Any]:
        """An object; empty when there is none."""
        if isinstance(value, Mapping):
            return value
        if value is None or (isinstance(value, list | tuple) and not value):
            return EMPTY
        self.note(name, f"expected an object, found {kind_of(value)}")
        return EMPTY

    def sequence(self, value: object, name: str) -> Sequence[Any]:
        """A list; empty when there is none."""
        if isinstance(value, list | tuple):
            return value
        if value is None or (isinstance(value, Mapping) and not value):
            return ()
        self.note(name, f"expected a list, found {kind_of(value)}")
        return ()

    def text(self, value: object, name: str, language: str) -> str:
        """Text by language: the shop's language first, then Swedish, English, and what else there is.

        Empty if no language has any. A bare text counts for every language.
        """
        if isinstance(value, str):
            return value
        texts = self.mapping(value, name)
        for code in dict.fromkeys((language, "sv", "en", *sorted(texts))):
            text = texts.get(code)
            if isinstance(text, str):
                if text.strip():
                    return text
            elif text is not None:
                self.note(f"{name}.{code}", f"expected text, found {kind_of(text)}")
        return ""
