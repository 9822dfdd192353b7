"""The ledger of orders as the flows see it: ``Ledger.orders``.

Exactly once, in three steps around every write:

1. ``begin`` (or ``intend``, or ``then=`` of an ending): lease and intent are committed;
2. the call to Specter;
3. one ending, which stores what is known of the write and the run's outcome together:
   ``confirm_order`` | ``order_unconfirmed`` | ``order_not_sent`` | ``order_refused`` (``confirm_customer`` and
   ``customer_not_sent`` for a customer; a customer's lost answer needs no call, its intent stays open).

So an order of a known customer costs two write transactions, one of a new customer three. States move only as
``order_rules`` says; a step that is not allowed raises ``OrderNotOpenError`` and changes nothing. Every call may be
repeated with the same effect (a task's retry). Besides ``LedgerUnavailableError`` and ``LedgerError``, which every
call may raise, each says what it raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from abicart_specter.domain.records import Flag, Outcome
from abicart_specter.ledger import order_records as o
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.orders import (
    alarms,
    begin,
    changes,
    customers,
    decisions,
    endings,
    found,
    run_outcomes,
    states,
    write_back,
)
from abicart_specter.ledger.orders import (
    confirm_customer as confirming,
)
from abicart_specter.ledger.records import GapRecord, OutcomeGaps, RunKey
from abicart_specter.ledger.sync_records import Lease

_SHOP_SAYS = {OrderState.SENT: None, OrderState.LINKED: "refusal"}


class OrderLedger:
    """Everything about orders, customers and alarms. Thin over the rooms beside it."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.orders``."""
        self._db = database

    # found, scanned, due (rules 6 and 7)
    def record_found(self, run: RunKey, orders: Sequence[o.FoundOrder]) -> set[int]:
        """Records orders before any is sent, and that the run found them. Returns the uids that are new."""
        return found.record_found(self._db, run, orders)

    def add_to_run(self, run: RunKey, uids: Iterable[int]) -> None:
        """Puts orders the ledger knows into the run's found set: what is due again, what somebody asked for."""
        found.add_to_run(self._db, run, uids)

    def reset_found(self, run: RunKey) -> None:
        """At a run's first task: forgets the found set of a former try of the run, but not what that try sent."""
        run_outcomes.reset_found(self._db, run)

    def found(self, run: RunKey) -> set[int]:
        """The run's found set."""
        return run_outcomes.found(self._db, run)

    def scan_state(self, shop: str) -> o.ScanState:
        """How far the shop's orders were read."""
        return found.scan_state(self._db, shop)

    def move_scanned_to(self, shop: str, to: datetime) -> None:
        """Every order placed before ``to`` is recorded. Never moves back."""
        found.move_forward(self._db, shop, "scanned_to", to)

    def set_swept(self, shop: str, to: datetime) -> None:
        """The nightly sweep compared everything up to ``to``. Never moves back."""
        found.move_forward(self._db, shop, "swept_to", to)

    def set_changes_checked(self, shop: str, to: datetime) -> None:
        """Changes of orders were looked for up to ``to``. Never moves back."""
        found.move_forward(self._db, shop, "changes_checked_to", to)

    def due(
        self,
        shop: str,
        now: datetime,
        *,
        trusted: bool = False,
        settle_seconds: float = 0.0,
        write_back: bool = True,
        max_repeats: int = 1,
    ) -> list[o.DueOrder]:
        """The orders to take up again, oldest first: new, held and failed ones (``due_for`` sending), unconfirmed
        ones that may be repeated (a person said so, or ``trusted`` and unconfirmed for ``settle_seconds``), and those
        in Specter whose number is not in the shop yet (writing_back; leave it out with ``write_back=False``).
        """
        return found.due(
            self._db,
            shop,
            now,
            trusted=trusted,
            settle_seconds=settle_seconds,
            write_back=write_back,
            max_repeats=max_repeats,
        )

    def missing_of(self, shop: str, uids: Iterable[int]) -> set[int]:
        """Those uids that the ledger has no row of."""
        return found.missing_of(self._db, shop, uids)

    def known_between(self, shop: str, since: datetime, until: datetime) -> set[int]:
        """The uids of recorded orders placed in [since, until)."""
        return found.known_between(self._db, shop, since, until)

    def foreign_marks(self, shop: str, since: datetime, limit: int = 100) -> list[o.ForeignMark]:
        """Orders placed since then whose ``externalOrderNumber`` is no number of ours (rule 7)."""
        return found.foreign_marks(self._db, shop, since, limit)

    # reading
    def states(self, shop: str, uids: Iterable[int]) -> dict[int, o.OrderRecord]:
        """The newest generation of every order on record; unknown ones are left out."""
        return states.states(self._db, shop, uids)

    def generations(self, shop: str, uid: int) -> list[o.OrderRecord]:
        """Every generation of an order, the first one first."""
        return states.generations(self._db, shop, uid)

    def find(self, shop: str, names: Iterable[str]) -> dict[str, list[o.OrderRecord]]:
        """Order number or uid, as typed → the orders it may mean (rule 13: the ledger is asked first)."""
        return states.find(self._db, shop, names)

    def sent_orders(self, shop: str, uids: Iterable[int]) -> dict[int, o.SentOrder]:
        """What was sent (hash, snapshot, proof) of those orders that are in Specter."""
        return states.sent_orders(self._db, shop, uids)

    def proof(self, shop: str, uid: int) -> Mapping[str, Any] | None:
        """The stored proof as a document (``Proof.as_document``), if there is one."""
        return states.proof(self._db, shop, uid)

    def decisions(self, shop: str, uid: int) -> list[o.PersonsDecision]:
        """Who decided what about the order, and why; late answers too."""
        return states.decisions(self._db, shop, uid)

    def state_counts(self, shop: str) -> dict[OrderState, int]:
        """How many orders stand in each state; every state is named."""
        return states.state_counts(self._db, shop)

    def in_state(self, shop: str, state: OrderState, limit: int = 1000) -> list[o.OrderRecord]:
        """Orders in a state, oldest first."""
        return states.in_state(self._db, shop, state, limit)

    def double_orders(self, shop: str) -> list[o.OrderRecord]:
        """Orders with more than one Specter number for the same generation: a person must cancel one."""
        return states.double_orders(self._db, shop)

    # before a write (rules 4, 9, 10, 14)
    def begin(
        self,
        shop: str,
        customer_key: str,
        owner: str,
        seconds: float,
        intent: o.Intended | None = None,
        *,
        settle_seconds: float = 0.0,
    ) -> Lease:
        """Takes the lease on a customer key's orders and stores the first intent, in one transaction.

        Open intents that a dead owner left under the key become ``unconfirmed``, also when the intent is refused.

        :param settle_seconds: a write's timeout + 60 s: for so long after a dead owner's lease ran out in the middle
            of a write, nobody gets it.
        :raises LeaseHeldError: somebody holds it, or a dead owner's write must settle; ``seconds_left``.
        :raises OrderNotOpenError: the order is in Specter already, unconfirmed without leave, or being sent.
        :raises CustomerChangedError: a ``first_contact`` got a number meanwhile; look at ``customers`` again.
        :raises RecordError: rule ``external_no_frozen`` or ``external_no_taken``.
        """
        return begin.begin(self._db, shop, customer_key, owner, seconds, intent, settle_seconds)

    def intend(self, lease: Lease, seconds: float, intent: o.Intended) -> Lease:
        """Stores a further intent under the lease and prolongs it to ``seconds`` from now. Raises ``LeaseLostError``,
        and what ``begin`` raises for the intent.
        """
        return begin.intend(self._db, lease, seconds, intent)

    def expire_intents(self, shop: str, settle_seconds: float = 0.0) -> list[int]:
        """Turns open intents whose owner is gone (for ``settle_seconds``) into ``unconfirmed``; returns their uids.
        Call it before ``due``.
        """
        return begin.expire_intents(self._db, shop, settle_seconds)

    @staticmethod
    def lease_name(shop: str, customer_key: str) -> str:
        """The name of the lease that ``begin`` takes."""
        return begin.lease_name(shop, customer_key)

    # customers (rules 14 to 16)
    def customers(self, shop: str, keys: Iterable[str]) -> dict[str, o.CustomerState]:
        """The state of every key asked for; an empty one for a key that was never written."""
        return customers.customers(self._db, shop, keys)

    def other_keys_of(self, shop: str, specter_customer_no: str, customer_key: str) -> list[str]:
        """Other buyers linked to the same Specter customer (rule 15: shared, leave the record alone)."""
        return customers.other_keys_of(self._db, shop, specter_customer_no, customer_key)

    def confirm_customer(
        self,
        lease: Lease,
        shop: str,
        customer_key: str,
        specter_customer_no: str,
        fields_hash: str | None,
        order_uid: int,
        then: o.Intended | None = None,
        *,
        seconds: float = 0.0,
    ) -> o.CustomerConfirmed:
        """Stores the customer's number, and the next intent, in one transaction.

        The number is stored whatever happens to ``then`` and whoever holds the lease by now.

        :param fields_hash: ``CustomerWrite.hash`` of what Specter has now; ``None`` if its record was left alone.
        :param seconds: prolongs the lease; needed with ``then``.
        :raises LeaseLostError: with ``then``: it was not stored, the lease is another's. Start no write.
        :raises OrderNotOpenError, RecordError: ``then`` was refused, as in ``begin``.
        """
        return confirming.confirm_customer(
            self._db, lease, shop, customer_key, specter_customer_no, fields_hash, order_uid, then, seconds
        )

    def customer_not_sent(self, lease: Lease, shop: str, customer_key: str) -> None:
        """The customer's write surely never reached Specter (or was refused): its intent is taken back."""
        customers.customer_not_sent(self._db, lease, shop, customer_key)

    # after a write (rules 4, 5, 10). All of them store the run's outcome, and the order's flags unless ``flags`` is
    # None; ``release`` gives the lease back, ``seconds`` prolongs it, ``then`` stores the next intent (needs
    # ``seconds``). They raise LeaseLostError, OrderNotOpenError or RecordError only for ``then``, after everything
    # else was stored. They return what is true afterwards: an order that is in Specter stays so.
    def confirm_order(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        specter_order_no: str | None,
        *,
        state: Literal[OrderState.SENT, OrderState.LINKED] = OrderState.SENT,
        words: str = "",
        content_hash: str | None = None,
        snapshot: Mapping[str, Any] | None = None,
        proof: Mapping[str, Any] | None = None,
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """Specter has the order. Outcome ``sent``; with ``state=LINKED`` (a refusal proves that an earlier write
        arrived, rule 10) outcome ``linked``. ``words`` are the outcome's reason.

        :param specter_order_no: ``None`` when Specter accepted it without a readable number.
        :param content_hash: with ``snapshot`` and ``proof``: only what the intent did not bring already.
        """
        stored = {"content_hash": content_hash, "snapshot": snapshot, "proof": proof}
        return endings.confirm(
            self._db,
            endings.Ending(lease, run, uid, generation, flags, release, then, seconds),
            endings.Answer(specter_order_no, state, _SHOP_SAYS[state], words, stored),
        )

    def order_unconfirmed(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        reason: str,
        remedy: str = "",
        *,
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """The answer was lost: state and outcome ``unconfirmed``. Uses up a person's leave to send it again."""
        ending = endings.Ending(lease, run, uid, generation, flags, release, then, seconds)
        return endings.unconfirmed(self._db, ending, reason, remedy)

    def order_not_sent(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        reason: str,
        remedy: str = "",
        *,
        rule: str = "",
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """The write surely never reached Specter: state and outcome ``failed``, due again. A repeat of an unconfirmed
        order goes back to ``unconfirmed`` as it was, with its leave to be sent again.
        """
        ending = endings.Ending(lease, run, uid, generation, flags, release, then, seconds)
        return endings.not_sent(self._db, ending, reason, rule, remedy)

    def order_refused(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        rule: str,
        reason: str,
        remedy: str,
        *,
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """Specter said no, and its words do not prove that it has the order: ``held``; a repeat stays
        ``unconfirmed`` with Specter's words as the reason.
        """
        ending = endings.Ending(lease, run, uid, generation, flags, release, then, seconds)
        return endings.refused(self._db, ending, reason, rule, remedy)

    def late_answer(
        self, shop: str, uid: int, generation: int, specter_order_no: str | None, who: str
    ) -> o.OrderEnded:
        """An answer outside any run; stored always (rule 4). ``who`` says where it came from."""
        return endings.late_answer(self._db, shop, uid, generation, specter_order_no, who)

    # decisions of rules, without a write
    def decide(self, run: RunKey, decided: Sequence[o.Decision]) -> dict[int, OrderState]:
        """Holds, excludes or fails orders, with the run's outcome and flags, all in one transaction.

        An order that is sent, unconfirmed or being sent keeps its state, and the outcome says that. Returns the state
        in which each order is then.
        """
        return decisions.decide(self._db, run, decided)

    def hold(
        self, run: RunKey, uid: int, rule: str, reason: str, remedy: str, flags: Sequence[Flag] = ()
    ) -> OrderState:
        """``decide`` for one order that is held."""
        return self.decide(run, [o.Decision(uid, OrderState.HELD, rule, reason, remedy, tuple(flags))])[uid]

    def exclude(self, run: RunKey, uid: int, rule: str, reason: str, remedy: str = "") -> OrderState:
        """``decide`` for one order that is excluded."""
        return self.decide(run, [o.Decision(uid, OrderState.EXCLUDED, rule, reason, remedy)])[uid]

    def fail(self, run: RunKey, uid: int, reason: str, remedy: str = "", rule: str = "") -> OrderState:
        """``decide`` for one order that could not be worked on now; it is due again."""
        return self.decide(run, [o.Decision(uid, OrderState.FAILED, rule, reason, remedy)])[uid]

    def already_there(self, run: RunKey, uids: Sequence[int]) -> dict[int, OrderState]:
        """Outcomes of orders the run leaves alone, by their state: sent and linked are ``unchanged``, unconfirmed is
        ``unconfirmed``, and so on.
        """
        return decisions.already_there(self._db, run, uids)

    # decisions of persons, and of marks in the shop
    def link(
        self,
        shop: str,
        uid: int,
        specter_order_no: str,
        *,
        who: str,
        why: str,
        by: Literal["person", "mark"] = "person",
        run: RunKey | None = None,
    ) -> o.OrderEnded:
        """The order is in Specter under this number; with ``run`` its outcome is ``linked``.

        :raises OrderNotOpenError: it has another number already, or is being sent now.
        :raises RecordError: rule ``reason_missing``: a person must say who and why.
        """
        return decisions.link(self._db, shop, uid, specter_order_no, by=by, who=who, why=why, run=run)

    def allow_resend(self, shop: str, uid: int, *, who: str, why: str) -> None:
        """ "Looked: not there, send": the unconfirmed order may be sent once more under its number.

        Raises ``OrderNotOpenError`` if it is not unconfirmed, ``RecordError`` (``reason_missing``).
        """
        decisions.allow_resend(self._db, shop, uid, who=who, why=why)

    def new_generation(self, shop: str, uid: int, *, who: str, why: str) -> int:
        """ "Send again as a new order" (rule 11): a new generation, to be sent as ``<number>-R<generation>``.

        Raises ``OrderNotOpenError`` if the newest one was not sent yet, ``RecordError`` (``reason_missing``).
        """
        return decisions.new_generation(self._db, shop, uid, who=who, why=why)

    # Specter's number in the shop
    def pending_write_back(self, shop: str, limit: int = 10_000) -> list[o.PendingMark]:
        """Numbers to be written into the shop, those tried least often first."""
        return write_back.pending_write_back(self._db, shop, limit)

    def record_written_back(self, shop: str, marks: Sequence[o.MarkWritten]) -> None:
        """Says what became of writing numbers back."""
        write_back.record_written_back(self._db, shop, marks)

    # later changes
    def record_change(self, shop: str, uid: int, hash_: str, kind: str, differences: Sequence[Any]) -> bool:
        """An order differs from what was sent. Returns whether that is news. ``differences`` is plain JSON without
        anything personal; ``kind`` is ``edited``, ``cancelled`` or ``refunded``.
        """
        return changes.record_change(self._db, shop, uid, hash_, kind, differences)

    def open_changes(self, shop: str) -> list[o.OrderChange]:
        """The changes nobody dealt with."""
        return changes.open_changes(self._db, shop)

    def changes_of(self, shop: str, uid: int) -> list[o.OrderChange]:
        """Every change of an order, also the closed ones."""
        return changes.changes_of(self._db, shop, uid)

    def close_change(self, shop: str, uid: int, kind: str, *, who: str, why: str) -> None:
        """A person dealt with it in Specter; it is listed again only with another content."""
        changes.close_change(self._db, shop, uid, kind, who=who, why=why)

    def changes_undone(
        self, shop: str, uids: Iterable[int], kinds: Collection[str] = ("edited", "cancelled", "refunded")
    ) -> int:
        """These orders were looked at and are again as they were sent: closes their changes, returns how many."""
        return changes.changes_undone(self._db, shop, uids, kinds)

    # a run's outcomes (rule 5)
    def run_orders(
        self, run: RunKey, partitions: Collection[int] | None = None, *, undecided: bool = True
    ) -> list[o.RunOrder]:
        """The run's orders in the order of sending (customer key, placed, uid); by default those without an outcome,
        or with one that a retry works on again.
        """
        return run_outcomes.run_orders(self._db, run, partitions, undecided)

    def open_partition_counts(self, run: RunKey) -> dict[int, int]:
        """How many such orders each partition holds; for planning chunks."""
        return run_outcomes.open_partition_counts(self._db, run)

    def outcome_counts(self, run: RunKey) -> dict[Outcome, int]:
        """How many orders have each outcome; every outcome is named."""
        return run_outcomes.outcome_counts(self._db, run)

    def outcome_gaps(self, run: RunKey) -> OutcomeGaps:
        """Found against outcomes, as sets; the run is whole when both are 0."""
        return run_outcomes.outcome_gaps(self._db, run)

    def missing_outcomes(self, run: RunKey, limit: int = 100) -> list[GapRecord]:
        """Orders found without an outcome."""
        return run_outcomes.missing_outcomes(self._db, run, limit)

    def unexpected_outcomes(self, run: RunKey, limit: int = 100) -> list[GapRecord]:
        """Outcomes of orders that were not found."""
        return run_outcomes.unexpected_outcomes(self._db, run, limit)

    def iter_order_outcomes(self, run: RunKey, outcome: Outcome | None = None) -> Iterator[o.OrderOutcome]:
        """The run's outcomes as the orders were placed, with number, Specter's number and proof."""
        return run_outcomes.iter_order_outcomes(self._db, run, outcome)

    # alarms (rule 12)
    def raise_alarm(
        self, shop: str, cause: str, words: str, now: datetime, reminder_hours: float = 4
    ) -> Literal["opened", "reminder"] | None:
        """A cause is there. ``opened`` the first time, ``reminder`` every so many hours since, else ``None``: say
        nothing. Several tasks may call it at once; each message is said by one of them.
        """
        return alarms.raise_alarm(self._db, shop, cause, words, now, reminder_hours)

    def close_alarm(self, shop: str, cause: str, words: str, now: datetime) -> bool:
        """The cause is over; whether it was open (say so then, and only then)."""
        return alarms.close_alarm(self._db, shop, cause, words, now)

    def open_alarms(self, shop: str) -> list[o.OpenAlarm]:
        """The causes that are not over."""
        return alarms.open_alarms(self._db, shop)

    def messages(self, shop: str, limit: int = 100) -> list[o.Message]:
        """The last messages, oldest first."""
        return alarms.messages(self._db, shop, limit)
