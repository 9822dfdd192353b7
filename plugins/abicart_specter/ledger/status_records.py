"""The typed records of order status: what Specter told of its orders, and what came of it in the shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abicart_specter.domain.imports.status import OrderTold


class StatusState(StrEnum):
    """Where an order that Specter told of stands."""

    UNMATCHED = "unmatched"
    """No order of this shop has this Specter number (yet). Looked for again by every run."""
    UNCLEAR = "unclear"
    """Its number is known, but no single order of the shop is meant. Never acted on, looked for again."""
    ELSEWHERE = "elsewhere"
    """It is an order of another shop of this ledger on the same Specter account (rule 29)."""
    NEW = "new"
    """Matched; what was told is to be looked at."""
    WRITING = "writing"
    """A write to the shop is about to be made, is under way, or its owner died. Looked at again."""
    WAITING = "waiting"
    """The shop was not reached. Tried again by every run."""
    LISTED = "listed"
    """For a person to deal with. The shop's order is looked at again now and then."""
    UNKNOWN = "unknown"
    """Codes that no setting explains."""
    REFUSED = "refused"
    """The shop does not take it; told anew or with other settings it is tried again."""
    NOTHING = "nothing"
    """What was told asks for nothing."""
    DONE = "done"
    """The shop's order is as Specter says."""


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """An order that Specter told of.

    :param order_no: Specter's number, as text.
    :param told_row: the newest inbox row that it rests on; results for an older one are dropped.
    :param uid: the shop's order, with ``generation`` and ``number``; ``None`` while no single one is meant.
    :param looked_at: when the shop's order was last looked at.
    :param tracking_written: the tracking number whose address the shop's order carries by our own write.
    """

    order_no: str
    told: OrderTold
    told_row: int
    told_at: datetime
    uid: int | None
    generation: int | None
    number: str
    state: StatusState
    rule: str
    words: str
    remedy: str
    state_since: datetime
    looked_at: datetime | None
    tracking_written: str


@dataclass(frozen=True, slots=True)
class StatusResult:
    """What came of one order. ``looked``: the shop's order was read for it.

    :param tracking_written: ``None`` leaves what is on record.
    """

    order_no: str
    told_row: int
    state: StatusState
    rule: str = ""
    words: str = ""
    remedy: str = ""
    looked: bool = False
    tracking_written: str | None = None


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How many orders stand with codes that no setting explains, and one of them."""

    status_id: str
    delivery_status: str
    orders: int
    example: str
