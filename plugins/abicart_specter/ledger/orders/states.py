"""Reading what the ledger says of orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.order_answers import PersonsDecision
from abicart_specter.ledger.order_models import OrderDecision, OrderSync
from abicart_specter.ledger.order_records import OrderRecord, SentOrder
from abicart_specter.ledger.order_rules import SETTLED, OrderState
from abicart_specter.ledger.orders.rows import RECORD_COLUMNS, SENT_COLUMNS, SLICE, record, uid_slices

# Built once: to build a statement takes longer than to run it.
_THESE = (OrderSync.shop == bindparam("of_shop"), OrderSync.uid.in_(bindparam("of_uids", expanding=True)))
_STATES = select(*RECORD_COLUMNS).where(*_THESE, OrderSync.superseded.is_(False))
_SENT = (
    select(*SENT_COLUMNS)
    .where(*_THESE, OrderSync.state.in_(sorted(SETTLED)))
    .order_by(OrderSync.uid, OrderSync.generation)
)


def states(db: Database, shop: str, uids: Iterable[int]) -> dict[int, OrderRecord]:
    """The newest generation of every order on record; one that the ledger does not know is left out."""
    found: dict[int, OrderRecord] = {}
    for part in uid_slices(uids):
        with db.read() as connection:
            rows = connection.execute(_STATES, {"of_shop": shop, "of_uids": part})
            found.update({row.uid: record(row) for row in rows})
    return found


def generations(db: Database, shop: str, uid: int) -> list[OrderRecord]:
    """Every generation of an order, the first one first."""
    wanted = select(*RECORD_COLUMNS).where(OrderSync.shop == shop, OrderSync.uid == uid)
    with db.read() as connection:
        return [record(row) for row in connection.execute(wanted.order_by(OrderSync.generation))]


def find(db: Database, shop: str, names: Iterable[str]) -> dict[str, list[OrderRecord]]:
    """Name → the newest generation of each order with that order number or, of digits only, that uid (rule 13).

    Names that fit no order are left out. More than one order under a name is for a person to settle.
    """
    found: dict[str, list[OrderRecord]] = {}
    for part in slices(sorted(set(names)), SLICE):
        uids = {int(name): name for name in part if name.isascii() and name.isdigit() and len(name) < 19}
        wanted = select(*RECORD_COLUMNS).where(
            OrderSync.shop == shop,
            OrderSync.superseded.is_(False),
            or_(OrderSync.number.in_(part), OrderSync.uid.in_(list(uids))),
        )
        with db.read() as connection:
            for row in connection.execute(wanted.order_by(OrderSync.uid)):
                order = record(row)
                for name in sorted({order.number, uids.get(order.uid, order.number)} & set(part)):
                    found.setdefault(name, []).append(order)
    return found


def sent_orders(db: Database, shop: str, uids: Iterable[int]) -> dict[int, SentOrder]:
    """What was sent of those orders that are in Specter, by the newest generation that is."""
    found: dict[int, SentOrder] = {}
    for part in uid_slices(uids):
        with db.read() as connection:
            rows = connection.execute(_SENT, {"of_shop": shop, "of_uids": part})
            found.update({row.uid: SentOrder(**row._mapping) for row in rows})
    return found


def proof(db: Database, shop: str, uid: int) -> Mapping[str, Any] | None:
    """The stored proof (``Proof.as_document``) of the newest generation that has one."""
    wanted = (
        select(OrderSync.proof)
        .where(OrderSync.shop == shop, OrderSync.uid == uid, OrderSync.proof.is_not(None))
        .order_by(OrderSync.generation.desc())
        .limit(1)
    )
    with db.read() as connection:
        kept: Mapping[str, Any] | None = connection.execute(wanted).scalar()
    return kept


def decisions(db: Database, shop: str, uid: int) -> list[PersonsDecision]:
    """What persons decided about an order, and what came late, oldest first."""
    columns = (
        OrderDecision.uid,
        OrderDecision.generation,
        OrderDecision.what,
        OrderDecision.who,
        OrderDecision.why,
        OrderDecision.at,
    )
    wanted = select(*columns).where(OrderDecision.shop == shop, OrderDecision.uid == uid)
    with db.read() as connection:
        return [PersonsDecision(*row) for row in connection.execute(wanted.order_by(OrderDecision.id))]


def state_counts(db: Database, shop: str) -> dict[OrderState, int]:
    """How many orders (newest generations) stand in each state; every state is named."""
    counts = dict.fromkeys(OrderState, 0)
    wanted = (
        select(OrderSync.state, func.count().label("orders"))
        .where(OrderSync.shop == shop, OrderSync.superseded.is_(False))
        .group_by(OrderSync.state)
    )
    with db.read() as connection:
        counts.update({row.state: row.orders for row in connection.execute(wanted)})
    return counts


def in_state(db: Database, shop: str, state: OrderState, limit: int) -> list[OrderRecord]:
    """Orders (newest generations) in a state, oldest first."""
    wanted = select(*RECORD_COLUMNS).where(
        OrderSync.shop == shop, OrderSync.state == state, OrderSync.superseded.is_(False)
    )
    ordered = wanted.order_by(OrderSync.ordered_at, OrderSync.uid).limit(limit)
    with db.read() as connection:
        return [record(row) for row in connection.execute(ordered)]


def double_orders(db: Database, shop: str) -> list[OrderRecord]:
    """Orders of which Specter answered more than one number for the same generation (rule 4), and of which nobody has
    said since that one was cancelled there.
    """
    wanted = select(*RECORD_COLUMNS).where(OrderSync.shop == shop, OrderSync.other_numbers != [])
    with db.read() as connection:
        doubles = [record(row) for row in connection.execute(wanted.order_by(OrderSync.uid))]
        if not doubles:
            return []
        wanted = select(OrderDecision.uid, OrderDecision.generation, OrderDecision.what).where(
            OrderDecision.shop == shop, OrderDecision.uid.in_([one.uid for one in doubles])
        )
        settled = {(row.uid, row.generation, row.what) for row in connection.execute(wanted)}
    return [one for one in doubles if (one.uid, one.generation, double_settled(one)) not in settled]


def double_settled(order: OrderRecord) -> str:
    """What a person decides who cancelled one of the two; it names the numbers, so that a third one is news."""
    numbers = ", ".join(sorted(str(number) for number in (order.specter_order_no, *order.other_numbers)))
    return f"one of {numbers} is cancelled in Specter"
