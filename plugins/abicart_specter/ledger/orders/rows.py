"""Reading and locking rows of orders, for the other rooms here.

Locks are taken in one order everywhere: lease, order, customer. On SQLite a write transaction has the whole ledger
to itself; on PostgreSQL the order's row is locked before it is judged, so that no two writers judge the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.errors import OrderNotOpenError
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.order_models import OrderDecision, OrderSync
from abicart_specter.ledger.order_records import OrderRecord, SentOrder
from abicart_specter.ledger.order_rules import OrderState, may_move

SLICE = 500
RECORD_COLUMNS = tuple(getattr(OrderSync, name) for name in OrderRecord.__dataclass_fields__)
SENT_COLUMNS = tuple(getattr(OrderSync, name) for name in SentOrder.__dataclass_fields__)


# Built once: to build a statement takes longer than to run it.
_ORDER = (OrderSync.shop == bindparam("of_shop"), OrderSync.uid == bindparam("of_uid"))
THIS = (*_ORDER, OrderSync.generation == bindparam("of_generation"))
"""Conditions of one generation of an order, as parameters."""
_NEWEST = select(*RECORD_COLUMNS).where(*_ORDER, OrderSync.superseded.is_(False)).with_for_update()
_GENERATION = select(*RECORD_COLUMNS).where(*THIS).with_for_update()
_SUPERSEDED = select(OrderSync.superseded).where(*THIS)
_CHANGE = update(OrderSync).where(*THIS)
_STANDING = select(
    OrderSync.state, OrderSync.specter_order_no, OrderSync.other_numbers, OrderSync.version_unknown
).where(*THIS)


def record(row: Row[Any]) -> OrderRecord:
    """The record of a row of ``RECORD_COLUMNS``."""
    values = dict(row._mapping)
    for name in ("other_numbers", "attempt_hashes"):
        values[name] = tuple(values[name])
    return OrderRecord(**values)


def locked(connection: Connection, shop: str, uid: int, generation: int | None = None) -> OrderRecord:
    """One generation of an order (the newest without ``generation``), locked until the transaction ends.

    Raises ``LedgerError`` for an order that no scan recorded.
    """
    told: dict[str, Any] = {"of_shop": shop, "of_uid": uid}
    if generation is not None:
        told["of_generation"] = generation
    row = connection.execute(_NEWEST if generation is None else _GENERATION, told).first()
    if row is None:
        raise LedgerError(
            f"Shop {shop}: the ledger knows no order {uid}"
            + (f" (generation {generation})." if generation else "."),
            remedy="Let a run find the order first: the scan records every order before it is sent.",
        )
    return record(row)


def is_newest(connection: Connection, shop: str, order: OrderRecord) -> bool:
    """Whether no later generation of the order exists."""
    return not connection.execute(_SUPERSEDED, _told(shop, order.uid, order.generation)).scalar_one()


def standing(connection: Connection, shop: str, uid: int, generation: int) -> Row[Any]:
    """State, Specter's number, further numbers and ``version_unknown`` of a locked order, as they are now."""
    return connection.execute(_STANDING, _told(shop, uid, generation)).one()


def change(connection: Connection, shop: str, order: OrderRecord, values: Mapping[str, Any]) -> None:
    """Writes columns of a locked order."""
    connection.execute(_CHANGE, {**_told(shop, order.uid, order.generation), **values})


def move(
    connection: Connection,
    shop: str,
    order: OrderRecord,
    to: OrderState,
    now: datetime,
    values: Mapping[str, Any],
) -> None:
    """Moves a locked order to another state, if the table of ``order_rules`` allows it.

    Raises ``OrderNotOpenError`` otherwise. A move to the state it is in only writes ``values``.
    """
    if order.state is to:
        change(connection, shop, order, values)
        return
    if not may_move(order.state, to, repeat=order.repeat):
        raise not_open(shop, order, f"cannot become {to.value}")
    change(connection, shop, order, {**values, "state": to, "state_since": now})


def not_open(shop: str, order: OrderRecord, why: str, remedy: str = "") -> OrderNotOpenError:
    """The error of a step that the order's state does not allow."""
    return OrderNotOpenError(
        f"Shop {shop}: order {order.number} is {order.words()}; it {why}.", state=order.state, remedy=remedy
    )


def decided(
    db: Database,
    connection: Connection,
    shop: str,
    order: OrderRecord,
    what: str,
    *,
    who: str,
    why: str,
) -> None:
    """Records what a person decided, or what came late."""
    connection.execute(
        insert(OrderDecision).values(
            shop=shop,
            uid=order.uid,
            generation=order.generation,
            what=what,
            who=who,
            why=why,
            at=db.now(connection),
        )
    )


def uid_slices(uids: Iterable[int]) -> Iterable[list[int]]:
    """Uids in slices for an IN condition, ascending."""
    return slices(sorted(set(uids)), SLICE)


def _told(shop: str, uid: int, generation: int) -> dict[str, Any]:
    """The parameters that ``THIS`` takes."""
    return {"of_shop": shop, "of_uid": uid, "of_generation": generation}
