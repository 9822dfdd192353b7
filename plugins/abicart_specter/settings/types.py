"""Building blocks of the settings: the base of every group, and types with a meaning.

Nothing is converted by guess: "yes" is not true, "10" is not ten, and a date is read in one way only.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


class Settings(BaseModel):
    """A group of settings: unknown keys are refused, types are not converted, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _amount(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _seconds(value: Any) -> Any:
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if _DATE.fullmatch(value):
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM)
        if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("there is no such date or time of day") from None
    raise ValueError(
        "expected a date (2026-01-31: from midnight in Stockholm) or a time with its offset (2026-01-31T08:00:00+01:00)"
    )


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is not a valid pattern (regular expression): {error.msg}") from None
    return value


def _yaml_name(value: str) -> str:
    if PurePath(value).name != value or not value.endswith((".yaml", ".yml")):
        raise ValueError("expected a file name that ends in .yaml, without folders")
    return value


def _latin1(value: str) -> str:
    for char in value:
        if not ("\x20" <= char <= "\x7e" or "\xa1" <= char <= "\xff"):
            raise ValueError(f"Specter cannot take the character U+{ord(char):04X}")
    return value


Amount = Annotated[Decimal, BeforeValidator(_amount)]
"""Kronor, percent or another exact number."""

Seconds = Annotated[float, BeforeValidator(_seconds)]

Moment = Annotated[datetime, BeforeValidator(_moment)]
"""An aware point in time."""

Pattern = Annotated[str, AfterValidator(_pattern)]
"""A regular expression."""

YamlName = Annotated[str, AfterValidator(_yaml_name)]
"""Name of a mapping file."""

Latin1 = Annotated[str, AfterValidator(_latin1)]
"""Text that Specter can take as it is."""

SpecterId = Annotated[int, Field(gt=0)]
"""A number that Specter gave to something."""
