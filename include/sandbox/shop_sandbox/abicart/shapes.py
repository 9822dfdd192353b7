"""The shapes a property can have: one description from which reading, writing, filtering and getSchema all follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. ``kind``: string, integer, number, boolean, time or uid."""

    kind: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Keyed:
    """An object with open keys, all values alike: by language, by currency, or by anything."""

    of: Shape
    key: str = "any"

    def knows(self, key: str) -> bool:
        return re.fullmatch(_KEYS[self.key], key) is not None


_KEYS = {
    "language": r"[a-z]{2}",
    "currency": r"[A-Z]{3}",
    "country": r"[A-Z]{2}",
    "uid": r"[0-9]{1,12}",
    "any": r".+",
}


@dataclass(frozen=True, slots=True)
class Struct:
    """An object with fixed keys.

    :param ignored: keys accepted in a patch and not used, since they follow from others.
    :param collapsed: how the object looks when asked for as a whole, if that can be something else than the object.
    """

    fields: Mapping[str, Shape]
    ignored: frozenset[str] = frozenset()
    collapsed: Callable[[Any, Any], Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    of: Shape


@dataclass(frozen=True, slots=True)
class Reference:
    """The uid of a row of another class; a query can expand it.

    :param wrapped: the raw value is an object with ``uid`` and the ``extra`` values, not the bare uid.
    :param extra: values the reference itself carries beside the row, by name (a part's quantity in a package).
        With some, a reference asked for with ``true`` comes as an object, otherwise as its uid.
    """

    to: str
    wrapped: bool = False
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anything:
    """An object or a list without a description."""


Shape = Scalar | Keyed | Struct | ListOf | Reference | Anything

TEXT = Scalar("string")
FLAG = Scalar("boolean", nullable=False)
INTEGER = Scalar("integer")
NUMBER = Scalar("number")
RATE = Scalar("number", nullable=False)
TIME = Scalar("time")
UID = Scalar("uid")
LANGUAGES = Keyed(TEXT, "language")
MONEY = Keyed(NUMBER, "currency")
UNKNOWN = Anything()
