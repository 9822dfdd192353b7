"""Whether a shop's part of the ledger is whole, how far its rebuild is, and whether the ledger went back in time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, select, update

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.models import Binding, InboxRow, Item, LedgerIdentity, Run
from abicart_specter.ledger.order_models import OrderScan, OrderSync
from abicart_specter.ledger.rebuild.models import LedgerBeat, RebuildRow
from abicart_specter.ledger.rebuild.records import Rebuild

Step = Literal["orders_done_at", "products_done_at"]
_COLUMNS = tuple(getattr(RebuildRow, name) for name in Rebuild.__dataclass_fields__)


def rebuild_of(db: Database, shop: str) -> Rebuild | None:
    """The last rebuild of a shop; ``None``: it never needed one."""
    with db.read() as connection:
        return _rebuild(connection, shop)


def blocked(db: Database, shop: str) -> str:
    """Why nothing may be done for a shop before its rebuild has finished; empty when it is whole."""
    with db.read() as connection:
        kept, replaces = _rebuild(connection, shop), replaced(connection)
    if kept is not None and not kept.finished:
        return "is under way" if kept.begun_at is not None else "is needed"
    if kept is None and replaces is not None:
        return "is needed"
    return ""


def require_whole(db: Database, shop: str) -> None:
    """:raises LedgerError: the shop's part of the ledger is not rebuilt yet."""
    if why := blocked(db, shop):
        raise LedgerError(
            f"Shop {shop}: the ledger was lost or restored from a backup, and its rebuild {why}: nobody knows which "
            "orders went to Specter. Nothing was sent.",
            remedy=f"Run ledger_rebuild__{shop}, first with “Dry run”. A shop that is new runs it too, once; it takes "
            "a moment. When it is green, everything else runs as before.",
        )


def replaced(connection: Connection) -> str | None:
    """The id of the lost ledger that this one stands for, if any."""
    return connection.execute(select(LedgerIdentity.replaces)).scalar()


def replace_lost(db: Database, lost_id: str) -> None:
    """Says that this ledger, which is empty, stands for one that is lost: each shop must be rebuilt first.

    :raises LedgerError: something is in it already.
    """
    with db.write() as connection:
        if replaced(connection) == lost_id:
            return
        for model in (Binding, Run, Item, OrderSync, InboxRow):
            if connection.execute(select(func.count()).select_from(model)).scalar_one():
                raise LedgerError(
                    f"The ledger in the {db.place} is in use: it cannot stand for another one.",
                    remedy="Make a new database or file for it. If this is an old backup of the same ledger: "
                    "python -m abicart_specter.ledger restored.",
                )
        connection.execute(update(LedgerIdentity).values(replaces=lost_id))


def restored(db: Database, at: datetime | None) -> dict[str, datetime]:
    """Says that this ledger is an old backup: each of its shops must be rebuilt from then on. Returns those times.

    :param at: when the backup was made; without, when each shop's last run was seen.
    """
    with db.write() as connection:
        shops = connection.execute(select(Binding.shop, Binding.bound_at).order_by(Binding.shop)).all()
        times = {shop: at or _last_seen(connection, shop) or bound_at for shop, bound_at in shops}
        for shop, known_good in times.items():
            need(db, connection, shop, known_good)
    return times


def need(db: Database, connection: Connection, shop: str, known_good: datetime | None) -> None:
    """A shop needs a rebuild; one that is needed or under way already stays as it is."""
    insert = upsert(db.backend, RebuildRow)
    values = {"needed_since": db.now(connection), "known_good": known_good}
    empty = ("since", "cut", "begun_at", "orders_done_at", "products_done_at", "finished_at")
    connection.execute(
        insert.values(shop=shop, **values).on_conflict_do_update(
            index_elements=["shop"],
            set_={**values, **dict.fromkeys(empty)},
            where=RebuildRow.finished_at.is_not(None),
        )
    )


def begin(
    db: Database, shop: str, since: datetime, cut: datetime, known_good: datetime | None, *, asked_for: bool
) -> Rebuild:
    """Begins a shop's rebuild, or goes on with one that began: that one keeps its own times.

    :param cut: orders placed from then on surely did not go.
    :param asked_for: a person says that the ledger is not whole, although it does not know it itself.
    :raises LedgerError: the shop's part of the ledger is whole.
    """
    with db.write() as connection:
        kept, replaces = _rebuild(connection, shop), replaced(connection)
        needed = (kept is not None and not kept.finished) or (kept is None and replaces is not None)
        if not needed:
            if not asked_for:
                raise not_needed(shop)
            need(db, connection, shop, known_good)
        elif kept is None:
            need(db, connection, shop, None)
        connection.execute(
            update(RebuildRow)
            .where(RebuildRow.shop == shop, RebuildRow.begun_at.is_(None))
            .values(since=since, cut=cut, begun_at=db.now(connection))
        )
        begun = _rebuild(connection, shop)
    if begun is None:
        raise LedgerError(f"Shop {shop}: the rebuild that just began is gone.")
    return begun


def not_needed(shop: str) -> LedgerError:
    """A rebuild of a ledger that is whole would ask about orders that nobody has any doubt about."""
    return LedgerError(
        f"Shop {shop}: this ledger is whole as far as it knows: there is nothing to rebuild. Nothing was done.",
        remedy="If an old backup of it was put in place, fill in “The ledger knows everything up to”.",
    )


def step_done(db: Database, shop: str, step: Step) -> None:
    """A step of the rebuild is done; said again, it changes nothing."""
    with db.write() as connection:
        column = getattr(RebuildRow, step)
        connection.execute(
            update(RebuildRow)
            .where(RebuildRow.shop == shop, column.is_(None))
            .values({step: db.now(connection)})
        )


def finish(db: Database, shop: str) -> None:
    """The shop's part of the ledger is whole again.

    :raises LedgerError: a step is missing.
    """
    with db.write() as connection:
        now = db.now(connection)
        kept = _rebuild(connection, shop)
        if kept is None or kept.orders_done_at is None or kept.products_done_at is None:
            raise LedgerError(
                f"Shop {shop}: the rebuild is not complete: its orders or its products are not done.",
                remedy=f"Trigger ledger_rebuild__{shop} again.",
            )
        connection.execute(
            update(RebuildRow)
            .where(RebuildRow.shop == shop, RebuildRow.finished_at.is_(None))
            .values(finished_at=now)
        )


def beat(db: Database, shop: str) -> datetime:
    """Says that a run uses this ledger now; returns the time to be kept outside of it."""
    insert = upsert(db.backend, LedgerBeat)
    with db.write() as connection:
        now = db.now(connection)
        connection.execute(
            insert.values(shop=shop, at=now).on_conflict_do_update(
                index_elements=["shop"],
                set_={"at": insert.excluded.at},
                where=LedgerBeat.at < insert.excluded.at,
            )
        )
    return now


def last_beat(db: Database, shop: str) -> datetime | None:
    """The newest one."""
    with db.read() as connection:
        return connection.execute(select(LedgerBeat.at).where(LedgerBeat.shop == shop)).scalar()


def _last_seen(connection: Connection, shop: str) -> datetime | None:
    seen = connection.execute(select(LedgerBeat.at).where(LedgerBeat.shop == shop)).scalar()
    if seen is not None:
        return seen
    return connection.execute(select(OrderScan.scanned_to).where(OrderScan.shop == shop)).scalar()


def _rebuild(connection: Connection, shop: str) -> Rebuild | None:
    row = connection.execute(select(*_COLUMNS).where(RebuildRow.shop == shop)).first()
    return None if row is None else Rebuild(*row)
