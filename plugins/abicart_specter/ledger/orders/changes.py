"""How orders differ by now from what was sent: found once, listed until they are dealt with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import and_, null, select, update

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.order_models import OrderChangeRow, OrderSync
from abicart_specter.ledger.order_records import OrderChange
from abicart_specter.ledger.orders.rows import uid_slices

_COLUMNS = (
    OrderChangeRow.uid,
    OrderSync.number,
    OrderSync.specter_order_no,
    OrderChangeRow.kind,
    OrderChangeRow.hash,
    OrderChangeRow.differences,
    OrderChangeRow.first_seen,
    OrderChangeRow.last_seen,
    OrderChangeRow.closed_at,
    OrderChangeRow.closed_by,
    OrderChangeRow.closed_why,
)


def record_change(
    db: Database, shop: str, uid: int, hash_: str, kind: str, differences: Sequence[Any]
) -> bool:
    """Says that an order differs. Returns whether this is news: not known yet, or with another content than before.

    A change that a person closed stays closed while its hash is the same.
    """
    insert = upsert(db.backend, OrderChangeRow)
    with db.write() as connection:
        now = db.now(connection)
        row = connection.execute(
            select(OrderChangeRow.hash, OrderChangeRow.closed_at, OrderChangeRow.closed_by)
            .where(OrderChangeRow.shop == shop, OrderChangeRow.uid == uid, OrderChangeRow.kind == kind)
            .with_for_update()
        ).first()
        same = row is not None and row.hash == hash_
        undone = row is not None and row.closed_at is not None and not row.closed_by
        news = not same or undone
        values = {"hash": hash_, "differences": list(differences), "last_seen": now}
        if news:
            values |= {"closed_at": null(), "closed_by": "", "closed_why": ""}
        made = insert.values(
            shop=shop,
            uid=uid,
            kind=kind,
            hash=hash_,
            differences=list(differences),
            first_seen=now,
            last_seen=now,
            closed_by="",
            closed_why="",
        )
        connection.execute(made.on_conflict_do_update(index_elements=["shop", "uid", "kind"], set_=values))
    return news


def open_changes(db: Database, shop: str) -> list[OrderChange]:
    """The changes that nobody dealt with, the newest first seen last."""
    return _changes(db, shop, closed=False)


def changes_of(db: Database, shop: str, uid: int) -> list[OrderChange]:
    """Every change of an order, also those that are closed."""
    return _changes(db, shop, closed=True, uid=uid)


def close_change(db: Database, shop: str, uid: int, kind: str, *, who: str, why: str) -> None:
    """A person dealt with a change in Specter."""
    with db.write() as connection:
        connection.execute(
            update(OrderChangeRow)
            .where(
                OrderChangeRow.shop == shop,
                OrderChangeRow.uid == uid,
                OrderChangeRow.kind == kind,
                OrderChangeRow.closed_at.is_(None),
            )
            .values(closed_at=db.now_sql(), closed_by=who, closed_why=why)
        )


def changes_undone(db: Database, shop: str, uids: Iterable[int], kinds: Collection[str]) -> int:
    """These orders were looked at and are as they were sent: their open changes of these kinds are closed."""
    closed = 0
    for part in uid_slices(uids):
        with db.write() as connection:
            closed += connection.execute(
                update(OrderChangeRow)
                .where(
                    OrderChangeRow.shop == shop,
                    OrderChangeRow.uid.in_(part),
                    OrderChangeRow.kind.in_(sorted(kinds)),
                    OrderChangeRow.closed_at.is_(None),
                )
                .values(closed_at=db.now_sql(), closed_why="the order is again as it was sent")
            ).rowcount
    return closed


def _changes(db: Database, shop: str, *, closed: bool, uid: int | None = None) -> list[OrderChange]:
    same = and_(
        OrderSync.shop == OrderChangeRow.shop,
        OrderSync.uid == OrderChangeRow.uid,
        OrderSync.superseded.is_(False),
    )
    wanted = select(*_COLUMNS).join(OrderSync, same).where(OrderChangeRow.shop == shop)
    if not closed:
        wanted = wanted.where(OrderChangeRow.closed_at.is_(None))
    if uid is not None:
        wanted = wanted.where(OrderChangeRow.uid == uid)
    ordered = wanted.order_by(OrderChangeRow.first_seen, OrderChangeRow.uid, OrderChangeRow.kind)
    with db.read() as connection:
        return [OrderChange(*row) for row in connection.execute(ordered)]
