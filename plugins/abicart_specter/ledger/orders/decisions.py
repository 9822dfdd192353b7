"""What rules decide about orders that are not sent, and what persons decide (rules 7, 8, 10, 11)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, or_, select

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.errors import RecordError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.flags import store_flags_of
from abicart_specter.ledger.models import Binding
from abicart_specter.ledger.order_models import OrderSync
from abicart_specter.ledger.order_records import Decision, OrderEnded, OrderRecord
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState, WriteBack, outcome_of
from abicart_specter.ledger.orders.endings import ORDER_FLAGS, Answer, ended, settled
from abicart_specter.ledger.orders.found import fresh
from abicart_specter.ledger.orders.rows import change, decided, locked, move, not_open
from abicart_specter.ledger.orders.states import double_orders, double_settled
from abicart_specter.ledger.outcomes import store_outcomes
from abicart_specter.ledger.records import OutcomeRecord, RunKey

_DECIDED = frozenset({OrderState.HELD, OrderState.EXCLUDED, OrderState.FAILED})


def decide(db: Database, run: RunKey, decisions: Sequence[Decision]) -> dict[int, OrderState]:
    """Stores decisions with the run's outcomes, in one transaction; see ``OrderLedger.decide``."""
    if not decisions:
        return {}
    for decision in decisions:
        if decision.state not in _DECIDED:
            raise ValueError(f"A rule cannot decide that an order is {decision.state.value}")
    states: dict[int, OrderState] = {}
    with db.write() as connection:
        now, records = db.now(connection), []
        for decision in sorted(decisions, key=lambda one: one.uid):
            order = locked(connection, run.shop, decision.uid)
            key = ItemKey(Kind.ORDER, decision.uid)
            told = (decision.reason, decision.rule, decision.remedy)
            if order.state in UNSENT:
                values = dict(zip(("reason", "rule", "remedy"), told, strict=True))
                move(connection, run.shop, order, decision.state, now, values)
                states[decision.uid] = decision.state
            else:  # somebody else began or sent it meanwhile: the run says what is true
                states[decision.uid] = order.state
                told = (order.reason or _words(order), order.rule, order.remedy)
                if order.state is OrderState.UNCONFIRMED:  # what keeps it from being repeated is what helps
                    words = f"{told[0].rstrip('.')}; it cannot be repeated: {decision.reason}"
                    told = (words, order.rule or decision.rule, decision.remedy)
            records.append(OutcomeRecord(key, order.number, outcome_of(states[decision.uid]), *told))
            store_flags_of(db, connection, run, key, decision.flags, ORDER_FLAGS)
        store_outcomes(db, connection, run, records)
    return states


def _words(order: OrderRecord) -> str:
    if order.state is OrderState.INTENT:
        return "another run is sending it now"
    return f"is in Specter already as {order.specter_order_no or 'an order whose number is not known'}"


def already_there(db: Database, run: RunKey, uids: Sequence[int]) -> dict[int, OrderState]:
    """Records the outcome of orders that this run leaves as they are: what their state says."""
    states: dict[int, OrderState] = {}
    with db.write() as connection:
        records = []
        for uid in sorted(set(uids)):
            order = locked(connection, run.shop, uid)
            states[uid] = order.state
            told = (
                order.reason or (_words(order) if order.state in SETTLED else ""),
                order.rule,
                order.remedy,
            )
            key = ItemKey(Kind.ORDER, uid)
            records.append(OutcomeRecord(key, order.number, outcome_of(order.state), *told))
        if records:
            store_outcomes(db, connection, run, records)
    return states


def link(
    db: Database,
    shop: str,
    uid: int,
    specter_order_no: str,
    *,
    by: str,
    who: str,
    why: str,
    run: RunKey | None,
) -> OrderEnded:
    """The order is in Specter under this number, says a mark in the shop or a person."""
    if by == "person":
        _require_words(shop, uid, who, why)
    with db.write() as connection:
        order, now = locked(connection, shop, uid), db.now(connection)
        if order.state is OrderState.INTENT:
            raise not_open(shop, order, "is being sent now", "Wait until its run has ended, then try again.")
        if order.state in SETTLED and order.specter_order_no not in (None, specter_order_no):
            raise not_open(
                shop,
                order,
                f"cannot be linked to {specter_order_no} besides",
                "If Specter holds it twice, cancel one of them there. If its number is a mistake, and Specter does not "
                "hold this order at all, send it with “Send again as a new order, because”.",
            )
        if by == "person" and order.specter_order_no != specter_order_no:
            _require_free(connection, shop, order, specter_order_no)
        if order.state in SETTLED and order.specter_order_no == specter_order_no:
            outcome = Outcome.UNCHANGED
        else:
            outcome = Outcome.LINKED
            answer = Answer(
                specter_order_no, OrderState.LINKED, by, f"linked to Specter order {specter_order_no}"
            )
            settled(db, connection, shop, order, answer, now)
            decided(db, connection, shop, order, f"linked to {specter_order_no} by {by}", who=who, why=why)
        if run is not None:
            key = ItemKey(Kind.ORDER, uid)
            words = f"linked to Specter order {specter_order_no}"
            store_outcomes(db, connection, run, [OutcomeRecord(key, order.number, outcome, words)])
        return ended(connection, shop, order, uid, order.generation, outcome, None)


def _require_free(connection: Connection, shop: str, order: OrderRecord, specter_order_no: str) -> None:
    """Raises ``OrderNotOpenError`` if the number is that of another order, of any shop on the same Specter account."""
    account = select(Binding.sbm_id).where(Binding.shop == shop).scalar_subquery()
    neighbours = select(Binding.shop).where(Binding.sbm_id == account)
    other = connection.execute(
        select(OrderSync.shop, OrderSync.number)
        .where(OrderSync.specter_order_no == specter_order_no, OrderSync.state.in_(sorted(SETTLED)))
        .where(or_(OrderSync.shop == shop, OrderSync.shop.in_(neighbours)))
        .where(or_(OrderSync.shop != shop, OrderSync.uid != order.uid))
        .limit(1)
    ).first()
    if other is not None:
        raise not_open(
            shop,
            order,
            f"cannot be linked to {specter_order_no}, which is order {other.number} of shop {other.shop}",
            f"Find the one whose external order number is {order.external_no or order.number}, and link to its number.",
        )


def allow_resend(db: Database, shop: str, uid: int, *, who: str, why: str) -> None:
    """A person looked in Specter, the order is not there, and it may be sent again under its number."""
    _require_words(shop, uid, who, why)
    with db.write() as connection:
        order = locked(connection, shop, uid)
        if order.state is not OrderState.UNCONFIRMED:
            raise not_open(shop, order, "needs nobody's leave to be sent again")
        if order.resend_allowed:
            return
        change(connection, shop, order, {"resend_allowed": True})
        decided(db, connection, shop, order, "looked: not there, send", who=who, why=why)


def new_generation(db: Database, shop: str, uid: int, *, who: str, why: str) -> int:
    """A person wants it sent again as a new order (rule 11). Returns the generation, whose state is ``new``."""
    _require_words(shop, uid, who, why)
    with db.write() as connection:
        order, now = locked(connection, shop, uid), db.now(connection)
        if order.state not in (*SETTLED, OrderState.UNCONFIRMED):
            raise not_open(shop, order, "was not sent yet", "Send it as it is.")
        change(connection, shop, order, {"superseded": True, "resend_allowed": False, **_no_pending(order)})
        later = order.generation + 1
        connection.execute(
            insert(OrderSync).values(
                shop=shop,
                uid=uid,
                generation=later,
                number=order.number,
                ordered_at=order.ordered_at,
                found_at=now,
                customer_key=order.customer_key,
                partition=order.partition,
                external_mark=order.external_mark,
                discarded=order.discarded,
                **fresh(now),
            )
        )
        made = locked(connection, shop, uid, later)
        decided(db, connection, shop, made, "send again as a new order", who=who, why=why)
    return later


def settle_double(db: Database, shop: str, uid: int, *, who: str, why: str) -> bool:
    """A person cancelled one of the two in Specter. Whether the order was there twice (in any generation)."""
    _require_words(shop, uid, who, why)
    doubles = [one for one in double_orders(db, shop) if one.uid == uid]
    with db.write() as connection:
        for one in doubles:
            decided(db, connection, shop, one, double_settled(one), who=who, why=why)
    return bool(doubles)


def _no_pending(order: OrderRecord) -> dict[str, WriteBack]:
    # The shop has one place for a number: the newest generation's.
    return {"write_back": WriteBack.NONE} if order.write_back is WriteBack.PENDING else {}


def _require_words(shop: str, uid: int, who: str, why: str) -> None:
    if not who.strip() or not why.strip():
        raise RecordError(
            f"Shop {shop}: a decision about order {uid} needs who decides and why.",
            rule="reason_missing",
            remedy="Type a reason in the form.",
        )
