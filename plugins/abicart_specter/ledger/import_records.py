"""The typed records of imports: what to look at, planned changes and what became of them, parts and their approval.

All times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from abicart_specter.domain.imports.records import (
    GuardReason,
    GuardVerdict,
    ImportPart,
    PlannedChange,
    Settles,
)
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.sync_records import PairValues


class ChangeState(StrEnum):
    """What became of a planned change. ``applied`` and ``undone`` are never turned back by another plan."""

    PLANNED = "planned"
    """May be written."""
    WAITING = "waiting"
    """A person has to approve its part first."""
    REFUSED = "refused"
    """A person said no, or nobody answered in time. Its numbers stay open and are asked again next night."""
    VOIDED = "voided"
    """Specter told something newer, or the shop's value changed, since it was planned (rule 30)."""
    WRITING = "writing"
    """Its write was begun; whether it arrived is not known. Read the article before doing anything."""
    APPLIED = "applied"
    """Written and read back, and its pairs are settled."""
    FAILED = "failed"
    """Surely not written. Its numbers stay open."""
    UNDONE = "undone"
    """Applied once, and taken back by an undo (rule 34)."""


class PartDecision(StrEnum):
    """What a person said to a part that the guard stopped."""

    APPROVED = "approved"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class LookAt:
    """Which product numbers a shop has to look at, and up to which inbox row that is everything."""

    numbers: list[str]
    to_row_id: int


@dataclass(frozen=True, slots=True)
class OpenNumber:
    """A product number that Specter told something of and that is not settled, with the reason."""

    product_number: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A planned change of a run. ``words`` are for people: why it stands where it does."""

    id: int
    change: PlannedChange
    state: ChangeState
    words: str
    state_since: datetime


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """One answer to the question about a part, with the hash of the plan that was asked about."""

    decision: PartDecision
    plan_hash: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A part of a run's plan: what the guard said of it and what a person answered.

    ``answer`` is the newest answer to the plan as it is now; ``answers`` are all, also those to former plans.
    """

    part: ImportPart
    items: int
    catalogue: int
    reasons: tuple[GuardReason, ...]
    plan_hash: str
    planned_at: datetime
    answers: tuple[PartAnswer, ...] = ()

    @property
    def verdict(self) -> GuardVerdict:
        """The guard's verdict as it was recorded."""
        return GuardVerdict(self.part, self.items, self.catalogue, self.reasons)

    @property
    def ask(self) -> bool:
        """Whether a person must approve it."""
        return bool(self.reasons)

    @property
    def answer(self) -> PartAnswer | None:
        """The newest answer to exactly this plan."""
        return next((one for one in reversed(self.answers) if one.plan_hash == self.plan_hash), None)

    @property
    def decision(self) -> PartDecision | None:
        """What that answer says."""
        return None if self.answer is None else self.answer.decision


@dataclass(frozen=True, slots=True)
class ImportRun:
    """A run that changed something in the shop, and how many of its changes stand in which state."""

    run: RunKey
    started_at: datetime
    applied: int
    undone: int


@dataclass(frozen=True, slots=True)
class QueueActivity:
    """Since when we read a queue, when we read it last, and when it last told us anything."""

    first_read_at: datetime | None
    last_read_at: datetime | None
    last_reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """A staged item in a few words, with what Specter has of it by our own confirmed writes."""

    key: ItemKey
    article_uid: int
    product_number: str | None
    name: str
    price: Decimal | None
    vat_rate: Decimal | None
    created_in_specter_at: datetime | None = None
    created_number: str | None = None
    sent_at: datetime | None = None
    sent_number: str | None = None
    intent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item that is in Specter and no longer in the shop, with its last known product number."""

    key: ItemKey
    product_number: str | None


@dataclass(frozen=True, slots=True)
class ChangeStanding:
    """Where a planned change stands, without what it changes."""

    hash: str
    state: ChangeState
    words: str


def pair_values(settles: Iterable[Settles]) -> list[PairValues]:
    """What a change settles, as the ledger takes it."""
    return [PairValues(one.key, one.field.value, one.shop_value, one.specter_value) for one in settles]
