"""Times as the interface reads and writes them (Abicart reference 4.2; the format of answers is open question 4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_READABLE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")

WRITERS: dict[str, Callable[[datetime], str]] = {
    "offset": lambda at: at.astimezone(STOCKHOLM).isoformat(),
    "z": lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "blank": lambda at: at.astimezone(STOCKHOLM).isoformat(sep=" "),
    "naive": lambda at: at.astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M:%S"),
}
"""By value of the switch ``time_format``."""


def parse_time(text: str) -> datetime | None:
    """An aware time in UTC from ISO 8601 text or a plain date; Swedish time where no zone is given.

    ``None`` if the text is no time.
    """
    if not _READABLE.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=STOCKHOLM)
    return at.astimezone(UTC)


def whole_second(at: datetime) -> datetime:
    """The shop keeps times by the second."""
    return at.replace(microsecond=0)
