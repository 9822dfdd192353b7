"""Orders that a rebuild did not see, found afterwards: listed late by the shop, or asked for by number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.order_models import OrderSync
from abicart_specter.ledger.order_records import FoundOrder
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.rebuild.models import RebuildRow
from abicart_specter.ledger.rebuild.rules import LEDGER_LOST

LOOK = "Look for the order in Specter, then answer in the form of order_export_single: link it, or send it."
UNSEEN = "placed before the ledger was rebuilt, but not among the orders that the shop listed then. It may have gone."
BY_HAND_ALONE = 1
"""``repeats`` of an order that no setting lets be repeated: as if its one repeat had been made (rule 10)."""


def in_question(order: FoundOrder, words: str, now: datetime, *, repeatable: bool) -> dict[str, Any]:
    """The columns of an order that may be in Specter, and nobody knows."""
    return {
        "state": OrderState.UNCONFIRMED,
        "state_since": now,
        "reason": f"Order {order.number}: {words}",
        "rule": LEDGER_LOST,
        "remedy": LOOK,
        "resend_allowed": False,
        "repeats": 0 if repeatable else BY_HAND_ALONE,
    }


def ask_about_unseen(db: Database, connection: Connection, shop: str, new: Sequence[FoundOrder]) -> None:
    """Of orders that were recorded just now, those placed in the time that a rebuild went through are in question.

    One that carries a mark is dealt with as any other (rule 7).
    """
    if not new:
        return
    times = connection.execute(
        select(RebuildRow.since, RebuildRow.cut).where(
            RebuildRow.shop == shop, RebuildRow.since.is_not(None), RebuildRow.cut.is_not(None)
        )
    ).first()
    if times is None:
        return
    now = db.now(connection)
    for order in new:
        if times.since <= order.ordered_at < times.cut and not order.external_mark:
            connection.execute(
                update(OrderSync)
                .where(OrderSync.shop == shop, OrderSync.uid == order.uid, OrderSync.generation == 1)
                .values(in_question(order, UNSEEN, now, repeatable=False))
            )
