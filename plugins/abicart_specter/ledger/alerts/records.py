"""The typed records in which the ledger answers about alarms. All times are aware and in UTC; none is personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """A way to people."""

    EMAIL = "email"
    SLACK = "slack"


class Said(StrEnum):
    """What a message says of its cause."""

    OPENED = "opened"
    REMINDER = "reminder"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a cause: ``opened``, ``reminder`` or ``closed``."""

    cause: str
    kind: str
    words: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """A cause that is not over."""

    cause: str
    words: str
    opened_at: datetime
    reminders: int
    facts: Mapping[str, Any] = field(default_factory=dict)
