"""Before a write: lease and intent, in one transaction (rules 4, 9, 10 and 14)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError

from abicart_specter.errors import LeaseHeldError, RecordError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.leases import extend_lease, give_back_lease, lost, take_lease
from abicart_specter.ledger.models import LeaseRow
from abicart_specter.ledger.order_models import CustomerSync, OrderSync
from abicart_specter.ledger.order_records import CustomerIntent, Intended, OrderIntent, OrderRecord
from abicart_specter.ledger.order_rules import OrderState, may_repeat
from abicart_specter.ledger.orders.customers import store_customer_intent
from abicart_specter.ledger.orders.rows import is_newest, locked, move, not_open
from abicart_specter.ledger.sync_records import Lease

LOST_ANSWER = "a write was begun and its answer never came: Specter may have the order"


# Built once: to build a statement takes longer than to run it.
_OPENED_UNDER = (
    select(OrderSync.uid, OrderSync.generation)
    .where(
        OrderSync.shop == bindparam("of_shop"),
        OrderSync.state == OrderState.INTENT,
        OrderSync.intent_lease == bindparam("of_lease"),
        OrderSync.intent_attempt != bindparam("of_attempt"),
    )
    .order_by(OrderSync.uid)
)
_TAKEN = select(func.count()).where(
    OrderSync.shop == bindparam("of_shop"), OrderSync.external_no == bindparam("of_number")
)


def lease_name(shop: str, customer_key: str) -> str:
    """The name of the lease under which the orders of a customer key are sent (rule 14)."""
    return f"orders of {shop}, customer {customer_key}"


def begin(
    db: Database,
    shop: str,
    customer_key: str,
    owner: str,
    seconds: float,
    intent: Intended | None,
    settle_seconds: float,
) -> Lease:
    """Takes the customer key's lease and stores an intent; see ``OrderLedger.begin``."""
    name, refused = lease_name(shop, customer_key), None
    with _numbers_are_unique(intent), db.write() as connection:
        lease = take_lease(db, connection, name, owner, seconds)
        now = db.now(connection)
        opened = _opened_under(connection, shop, lease)
        _let_settle(connection, shop, customer_key, lease, opened, now, settle_seconds)
        for order in opened:
            becomes_unconfirmed(connection, shop, order, LOST_ANSWER, now)
        if intent is not None:
            try:
                store_intent(db, connection, lease, intent)
            except RecordError as error:
                # What the dead owner left behind is stored all the same; the lease goes back.
                give_back_lease(db, connection, lease)
                refused = error
    if refused is not None:
        raise refused
    return lease


def intend(db: Database, lease: Lease, seconds: float, intent: Intended) -> Lease:
    """Stores a further intent under a lease that is held, and prolongs it; see ``OrderLedger.intend``."""
    with _numbers_are_unique(intent), db.write() as connection:
        renewed = extend_lease(db, connection, lease, seconds)
        if renewed is None:
            raise lost(lease)
        store_intent(db, connection, renewed, intent)
    return renewed


def store_intent(db: Database, connection: Connection, lease: Lease, intent: Intended) -> None:
    """The intent inside a transaction that is open, whose lease was just taken or prolonged."""
    if isinstance(intent, CustomerIntent):
        store_customer_intent(db, connection, lease, intent)
    else:
        _store_order_intent(db, connection, lease, intent)


def store_next(db: Database, connection: Connection, lease: Lease, intent: Intended) -> None:
    """:func:`store_intent` in a transaction that stores something else besides, which must not be lost with it.

    On PostgreSQL another writer may take the same new number at this moment; on SQLite nobody writes meanwhile.
    """
    if db.backend == "sqlite":
        store_intent(db, connection, lease, intent)
        return
    with _numbers_are_unique(intent), connection.begin_nested():
        store_intent(db, connection, lease, intent)


def expire_intents(db: Database, shop: str, settle_seconds: float) -> list[int]:
    """Turns the open intents of owners that are gone into ``unconfirmed``; see ``OrderLedger.expire_intents``."""
    with db.write() as connection:
        now = db.now(connection)
        dead = or_(
            LeaseRow.name.is_(None),
            LeaseRow.released_at.is_not(None),
            LeaseRow.attempt != OrderSync.intent_attempt,
            LeaseRow.expires_at <= now - timedelta(seconds=settle_seconds),
        )
        wanted = (
            select(OrderSync.uid, OrderSync.generation)
            .outerjoin(LeaseRow, LeaseRow.name == OrderSync.intent_lease)
            .where(OrderSync.shop == shop, OrderSync.state == OrderState.INTENT, dead)
            .order_by(OrderSync.uid)
        )
        expired = []
        for uid, generation in connection.execute(wanted).all():
            order = locked(connection, shop, uid, generation)
            # Read again now that it is locked: its owner may have come back in between.
            if order.state is OrderState.INTENT and not _alive(connection, order, now, settle_seconds):
                becomes_unconfirmed(connection, shop, order, LOST_ANSWER, now)
                expired.append(uid)
    return expired


def becomes_unconfirmed(
    connection: Connection, shop: str, order: OrderRecord, reason: str, now: datetime
) -> None:
    """A write of the order may have arrived. A person's leave to send it again is used up by that."""
    values = {
        "resend_allowed": False,
        "reason": reason,
        "rule": "order_unconfirmed",
        "remedy": "Look for the order in Specter, then answer in the form of order_export_single: link it, or send it.",
    }
    move(connection, shop, order, OrderState.UNCONFIRMED, now, values)


def _store_order_intent(db: Database, connection: Connection, lease: Lease, intent: OrderIntent) -> None:
    shop, now = intent.shop, db.now(connection)
    order = locked(connection, shop, intent.uid, intent.generation)
    repeat, repeats = False, order.repeats
    if order.state is OrderState.INTENT:
        mine = (order.intent_lease, order.intent_attempt) == (lease.name, lease.attempt)
        if mine and (order.intent_hash, order.external_no) == (intent.hash, intent.external_no):
            return  # stored already: the call that stored it was tried again
        if mine or _alive(connection, order, now, 0):
            raise not_open(shop, order, "is being sent now", "Nothing: the run that sends it reports it.")
        becomes_unconfirmed(connection, shop, order, LOST_ANSWER, now)
        order = locked(connection, shop, intent.uid, intent.generation)
    if not is_newest(connection, shop, order):
        raise not_open(shop, order, "has a newer version under another number")
    if order.state is OrderState.UNCONFIRMED:
        if not may_repeat(
            allowed_by_person=order.resend_allowed,
            trusted=intent.trusted,
            repeats=order.repeats,
            max_repeats=intent.max_repeats,
        ):
            raise not_open(
                shop,
                order,
                "is not sent again without somebody's word",
                "Look for the order in Specter, then answer in the form of order_export_single.",
            )
        repeat, repeats = True, order.repeats + 1
    _check_number(connection, order, intent)
    values = {
        "external_no": intent.external_no,
        "specter_customer_no": intent.specter_customer_no,
        "intent_at": intent.at,
        "intent_hash": intent.hash,
        "intent_lease": lease.name,
        "intent_attempt": lease.attempt,
        "attempt_hashes": [*order.attempt_hashes, intent.hash],
        "repeat": repeat,
        "repeats": repeats,
        "reason": "",
        "rule": "",
        "remedy": "",
    }
    for name in ("content_hash", "snapshot", "proof"):
        if (given := getattr(intent, name)) is not None:
            values[name] = given
    move(connection, shop, order, OrderState.INTENT, now, values)


def _check_number(connection: Connection, order: OrderRecord, intent: OrderIntent) -> None:
    if order.external_no is not None and order.external_no != intent.external_no:
        raise RecordError(
            f"Shop {intent.shop}: order {order.number} was begun under number {order.external_no} and keeps it; "
            f"it cannot be sent as {intent.external_no}.",
            rule="external_no_frozen",
            remedy="Nothing: the next run sends it under the number it had.",
        )
    if order.external_no is None:
        told = {"of_shop": intent.shop, "of_number": intent.external_no}
        if connection.execute(_TAKEN, told).scalar_one():
            raise _taken(intent)


def _taken(intent: OrderIntent) -> RecordError:
    return RecordError(
        f"Shop {intent.shop}: number {intent.external_no} was used for another order already.",
        rule="external_no_taken",
        remedy="Two orders of the shop have the same number: give one another number in the shop, or link it by hand.",
    )


class _numbers_are_unique:  # noqa: N801  (used as a block)
    """Two writers of PostgreSQL may take the same new number at once; the index stops the second one."""

    def __init__(self, intent: Intended | None) -> None:
        self._intent = intent

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if (
            isinstance(error, IntegrityError)
            and isinstance(self._intent, OrderIntent)
            and "external_no" in str(error.orig)
        ):
            raise _taken(self._intent) from error


def _opened_under(connection: Connection, shop: str, lease: Lease) -> list[OrderRecord]:
    """Open intents that earlier holders of the lease left behind, locked."""
    told = {"of_shop": shop, "of_lease": lease.name, "of_attempt": lease.attempt}
    found = [locked(connection, shop, *key) for key in connection.execute(_OPENED_UNDER, told).all()]
    return [order for order in found if order.state is OrderState.INTENT]


def _let_settle(
    connection: Connection,
    shop: str,
    customer_key: str,
    lease: Lease,
    opened: list[OrderRecord],
    now: datetime,
    settle_seconds: float,
) -> None:
    """Refuses the lease while a write of its former owner may still be on its way (rule 4)."""
    if lease.previous_expired_at is None:
        return
    left = (lease.previous_expired_at + timedelta(seconds=settle_seconds) - now).total_seconds()
    if left <= 0:
        return
    customer = select(CustomerSync.open_intents).where(
        CustomerSync.shop == shop,
        CustomerSync.customer_key == customer_key,
        CustomerSync.intent_lease == lease.name,
        CustomerSync.intent_attempt != lease.attempt,
    )
    if opened or connection.execute(customer).scalar():
        raise LeaseHeldError(
            f"{lease.name}: {lease.previous_owner} stopped in the middle of a write, which may still arrive; "
            f"nothing is sent for {left:.0f} s more.",
            remedy="Nothing: it is tried again.",
            seconds_left=left,
        )


def _alive(connection: Connection, order: OrderRecord, now: datetime, settle_seconds: float) -> bool:
    """Whether whoever holds the intent may still be at work (or its write on its way)."""
    wanted = select(LeaseRow.attempt).where(
        and_(
            LeaseRow.name == order.intent_lease,
            LeaseRow.attempt == order.intent_attempt,
            LeaseRow.released_at.is_(None),
            LeaseRow.expires_at > now - timedelta(seconds=settle_seconds),
        )
    )
    return connection.execute(wanted).first() is not None
