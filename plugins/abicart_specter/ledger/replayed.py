"""Batches put back from the journal of raw answers into a ledger that lost them (rule 27)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import stable_hash
from abicart_specter.ledger.models import InboxRow, QueueBatchRow
from abicart_specter.ledger.sync_records import BatchState, InboxState, ReplayedBatch


def store_replayed(db: Database, account: str, function: str, batches: Iterable[ReplayedBatch]) -> int:
    """Stores batches that were read before, all in one transaction; returns how many.

    :param batches: oldest first, and up to the last one that was read: the newest row of a number and field is the
        one stored last, also over what the ledger holds already.

    A batch that the ledger does not know counts as acknowledged: if Specter still holds it open, the next read says so.
    When it was opened is not known. One that the ledger knows keeps its state. In one transaction, because half of the
    batches would make old values look like the newest.
    """
    stored = 0
    with db.write() as connection:
        for batch in batches:
            _store(connection, db.backend, account, function, batch)
            stored += 1
    return stored


def _store(connection: Connection, backend: str, account: str, function: str, batch: ReplayedBatch) -> None:
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
