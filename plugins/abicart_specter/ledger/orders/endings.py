"""After a write: what is known of it, the run's outcome and what comes next, in one transaction (rules 4, 5, 10).

Only the holder of an intent may say that its write did not arrive or was refused; anybody may say that it did, at any
time. Whatever is said, an order that is in Specter stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from abicart_specter.domain.records import Flag, ItemKey, Kind, Outcome
from abicart_specter.errors import RecordError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.flags import store_flags_of
from abicart_specter.ledger.leases import extend_lease, give_back_lease, lost
from abicart_specter.ledger.order_records import Intended, OrderEnded, OrderRecord
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState, WriteBack, outcome_of
from abicart_specter.ledger.orders.begin import becomes_unconfirmed, store_next
from abicart_specter.ledger.orders.rows import change, decided, is_newest, locked, move, standing
from abicart_specter.ledger.outcomes import store_outcomes
from abicart_specter.ledger.records import OutcomeRecord, RunKey
from abicart_specter.ledger.sync_records import Lease

ORDER_FLAGS = "orders"
"""The source of flags that are recorded together with an order's outcome (see ``flags``)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What all endings have in common: whose write of which order it was, and what comes next.

    ``flags``: what was found on the order, stored with the outcome; ``None`` leaves those on record alone.
    """

    lease: Lease
    run: RunKey
    uid: int
    generation: int
    flags: Collection[Flag] | None = None
    release: bool = False
    then: Intended | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What Specter said to a write that arrived, now or earlier."""

    specter_order_no: str | None
    state: OrderState = OrderState.SENT
    linked_by: str | None = None
    words: str = ""
    stored: Mapping[str, Any] = field(default_factory=dict)


_Settle = Callable[[Connection, OrderRecord, datetime], tuple[Outcome, str, str, str]]


def confirm(db: Database, ending: Ending, answer: Answer) -> OrderEnded:
    """Specter has the order: by this answer, or by a refusal that proves that an earlier write arrived."""
    outcome = Outcome.SENT if answer.state is OrderState.SENT else Outcome.LINKED

    def settle(connection: Connection, order: OrderRecord, now: datetime) -> tuple[Outcome, str, str, str]:
        settled(db, connection, ending.run.shop, order, answer, now)
        return outcome, answer.words, "", ""

    return _end(db, ending, settle)


def unconfirmed(db: Database, ending: Ending, reason: str, remedy: str) -> OrderEnded:
    """The answer was lost."""

    def settle(connection: Connection, order: OrderRecord, now: datetime) -> tuple[Outcome, str, str, str]:
        if order.state is OrderState.INTENT and _is_mine(order, ending.lease):
            becomes_unconfirmed(connection, ending.run.shop, order, reason, now)
            if remedy:
                change(connection, ending.run.shop, order, {"remedy": remedy})
            return Outcome.UNCONFIRMED, reason, "order_unconfirmed", remedy
        if order.state in (*SETTLED, *UNSENT):
            return outcome_of(order.state), order.reason or reason, order.rule, order.remedy
        return Outcome.UNCONFIRMED, reason, "order_unconfirmed", remedy

    return _end(db, ending, settle)


def not_sent(db: Database, ending: Ending, reason: str, rule: str, remedy: str) -> OrderEnded:
    """The write surely never reached Specter: the intent is taken back."""

    def settle(connection: Connection, order: OrderRecord, now: datetime) -> tuple[Outcome, str, str, str]:
        shop = ending.run.shop
        if order.state is not OrderState.INTENT or not _is_mine(order, ending.lease):
            return outcome_of(order.state), order.reason or reason, order.rule or rule, order.remedy or remedy
        values: dict[str, Any] = {**_told(reason, rule, remedy), "attempt_hashes": _without_last(order)}
        if order.repeat:
            values["repeats"] = max(0, order.repeats - 1)
            move(connection, shop, order, OrderState.UNCONFIRMED, now, values)
            return Outcome.UNCONFIRMED, reason, rule, remedy
        move(connection, shop, order, OrderState.FAILED, now, values)
        return Outcome.FAILED, reason, rule, remedy

    return _end(db, ending, settle)


def refused(db: Database, ending: Ending, reason: str, rule: str, remedy: str) -> OrderEnded:
    """Specter said no with words that do not prove that it has the order."""

    def settle(connection: Connection, order: OrderRecord, now: datetime) -> tuple[Outcome, str, str, str]:
        shop = ending.run.shop
        if order.state is not OrderState.INTENT or not _is_mine(order, ending.lease):
            return outcome_of(order.state), order.reason or reason, order.rule or rule, order.remedy or remedy
        values: dict[str, Any] = {**_told(reason, rule, remedy), "attempt_hashes": _without_last(order)}
        if order.repeat:
            values["resend_allowed"] = False
            move(connection, shop, order, OrderState.UNCONFIRMED, now, values)
            return Outcome.UNCONFIRMED, reason, rule, remedy
        move(connection, shop, order, OrderState.HELD, now, values)
        return Outcome.HELD, reason, rule, remedy

    return _end(db, ending, settle)


def late_answer(
    db: Database, shop: str, uid: int, generation: int, specter_order_no: str | None, who: str
) -> OrderEnded:
    """An answer that came when its run was over, or whose owner knows no run; stored always (rule 4)."""
    with db.write() as connection:
        order, now = locked(connection, shop, uid, generation), db.now(connection)
        settled(db, connection, shop, order, Answer(specter_order_no), now)
        decided(
            db,
            connection,
            shop,
            order,
            f"late answer {specter_order_no or 'without number'}",
            who=who,
            why="",
        )
        return ended(connection, shop, order, uid, generation, None, None)


def settled(
    db: Database, connection: Connection, shop: str, order: OrderRecord, answer: Answer, now: datetime
) -> None:
    """Stores that the locked order is in Specter. A number on record is never replaced: another one is kept beside it.

    ``version_unknown``: writes of different content may have arrived, so nobody knows which of them Specter has.
    """
    number = answer.specter_order_no
    values: dict[str, Any] = {}
    if number is not None and order.specter_order_no not in (None, number):
        if number not in order.other_numbers:
            values["other_numbers"] = [*order.other_numbers, number]
            what = f"second Specter number {number}"
            decided(db, connection, shop, order, what, who="Specter", why="two answers to one order")
    elif number is not None and order.specter_order_no is None:
        values["specter_order_no"] = number
        if order.external_mark == number:
            values["write_back"] = WriteBack.DONE
        elif is_newest(connection, shop, order):
            values["write_back"] = WriteBack.PENDING
    if order.state in SETTLED:
        if values:
            change(connection, shop, order, values)
        return
    values |= {name: value for name, value in answer.stored.items() if value is not None}
    values |= {
        "sent_at": now,
        "linked_by": answer.linked_by,
        "version_unknown": len(set(order.attempt_hashes)) > 1,
        "resend_allowed": False,
        "reason": answer.words,
        "rule": "",
        "remedy": "",
    }
    move(connection, shop, order, answer.state, now, values)


def ended(
    connection: Connection,
    shop: str,
    before: OrderRecord,
    uid: int,
    generation: int,
    outcome: Outcome | None,
    lease: Lease | None,
) -> OrderEnded:
    """What to tell the caller, from the row as it is now."""
    now = standing(connection, shop, uid, generation)
    second = now.other_numbers[-1] if now.other_numbers else None
    return OrderEnded(now.state, outcome, now.specter_order_no, second, now.version_unknown, lease)


def _end(db: Database, ending: Ending, settle: _Settle) -> OrderEnded:
    if ending.then is not None and (ending.release or not ending.seconds):
        raise ValueError("A next intent needs a lease that is kept and prolonged")
    run, lease, refusal = ending.run, None, None
    with db.write() as connection:
        if ending.release:
            give_back_lease(db, connection, ending.lease)
        elif ending.seconds:
            lease = extend_lease(db, connection, ending.lease, ending.seconds)
        order, now = locked(connection, run.shop, ending.uid, ending.generation), db.now(connection)
        outcome, reason, rule, remedy = settle(connection, order, now)
        key = ItemKey(Kind.ORDER, ending.uid)
        store_outcomes(db, connection, run, [OutcomeRecord(key, order.number, outcome, reason, rule, remedy)])
        if ending.flags is not None:
            store_flags_of(db, connection, run, key, ending.flags, ORDER_FLAGS)
        if ending.then is not None and lease is not None:
            try:
                store_next(db, connection, lease, ending.then)
            except RecordError as error:
                refusal = error
        result = ended(connection, run.shop, order, ending.uid, ending.generation, outcome, lease)
    # What happened is stored; only what should come next is refused.
    if ending.then is not None and lease is None:
        raise lost(ending.lease)
    if refusal is not None:
        raise refusal
    return replace(result, lease=lease)


def _told(reason: str, rule: str, remedy: str) -> dict[str, str]:
    return {"reason": reason, "rule": rule, "remedy": remedy}


def _is_mine(order: OrderRecord, lease: Lease) -> bool:
    return (order.intent_lease, order.intent_attempt) == (lease.name, lease.attempt)


def _without_last(order: OrderRecord) -> list[str]:
    hashes = list(order.attempt_hashes)
    if order.intent_hash in hashes:
        hashes.reverse()
        hashes.remove(order.intent_hash)
        hashes.reverse()
    return hashes
