"""The typed records that go in and out of the ledger, beside those of ``abicart_specter.domain.records``.

All times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey, Outcome


@dataclass(frozen=True, slots=True)
class ShopBinding:
    """Which webshop and which Specter account belong together. None of these is a secret."""

    shop: str
    webshop_id: int
    sbm_id: int
    api_user_id: int | None


@dataclass(frozen=True, slots=True)
class RunKey:
    """One run of one flow of one shop. ``run_id`` is the scheduler's own name of the run, kept over retries."""

    shop: str
    flow: str
    run_id: str

    def __str__(self) -> str:
        return f"{self.flow} of {self.shop}, run {self.run_id}"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the ledger keeps of a run for good."""

    key: RunKey
    params: Mapping[str, Any]
    started_at: datetime
    finished_at: datetime | None
    summary: Mapping[str, Any] | None


class StagingState(StrEnum):
    """How far a run's staging of the catalogue is."""

    NONE = "none"
    READING = "reading"
    COMPLETE = "complete"
    DROPPED = "dropped"
    """A later run of the same shop and flow began to stage, or a clean-up removed it."""


@dataclass(frozen=True, slots=True)
class StagedArticle:
    """One article as read from the shop, with its items (itself, or its variants).

    Every item's ``document["article"]`` must be the same raw article: it is stored once.
    """

    article_uid: int
    items: Sequence[CatalogueItem]


@dataclass(frozen=True, slots=True)
class StagedCounts:
    """What is staged, beside what the reader said that it read (``None`` until it said so)."""

    articles: int
    items: int
    expected_articles: int | None
    expected_items: int | None


@dataclass(frozen=True, slots=True)
class ItemState:
    """What Specter has of an item, as far as our own writes were confirmed; all ``None`` for one never written.

    ``created_in_specter_at`` and ``created_number``: the write without force (with opening stock) was answered, so
    the item exists under that number.
    ``sent_*``: the last complete row that was confirmed, by its hash; ``sent_values`` is that row (rule 24).
    ``intent_*``: a write that was begun and has no confirmed end; whoever takes over treats it as unconfirmed.
    """

    created_in_specter_at: datetime | None = None
    created_number: str | None = None
    sent_at: datetime | None = None
    sent_number: str | None = None
    sent_hash: str | None = None
    sent_values: Mapping[str, str] | None = None
    intent_at: datetime | None = None
    intent_hash: str | None = None


@dataclass(frozen=True, slots=True)
class StagedItem:
    """An item to decide about: as staged, with what is known of it over all runs and its outcome in this run."""

    item: CatalogueItem
    state: ItemState
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A row about to be written, by its hash."""

    key: ItemKey
    hash: str


@dataclass(frozen=True, slots=True)
class Created:
    """An item that exists in Specter under this number since a write without force.

    :param stock_managed: whether it went as a stock article; ``None``: the row did not say.
    """

    key: ItemKey
    product_number: str
    stock_managed: bool | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A complete row whose write was confirmed. ``values`` are the wire names and texts that were sent."""

    key: ItemKey
    product_number: str
    hash: str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What became of an item in a run. ``reason`` is for people; ``rule`` names the flag rule, where one decided.

    Of an order (``Kind.ORDER``) ``product_number`` holds the order number; ``remedy`` says what to do.
    """

    key: ItemKey
    product_number: str | None
    outcome: Outcome
    reason: str = ""
    rule: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """An outcome as it is listed. ``name`` is known as long as the run's catalogue is staged."""

    record: OutcomeRecord
    name: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeGaps:
    """Found against outcomes, as sets. A run is whole only when both are 0."""

    missing: int
    """Items found that have no outcome."""
    unexpected: int
    """Outcomes of items that are not among those found."""


@dataclass(frozen=True, slots=True)
class GapRecord:
    """One item on the wrong side of found against outcomes."""

    key: ItemKey
    product_number: str | None


class FlagChange(StrEnum):
    """How a flag of a run relates to the runs before it."""

    NEW = "new"
    STILL = "still"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class FlagChanges:
    """The flags of a run and one source (see ``flags``), counted. Asked twice within a run, the answer is the same."""

    new: int = 0
    still: int = 0
    reopened: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag with its history. ``change`` is ``None`` when it was not asked for a run."""

    flag: Flag
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    change: FlagChange | None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a clean-up removed, in rows."""

    staged_articles: int = 0
    staged_items: int = 0
    outcomes: int = 0
    run_flags: int = 0
    resolved_flags: int = 0
    run_orders: int = 0
    order_details: int = 0
    order_changes: int = 0
    messages: int = 0
    leases: int = 0
    import_changes: int = 0
    import_held: int = 0
    inbox_rows: int = 0
    batches: int = 0
    stock_rows: int = 0

    @classmethod
    def of(cls, gone: Mapping[str, int]) -> Pruned:
        """From what went of each kind of row; kinds that nobody counts are left out."""
        stock = sum(count for name, count in gone.items() if name.startswith("stock_"))
        names = {field.name for field in fields(cls)} - {"stock_rows"}
        return cls(**{name: count for name, count in gone.items() if name in names}, stock_rows=stock)


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """What ``python -m abicart_specter.ledger status`` shows."""

    state: str
    """``missing``, ``not migrated``, ``older``, ``current`` or ``newer`` (than this code)."""
    revision: str | None
    head: str
    ledger_id: str | None = None
    shops: Sequence[ShopBinding] = field(default_factory=tuple)
