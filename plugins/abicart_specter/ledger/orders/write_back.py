"""Specter's number on its way into the shop's ``externalOrderNumber``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.order_models import OrderSync
from abicart_specter.ledger.order_records import MarkWritten, PendingMark
from abicart_specter.ledger.order_rules import WriteBack


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
            this = (
                OrderSync.shop == shop,
                OrderSync.uid == mark.uid,
                OrderSync.generation == mark.generation,
                OrderSync.write_back != WriteBack.DONE,
            )
            if mark.ok:
                values = {
                    "write_back": WriteBack.DONE,
                    "written_back_at": now,
                    "external_mark": OrderSync.specter_order_no,
                    "write_back_words": mark.words,
                }
            else:
                values = {"write_back_words": mark.words}
                if mark.final:
                    values["write_back"] = WriteBack.GIVEN_UP
            values["write_back_tries"] = OrderSync.write_back_tries + 1
            connection.execute(update(OrderSync).where(*this).values(**values))
