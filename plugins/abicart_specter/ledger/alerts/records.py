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


@dataclass(frozen=True, slots=True)
class RedRunNoted:
    """A run that Airflow said was red. ``reason`` is Airflow's word for it, such as ``task_failure``."""

    flow: str
    run_id: str
    reason: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How many runs of a DAG are red and green, and since when it was so many."""

    red: int
    green: int
    since: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NewFlags:
    """Products flagged since people were last told. ``runs`` are the ledger's rows of the runs that found them;
    ``flow`` and ``run_id`` the last of them, whose report has the list.
    """

    runs: tuple[int, ...]
    products: int
    numbers: tuple[str, ...]
    rules: Mapping[str, int]
    flow: str
    run_id: str


@dataclass(frozen=True, slots=True)
class WaitingOrders:
    """Orders that have not come further: how many, the oldest ones' numbers, how many by rule, since when."""

    total: int = 0
    numbers: tuple[str, ...] = ()
    rules: Mapping[str, int] = field(default_factory=dict)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How it is with a channel. ``attempts`` in a row took nothing since ``failing_since``."""

    failing_since: datetime | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A part of an import (``price``, ``vat``, ``text``, ``stock``) that a person has not answered about."""

    part: str
    products: int
    asked_at: datetime
    run_id: str
