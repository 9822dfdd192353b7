"""The typed records of orders that go in and out of the ledger.

All times are aware and in UTC. None holds anything personal: a buyer is a ``customer_key`` (an HMAC), and what was
sent is kept as hashes, amounts and product rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from abicart_specter.domain.records import Flag, Outcome
from abicart_specter.ledger.order_rules import OrderState, WriteBack
from abicart_specter.ledger.sync_records import Lease


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order as the scan found it. ``external_mark``: the shop's ``externalOrderNumber``, or empty."""

    uid: int
    number: str
    ordered_at: datetime
    customer_key: str
    partition: int
    external_mark: str = ""
    discarded: bool = False


@dataclass(frozen=True, slots=True)
class ScanState:
    """How far the shop's orders were read; each is ``None`` until it was first said."""

    scanned_to: datetime | None = None
    """Every order placed before this has a row in the ledger (rule 6)."""
    swept_to: datetime | None = None
    changes_checked_to: datetime | None = None


class DueFor(StrEnum):
    """Why an order is due."""

    SENDING = "sending"
    REPEATING = "repeating"
    WRITING_BACK = "writing_back"


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order that a run takes up again although its window does not hold it."""

    uid: int
    number: str
    partition: int
    state: OrderState
    due_for: DueFor
    state_since: datetime


@dataclass(frozen=True, slots=True)
class RunOrder:
    """An order of a run's found set, in the order of sending. ``outcome`` is this run's, if it has one."""

    uid: int
    number: str
    ordered_at: datetime
    customer_key: str
    partition: int
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All that the ledger says of one generation of an order but its proof and snapshot (see ``sent_orders``).

    ``generation`` counts from 1; a later one is a "send again as a new order".
    ``external_no`` is the number that Specter gets, frozen at the first intent. ``attempt_hashes`` are the contents
    of writes that may have arrived. ``repeats`` counts writes made while an earlier one was unconfirmed.
    ``resend_allowed``: a person looked and said that it is not in Specter.
    ``repeat``: an earlier write than the one of the open intent may have arrived.
    ``other_numbers`` are further Specter numbers that were answered for this generation: a double order.
    ``linked_by`` is ``mark``, ``refusal`` or ``person``.
    """

    uid: int
    generation: int
    number: str
    ordered_at: datetime
    found_at: datetime
    customer_key: str
    partition: int
    external_mark: str
    discarded: bool
    state: OrderState
    state_since: datetime
    reason: str
    rule: str
    remedy: str
    external_no: str | None
    specter_order_no: str | None
    specter_customer_no: str | None
    other_numbers: tuple[str, ...]
    intent_at: datetime | None
    intent_hash: str | None
    intent_lease: str | None
    intent_attempt: int | None
    attempt_hashes: tuple[str, ...]
    repeat: bool
    repeats: int
    resend_allowed: bool
    content_hash: str | None
    version_unknown: bool
    sent_at: datetime | None
    linked_by: str | None
    write_back: WriteBack
    written_back_at: datetime | None
    write_back_words: str

    def words(self) -> str:
        """For people: state, Specter's number and the reason."""
        number = f" as {self.specter_order_no}" if self.specter_order_no else ""
        return f"{self.state.value}{number}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class CustomerIntent:
    """A customer about to be written for an order. ``hash`` is over the fields; the fields are never kept.

    ``first_contact``: the key had no number when the caller looked. If it has one by the time of the lease, the intent
    is refused, because the caller would make a second customer. Without it the caller looks again under the lease.
    """

    shop: str
    customer_key: str
    hash: str
    order_uid: int
    at: datetime
    first_contact: bool = False


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order about to be written. ``hash`` is over fields and rows; neither is ever kept.

    ``external_no`` must be the frozen one where there is one (``OrderRecord.external_no``).
    ``trusted``: the setting ``duplicate_control`` is ``trusted``; an unconfirmed order may then be repeated
    ``max_repeats`` times without a person.
    ``content_hash``, ``snapshot`` and ``proof`` (plain JSON without anything personal) are stored with the intent, so
    that they are there also when the answer is lost or the task is killed.
    """

    shop: str
    uid: int
    generation: int
    external_no: str
    hash: str
    specter_customer_no: str
    at: datetime
    content_hash: str | None = None
    snapshot: Mapping[str, Any] | None = field(default=None, repr=False)
    proof: Mapping[str, Any] | None = field(default=None, repr=False)
    trusted: bool = False
    max_repeats: int = 1


Intended = CustomerIntent | OrderIntent


@dataclass(frozen=True, slots=True)
class CustomerState:
    """A customer key and its Specter customer.

    ``open_intents``: writes begun since the last confirmed one. More than 0 while nobody is writing: an answer was
    lost, so the customer may exist already (rule 16).
    """

    customer_key: str
    specter_customer_no: str | None = None
    fields_hash: str | None = None
    confirmed_at: datetime | None = None
    order_uid: int | None = None
    open_intents: int = 0
    intent_at: datetime | None = None
    intent_hash: str | None = None
    previous_no: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule says of an order that is not sent: state ``held``, ``excluded`` or ``failed``."""

    uid: int
    state: OrderState
    rule: str
    reason: str
    remedy: str = ""
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """An order's outcome in a run as it is listed, with what is known of the order by now. ``proof`` may be pruned."""

    uid: int
    number: str
    outcome: Outcome
    reason: str
    rule: str
    remedy: str
    recorded_at: datetime
    ordered_at: datetime | None
    generation: int | None
    state: OrderState | None
    external_no: str | None
    specter_order_no: str | None
    specter_customer_no: str | None
    version_unknown: bool
    proof: Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentOrder:
    """What was sent of an order, for finding later changes. ``snapshot`` and ``proof`` may be pruned."""

    uid: int
    generation: int
    number: str
    external_no: str | None
    specter_order_no: str | None
    sent_at: datetime | None
    content_hash: str | None
    snapshot: Mapping[str, Any] | None = field(repr=False)
    proof: Mapping[str, Any] | None = field(repr=False)
    version_unknown: bool


@dataclass(frozen=True, slots=True)
class PendingMark:
    """A Specter number that is to be written into the shop. ``content_hash`` is that of the order as sent."""

    uid: int
    generation: int
    number: str
    specter_order_no: str
    content_hash: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class MarkWritten:
    """What became of writing a number back. ``final``: it will never succeed (the order is gone), give up."""

    uid: int
    generation: int
    ok: bool
    words: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class OrderChange:
    """An order that differs from what was sent. ``kind`` is ``edited``, ``cancelled`` or ``refunded``.

    ``differences`` is plain JSON as ``record_change`` got it. ``closed_at``: it was undone in the shop, or a person
    dealt with it.
    """

    uid: int
    number: str
    specter_order_no: str | None
    kind: str
    hash: str
    differences: Sequence[Any]
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_why: str = ""


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """Where an order stands after an ending was stored.

    ``outcome`` is what the run was told. ``second_number``: Specter answered another number than the one on record;
    both are kept, raise an alarm (rule 4). ``version_unknown``: an earlier write had other content, so nobody knows
    which one Specter has (rule 10). ``lease`` is the one to go on with, ``None`` when it was given back or is lost.
    """

    state: OrderState
    outcome: Outcome | None
    specter_order_no: str | None
    second_number: str | None
    version_unknown: bool
    lease: Lease | None
