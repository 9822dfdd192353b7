"""Clean-up of imports: the detail of old runs, inbox rows that newer ones replaced, and old batches.

The newest row of each product number and field stays for good: it is what Specter told last. So does the batch that it
came with (rule 33 asks when that can have been opened), and of each queue the newest batch and the newest that told
anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, exists, func, select
from sqlalchemy.orm import aliased

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.import_models import ImportChange, ImportHeld, ImportPartRow
from abicart_specter.ledger.import_records import ImportsPruned
from abicart_specter.ledger.models import InboxRow, QueueBatchRow
from abicart_specter.ledger.sync_records import BatchState

_SLICE = 5000


def prune_runs(db: Database, run_rows: list[int]) -> ImportsPruned:
    """Drops planned changes, held values and parts of these runs (``run.id``), each run in a transaction of its own."""
    changes = held = parts = 0
    for run_row in run_rows:
        with db.write() as connection:
            changes += connection.execute(delete(ImportChange).where(ImportChange.run == run_row)).rowcount
            held += connection.execute(delete(ImportHeld).where(ImportHeld.run == run_row)).rowcount
            parts += connection.execute(delete(ImportPartRow).where(ImportPartRow.run == run_row)).rowcount
    return ImportsPruned(changes, held, parts)


def prune_queues(db: Database, days: int) -> ImportsPruned:
    """Drops, of all queues, inbox rows older than ``days`` that a newer one replaced, and acknowledged batches as old
    that no row belongs to any more.
    """
    with db.read() as connection:
        long_ago = db.now(connection) - timedelta(days=days)
    return ImportsPruned(inbox_rows=_superseded(db, long_ago), batches=_batches(db, long_ago))


def _superseded(db: Database, long_ago: datetime) -> int:
    """In slices by id, which grows with time, so that nobody waits long for the ledger."""
    newer = aliased(InboxRow)
    replaced = exists().where(
        newer.account == InboxRow.account,
        newer.function == InboxRow.function,
        newer.number_hash == InboxRow.number_hash,
        newer.field == InboxRow.field,
        newer.product_number == InboxRow.product_number,
        newer.id > InboxRow.id,
    )
    gone, position = 0, 0
    while True:
        with db.write() as connection:
            rows = connection.execute(
                select(InboxRow.id, InboxRow.seen_at)
                .where(InboxRow.id > position)
                .order_by(InboxRow.id)
                .limit(_SLICE)
            ).all()
            old = [row.id for row in rows if row.seen_at < long_ago]
            if not old:
                return gone
            gone += connection.execute(
                delete(InboxRow).where(InboxRow.id > position, InboxRow.id <= old[-1], replaced)
            ).rowcount
        position = old[-1]


def _batches(db: Database, long_ago: datetime) -> int:
    time = QueueBatchRow.read_at.type
    told = case((func.coalesce(QueueBatchRow.row_count, 1) > 0, QueueBatchRow.read_at))
    with db.read() as connection:
        queues = connection.execute(
            select(
                QueueBatchRow.account,
                QueueBatchRow.function,
                func.max(QueueBatchRow.read_at, type_=time).label("newest"),
                func.max(told, type_=time).label("newest_telling"),
            ).group_by(QueueBatchRow.account, QueueBatchRow.function)
        ).all()
    gone = 0
    for queue in queues:
        with_rows = exists().where(
            InboxRow.account == QueueBatchRow.account,
            InboxRow.function == QueueBatchRow.function,
            InboxRow.batch_no == QueueBatchRow.batch_no,
        )
        kept = [moment for moment in (queue.newest, queue.newest_telling) if moment is not None]
        with db.write() as connection:
            gone += connection.execute(
                delete(QueueBatchRow).where(
                    QueueBatchRow.account == queue.account,
                    QueueBatchRow.function == queue.function,
                    QueueBatchRow.state == BatchState.ACKNOWLEDGED,
                    QueueBatchRow.acknowledged_at < long_ago,
                    QueueBatchRow.read_at.not_in(kept),
                    ~with_rows,
                )
            ).rowcount
    return gone
