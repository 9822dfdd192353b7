"""Clean-up of order status: tracking numbers lead to a person's parcel and go; what was told and done stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.models import InboxRow
from abicart_specter.ledger.status.told import FUNCTION, TRACKING
from abicart_specter.ledger.status_models import OrderStatusRow

_SLICE = 2000


def forget_tracking(db: Database, shop: str, days: int) -> int:
    """Empties the tracking numbers of the shop's orders of which nothing was told for so many days, and those that lie
    as long in the inbox of any queue of orders. Returns of how many orders.
    """
    with db.write() as connection:
        before = db.now(connection) - timedelta(days=days)
        orders = connection.execute(
            update(OrderStatusRow)
            .where(
                OrderStatusRow.shop == shop,
                OrderStatusRow.told_at < before,
                or_(OrderStatusRow.tracking_number != "", OrderStatusRow.tracking_written != ""),
            )
            .values(tracking_number="", tracking_written="")
        ).rowcount
    last = 0
    while True:
        old = (
            select(InboxRow.id)
            .where(
                InboxRow.id > last,
                InboxRow.function == FUNCTION,
                InboxRow.field == TRACKING,
                InboxRow.value.is_not(None),
                InboxRow.seen_at < before,
            )
            .order_by(InboxRow.id)
            .limit(_SLICE)
        )
        with db.write() as connection:
            ids = list(connection.execute(old).scalars())
            for id_ in ids:
                connection.execute(update(InboxRow).where(InboxRow.id == id_).values(value=None))
        if len(ids) < _SLICE:
            return orders
        last = ids[-1]
