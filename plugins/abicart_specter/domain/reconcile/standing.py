"""Where something stands and why, and a line of the table that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """Where an order or a product stands."""

    SENT = "sent"
    """An order that Specter accepted; a product that Specter has as far as our own writes were confirmed."""
    LINKED = "linked"
    HELD = "held"
    EXCLUDED = "excluded"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    """Nothing reached Specter; the next run tries again."""
    WAITING = "waiting"
    """No export has met it yet."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Reason:
    """Where something stands and why. ``rule`` is one word to count by."""

    standing: Standing
    rule: str = ""
    words: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of ``reconciliation.csv``.

    :param what: ``order``, ``product`` or ``value``.
    :param number: order number or product number.
    """

    what: str
    kind: str
    uid: int
    number: str
    reason: Reason
    day: date | None = None
    field: str = ""
    shop_value: str | None = None
    specter_value: str | None = None
