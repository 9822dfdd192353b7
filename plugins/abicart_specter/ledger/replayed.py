"""Batches put back from the journal of raw answers into a ledger that lost them (rule 27)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import stable_hash
from abicart_specter.ledger.models import InboxRow, QueueBatchRow
from abicart_specter.ledger.sync_records import BatchState, InboxState, ReplayedBatch


def store_replayed(db: Database, account: str, function: str, batches: Iterable[ReplayedBatch]) -> int:
    """Stores batches that were read before, all in one transaction; returns how many.

    :param batches: oldest first, and up to the last one that was read: the newest row of a number and field is the
        one stored last, also over what the ledger holds already.

    A batch that the ledger does not know counts as acknowledged: if Specter still holds it open, the next read says so.
    It was opened after the one before it was read, which was still open until then; of the first one nothing is known.
    One that the ledger knows keeps its state. In one transaction, because half of the batches would make old values
    look like the newest.
    """
    stored, before = 0, None
    with db.write() as connection:
        for batch in batches:
            if before is None:
                before = _read_before(connection, account, function, batch.read_at)
            _store(connection, db.backend, account, function, batch, before)
            before = batch.read_at
            stored += 1
    return stored


def _read_before(connection: Connection, account: str, function: str, moment: datetime) -> datetime | None:
    return connection.execute(
        select(func.max(QueueBatchRow.read_at, type_=QueueBatchRow.read_at.type)).where(
            QueueBatchRow.account == account,
            QueueBatchRow.function == function,
            QueueBatchRow.read_at < moment,
        )
    ).scalar()


def _store(
    connection: Connection,
    backend: str,
    account: str,
    function: str,
    batch: ReplayedBatch,
    opened_after: datetime | None,
) -> None:
    connection.execute(
        upsert(backend, QueueBatchRow)
        .values(
            account=account,
            function=function,
            batch_no=batch.batch_no,
            state=BatchState.ACKNOWLEDGED,
            journal_ref=batch.journal_ref,
            in_flight_at=batch.read_at,
            read_at=batch.read_at,
            acknowledged_at=batch.read_at,
            opened_after=opened_after,
            row_count=len(batch.rows),
        )
        .on_conflict_do_nothing()
    )
    if batch.rows:
        connection.execute(
            upsert(backend, InboxRow),
            [
                {
                    "account": account,
                    "function": function,
                    "batch_no": batch.batch_no,
                    "product_number": row.product_number,
                    "number_hash": stable_hash(row.product_number),
                    "field": row.field,
                    "value": row.value,
                    "seen_at": batch.read_at,
                    "state": InboxState.NEW,
                }
                for row in batch.rows
            ],
        )
