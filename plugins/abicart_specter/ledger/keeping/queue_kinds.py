"""What goes of queues, which shops may share: inbox rows that newer ones replaced, and old batches.

The newest row of each product number and field stays for good: it is what Specter told last. So does the batch that it
came with (rule 33 asks when that can have been opened), every batch that is not acknowledged, and of each queue the
newest batch and the newest that told anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keeping.kinds import Kind
from abicart_specter.ledger.keeping.order_kinds import of_queues
from abicart_specter.ledger.keeping.records import Keep
from abicart_specter.ledger.models import InboxRow, QueueBatchRow
from abicart_specter.ledger.sync_records import BatchState


def queue_kinds(db: Database, keep: Keep, now: datetime) -> Iterator[Kind]:
    """Of the accounts' queues: rows that were replaced long ago, and batches that no row that stays belongs to."""
    long_ago = now - timedelta(days=keep.inbox_days)
    yield Kind(
        "inbox_rows",
        InboxRow,
        of_queues(keep, InboxRow.account),
        _replaced(InboxRow, long_ago),
        InboxRow.seen_at,
    )
    stays = aliased(InboxRow)
    with_rows = exists(
        select(stays.id).where(
            stays.account == QueueBatchRow.account,
            stays.function == QueueBatchRow.function,
            stays.batch_no == QueueBatchRow.batch_no,
            ~_replaced(stays, long_ago),
        )
    )
    yield Kind(
        "batches",
        QueueBatchRow,
        of_queues(keep, QueueBatchRow.account),
        and_(
            QueueBatchRow.state == BatchState.ACKNOWLEDGED,
            QueueBatchRow.acknowledged_at < long_ago,
            ~_newest_of_a_queue(db),
            ~with_rows,
        ),
        QueueBatchRow.in_flight_at,
    )


def _replaced(row: type[InboxRow], long_ago: datetime) -> ColumnElement[bool]:
    newer = aliased(InboxRow)
    return and_(
        row.seen_at < long_ago,
        exists(
            select(newer.id).where(
                newer.account == row.account,
                newer.function == row.function,
                newer.number_hash == row.number_hash,
                newer.field == row.field,
                newer.product_number == row.product_number,
                newer.id > row.id,
            )
        ),
    )


def _newest_of_a_queue(db: Database) -> ColumnElement[bool]:
    """The newest batch that was read of each queue, and the newest that told anything."""
    time = QueueBatchRow.read_at.type
    # A batch of an older revision does not say how many rows it had: it counts as having told something.
    told = case((func.coalesce(QueueBatchRow.row_count, 1) > 0, QueueBatchRow.read_at))
    with db.read() as connection:
        queues = connection.execute(
            select(
                QueueBatchRow.account,
                QueueBatchRow.function,
                func.max(QueueBatchRow.read_at, type_=time),
                func.max(told, type_=time),
            ).group_by(QueueBatchRow.account, QueueBatchRow.function)
        ).all()
    kept = [
        and_(
            QueueBatchRow.account == account,
            QueueBatchRow.function == function,
            QueueBatchRow.read_at.in_([moment for moment in moments if moment is not None]),
        )
        for account, function, *moments in queues
    ]
    return or_(false(), *kept)
