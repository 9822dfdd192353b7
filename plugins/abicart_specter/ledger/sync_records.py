"""The typed records of what outlives runs: leases, special numbers, pairs of values, change queues.

All times are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abicart_specter.domain.records import ItemKey


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write under a name until ``expires_at``.

    ``attempt`` grows with every acquisition of the name and tells owners of the same name apart.
    ``took_over``: the owner before never released it (it died or lost its connection), and its lease ran out at
    ``previous_expired_at``. An open intent of its is then unconfirmed, and must be left alone until
    ``previous_expired_at`` plus the write's timeout plus 60 s (rule 4).
    """

    name: str
    owner: str
    attempt: int
    acquired_at: datetime
    expires_at: datetime
    took_over: bool
    previous_owner: str | None = None
    previous_expired_at: datetime | None = None


class SpecialState(StrEnum):
    """How sure we are that a special product number exists in Specter. Only ever becomes surer."""

    NOT_CONFIRMED = "not_confirmed"
    CREATED = "created"
    CONFIRMED = "confirmed"
    """An order that used the number was accepted."""


@dataclass(frozen=True, slots=True)
class SpecialNumber:
    """A product number for freight, fees, discounts and the like (rule 26). ``words`` are Specter's own."""

    number: str
    role: str
    state: SpecialState
    words: str
    checked_at: datetime


class PairOrigin(StrEnum):
    """Which confirmed write settled a pair."""

    EXPORT = "export"
    IMPORT = "import"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class PairValues:
    """A field's value in both systems, as text; ``None`` means that the system has none."""

    key: ItemKey
    field: str
    shop_value: str | None
    specter_value: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """The pair that was settled last, and the one being written now if there is one (rules 22, 24, 34).

    ``settled_at`` is ``None`` when nothing was settled yet.
    """

    shop_value: str | None
    specter_value: str | None
    settled_at: datetime | None
    origin: PairOrigin | None
    intended_shop_value: str | None = None
    intended_specter_value: str | None = None
    intended_at: datetime | None = None


class BatchState(StrEnum):
    """How far a batch of a change queue has come (rule 27)."""

    IN_FLIGHT = "in_flight"
    """Its id is stored; whether it was read is not known. Read it again under this id."""
    READ = "read"
    """Its rows are stored. Acknowledge it."""
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class QueueBatch:
    """A batch of a change queue. ``account`` is the Specter account and its API user, as the flow spells them.

    ``opened_after``: it was surely not opened before; ``None`` when nothing is known.
    """

    account: str
    function: str
    batch_no: str
    state: BatchState
    journal_ref: str | None
    in_flight_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None
    opened_after: datetime | None = None


class InboxState(StrEnum):
    """What became of an inbox row."""

    NEW = "new"
    APPLIED = "applied"
    SUPERSEDED = "superseded"
    UNMATCHED = "unmatched"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class InboxValue:
    """One field of one product number, as Specter's queue told it. ``value`` is the text as it came."""

    product_number: str
    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class ReplayedBatch:
    """A batch as the journal of raw answers holds it.

    :param read_at: when its answer was read.
    """

    batch_no: str
    read_at: datetime
    journal_ref: str
    rows: tuple[InboxValue, ...]


@dataclass(frozen=True, slots=True)
class LatestValue:
    """The newest row of a product number and field over all batches."""

    row_id: int
    value: str | None
    batch_no: str
    seen_at: datetime
    state: InboxState
