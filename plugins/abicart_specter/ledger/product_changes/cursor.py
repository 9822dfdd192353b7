"""How far a shop's changes were read (the change export's counterpart of rule 6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.models import Run
from abicart_specter.ledger.product_changes.models import ChangeCursorRow
from abicart_specter.ledger.product_changes.records import ReadingState

FULL_EXPORT = "product_export"


def state(db: Database, shop: str) -> ReadingState:
    """How far the shop's changes were read."""
    wanted = select(ChangeCursorRow.read_to, ChangeCursorRow.indexed_at).where(ChangeCursorRow.shop == shop)
    with db.read() as connection:
        row = connection.execute(wanted).first()
    return ReadingState() if row is None else ReadingState(*row)


def indexed_before(connection: Connection, shop: str) -> bool:
    """Whether the whole catalogue was read before."""
    wanted = select(ChangeCursorRow.indexed_at).where(ChangeCursorRow.shop == shop)
    return connection.execute(wanted).scalar() is not None


def move_cursor(db: Database, shop: str, to: datetime) -> None:
    """Every change before ``to`` was noticed. A time before the one on record changes nothing."""
    insert = upsert(db.backend, ChangeCursorRow).values(shop=shop, read_to=to)
    kept = ChangeCursorRow.read_to
    with db.write() as connection:
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["shop"],
                set_={"read_to": insert.excluded.read_to},
                where=or_(kept.is_(None), kept < insert.excluded.read_to),
            )
        )


def catalogue_was_read(db: Database, connection: Connection, shop: str, read_at: datetime) -> None:
    """The index is whole. The first time, changes count from the beginning of the first product export on.

    Products were sent as they were then; what changed since must be looked at. Without any export, from now on.
    """
    first = connection.execute(
        select(func.min(Run.started_at)).where(Run.shop == shop, Run.flow == FULL_EXPORT)
    ).scalar()
    insert = upsert(db.backend, ChangeCursorRow)
    start = read_at if first is None else min(first, read_at)
    connection.execute(
        insert.values(shop=shop, read_to=start, indexed_at=read_at).on_conflict_do_update(
            index_elements=["shop"],
            set_={"indexed_at": insert.excluded.indexed_at},
            where=or_(
                ChangeCursorRow.indexed_at.is_(None),
                ChangeCursorRow.indexed_at < insert.excluded.indexed_at,
            ),
        )
    )
