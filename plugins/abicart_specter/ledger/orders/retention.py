"""Clean-up of orders: detail goes, the row that says what became of an order never does (rule 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.models import LeaseRow
from abicart_specter.ledger.order_answers import OrdersPruned
from abicart_specter.ledger.order_models import MessageRow, OrderChangeRow, OrderSync
from abicart_specter.ledger.order_rules import SETTLED
from abicart_specter.ledger.orders.begin import lease_name

_SLICE = 2000
_LEASE_DAYS = 30
"""A process that was presumed dead does not come back after so long, so a lease's attempt number may start again."""


def prune_orders(db: Database, shop: str, detail_days: int) -> OrdersPruned:
    """Drops, of one shop: snapshots and proofs of orders that have been in Specter for ``detail_days``; changes closed
    and messages said as long ago; leases given back a month ago. Numbers, hashes and decisions stay.
    """
    with db.read() as connection:
        now = db.now(connection)
    long_ago = now - timedelta(days=detail_days)
    with db.write() as connection:
        changes = connection.execute(
            delete(OrderChangeRow).where(OrderChangeRow.shop == shop, OrderChangeRow.closed_at < long_ago)
        ).rowcount
        messages = connection.execute(
            delete(MessageRow).where(MessageRow.shop == shop, MessageRow.at < long_ago)
        ).rowcount
        leases = connection.execute(
            delete(LeaseRow).where(
                LeaseRow.name.startswith(lease_name(shop, ""), autoescape=True),
                LeaseRow.released_at < now - timedelta(days=_LEASE_DAYS),
            )
        ).rowcount
    return OrdersPruned(_details(db, shop, long_ago), changes, messages, leases)


def _details(db: Database, shop: str, long_ago: datetime) -> int:
    """In slices, so that nobody waits long for the ledger."""
    pruned = 0
    wanted = (
        select(OrderSync.uid, OrderSync.generation)
        .where(
            OrderSync.shop == shop,
            OrderSync.state.in_(sorted(SETTLED)),
            OrderSync.sent_at < long_ago,
            or_(OrderSync.snapshot.is_not(None), OrderSync.proof.is_not(None)),
        )
        .limit(_SLICE)
    )
    while True:
        with db.write() as connection:
            keys = connection.execute(wanted).all()
            for uid, generation in keys:
                connection.execute(
                    update(OrderSync)
                    .where(OrderSync.shop == shop, OrderSync.uid == uid, OrderSync.generation == generation)
                    .values(snapshot=None, proof=None)
                )
        pruned += len(keys)
        if len(keys) < _SLICE:
            return pruned
