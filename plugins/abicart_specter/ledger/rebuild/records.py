"""The typed records of a rebuild. All times are aware and in UTC; none holds anything personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Where the rebuild of a shop stands.

    ``known_good``: up to then the ledger knew everything (its backup was made then); ``None``: nothing is left of it.
    ``since`` and ``cut``: orders placed from ``since`` on and before ``cut`` may have gone to Specter without a row
    here. Both, and ``begun_at``, are ``None`` until it began.
    """

    needed_since: datetime
    known_good: datetime | None
    since: datetime | None
    cut: datetime | None
    begun_at: datetime | None
    orders_done_at: datetime | None
    products_done_at: datetime | None
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.finished_at is not None


class Verdict(StrEnum):
    """What a rebuild makes of an order."""

    KEPT = "kept"
    """The ledger knows what became of it: in Specter, or left out by a rule."""
    LINKED = "linked"
    """The shop shows Specter's number on it."""
    ASKED = "asked"
    """It may be in Specter: a person says, or the account's duplicate control."""
    PERSON = "person"
    """The same, but what the shop shows on it fits nothing: only a person can say."""
    CANCELLED = "cancelled"
    """Cancelled in the shop and without a number: never sent by us from now on."""
    LEFT = "left"
    """It surely did not go: the exports take it up as any other."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One order's verdict. ``words``: what is odd about it, for people."""

    uid: int
    number: str
    ordered_at: datetime
    verdict: Verdict
    mark: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class RebuildRules:
    """What decides about orders besides the orders themselves.

    ``prefix`` and ``pattern``: of order numbers in Specter, and of Specter's own. ``repeatable``: an order may be
    repeated under its number where the account's duplicate control is trusted.
    """

    since: datetime
    cut: datetime
    prefix: str
    pattern: str
    repeatable: bool = True
