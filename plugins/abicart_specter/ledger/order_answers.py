"""The typed records in which the ledger answers about orders: endings, foreign marks, decisions.

All times are aware and in UTC. None holds anything personal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from abicart_specter.ledger.sync_records import Lease


@dataclass(frozen=True, slots=True)
class CustomerConfirmed:
    """What storing a customer's number brought to light.

    ``other_keys`` are other buyers linked to the same number (rule 15: shared, leave the record alone);
    ``previous_no`` is a different number that this key had before. ``lease`` is the lease to go on with.
    """

    specter_customer_no: str
    other_keys: tuple[str, ...]
    previous_no: str | None
    lease: Lease


@dataclass(frozen=True, slots=True)
class ForeignMark:
    """A mark in ``externalOrderNumber`` that is not a number of ours (rule 7)."""

    uid: int
    number: str
    ordered_at: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class PersonsDecision:
    """Something a person (or a late answer) decided about an order: what, who and why."""

    uid: int
    generation: int
    what: str
    who: str
    why: str
    at: datetime
