"""Specter's number on its way into the shop's ``externalOrderNumber``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.order_models import OrderSync
from abicart_specter.ledger.order_records import MarkWritten, PendingMark
from abicart_specter.ledger.order_rules import WriteBack
from abicart_specter.ledger.orders.rows import THIS

# Built once: to build a statement takes longer than to run it.
_TRIED = (
    update(OrderSync)
    .where(*THIS, OrderSync.write_back != WriteBack.DONE)
    .values(write_back_tries=OrderSync.write_back_tries + 1)
)
_DONE = _TRIED.values(external_mark=OrderSync.specter_order_no)


def pending_write_back(db: Database, shop: str, limit: int) -> list[PendingMark]:
    """Numbers still to be written into the shop; those tried least often first, then the oldest orders."""
    wanted = (
        select(
            OrderSync.uid,
            OrderSync.generation,
            OrderSync.number,
            OrderSync.specter_order_no,
            OrderSync.content_hash,
            OrderSync.write_back_tries.label("tries"),
        )
        .where(
            OrderSync.shop == shop,
            OrderSync.write_back == WriteBack.PENDING,
            OrderSync.specter_order_no.is_not(None),
        )
        .order_by(OrderSync.write_back_tries, OrderSync.ordered_at, OrderSync.uid)
        .limit(limit)
    )
    with db.read() as connection:
        return [PendingMark(**row._mapping) for row in connection.execute(wanted)]


def record_written_back(db: Database, shop: str, marks: Sequence[MarkWritten]) -> None:
    """Says what became of writing numbers back, in one transaction. What is done stays done."""
    if not marks:
        return
    with db.write() as connection:
        now = db.now(connection)
        for mark in sorted(marks, key=lambda one: (one.uid, one.generation)):
            told = {
                "of_shop": shop,
                "of_uid": mark.uid,
                "of_generation": mark.generation,
                "write_back_words": mark.words,
            }
            if mark.ok:
                connection.execute(_DONE, told | {"write_back": WriteBack.DONE, "written_back_at": now})
            elif mark.final:
                connection.execute(_TRIED, told | {"write_back": WriteBack.GIVEN_UP})
            else:
                connection.execute(_TRIED, told)
