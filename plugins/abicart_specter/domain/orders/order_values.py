"""Reading the values of an order, strictly: the first one that cannot be read holds the order.

Nearly everything in an order may be somebody's name, address or number, so a finding tells the field and the
form that was found, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from abicart_specter.domain.raw_values import EMPTY, uid_of
from abicart_specter.errors import RecordError
from abicart_specter.settings.types import STOCKHOLM

UNREADABLE = "order_unreadable"

_NUMBER = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,20})?")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_LARGEST_EXPONENT = 12
_SMALLEST_EXPONENT = -20


def form_of(value: object) -> str:
    """A value's form in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float | Decimal):
        return "a number"
    if isinstance(value, str):
        return "text" if value.strip() else "empty text"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else "something else"


class OrderReader:
    """Reads values of one order.

    :param named: how messages call the order, such as "Order 10023".
    """

    def __init__(self, named: str) -> None:
        self.named = named

    def refusal(self, field: str, words: str) -> RecordError:
        """The error that holds the order because of one field."""
        return RecordError(
            f"{self.named} cannot be read: {field}: {words}.",
            rule=UNREADABLE,
            remedy="Correct the order in the shop; if it looks right there, the shop's interface answers in a form "
            "that is not known yet.",
        )

    def mapping(self, value: object, field: str) -> Mapping[str, Any]:
        """An object; empty when there is none. An empty list stands for an empty object, as PHP writes it."""
        if isinstance(value, Mapping):
            return value
        if value is None or (isinstance(value, list | tuple) and not value):
            return EMPTY
        raise self.refusal(field, f"expected an object, found {form_of(value)}")

    def sequence(self, value: object, field: str) -> Sequence[Any]:
        """A list; empty when there is none."""
        if isinstance(value, list | tuple):
            return value
        if value is None or (isinstance(value, Mapping) and not value):
            return ()
        raise self.refusal(field, f"expected a list, found {form_of(value)}")

    def text(self, value: object, field: str) -> str:
        """Text without blanks at its edges; empty when there is none. A whole number becomes its digits."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise self.refusal(field, f"expected text, found {form_of(value)}")

    def number(self, value: object, field: str) -> Decimal | None:
        """A number, or its plain digits as text; ``None`` when there is none.

        No float: whoever reads JSON keeps decimals exact.
        """
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            found = Decimal(value)
        elif isinstance(value, Decimal):
            found = value
        elif isinstance(value, str) and _NUMBER.fullmatch(value):
            found = Decimal(value)
        else:
            raise self.refusal(field, f"expected a number, found {form_of(value)}")
        exponent = found.as_tuple().exponent
        if (
            not isinstance(exponent, int)
            or found.adjusted() > _LARGEST_EXPONENT
            or exponent < _SMALLEST_EXPONENT
        ):
            raise self.refusal(field, "the number is out of any sensible range")
        return found

    def flag(self, value: object, field: str) -> bool | None:
        """True or false; ``None`` when there is neither."""
        if value is None or isinstance(value, bool):
            return value
        raise self.refusal(field, f"expected true or false, found {form_of(value)}")

    def uid(self, value: object, field: str) -> int | None:
        """A uid as a number or as its digits, or the uid of an object that is expanded; ``None`` when there is none."""
        if value is None or value == "":
            return None
        if isinstance(value, Mapping):
            value = value.get("uid")
        found = uid_of(value)
        if found is None:
            raise self.refusal(field, f"expected a uid, found {form_of(value)}")
        return found

    def time(self, value: object, field: str) -> datetime | None:
        """An aware time (see :func:`parse_time`); ``None`` when there is none."""
        if value is None or value == "":
            return None
        found = parse_time(value) if isinstance(value, str) else None
        if found is None:
            raise self.refusal(field, f"expected a time, found {form_of(value)}")
        return found


def parse_time(text: str) -> datetime | None:
    """A time in any form that the shop may use (Abicart reference 10, question 4): with offset, with ``Z``, with a
    blank for the T, or without a zone, which means Swedish time.

    Swedish time that does not exist or exists twice (the nights when clocks change) is read with the offset before
    the change. ``None`` if the text is no time.
    """
    stripped = text.strip()
    if not _TIME.fullmatch(stripped):
        return None
    try:
        at = datetime.fromisoformat(stripped)
    except ValueError:
        return None
    return at.replace(tzinfo=STOCKHOLM) if at.tzinfo is None else at
