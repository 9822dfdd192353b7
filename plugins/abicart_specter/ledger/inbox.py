"""Batches of Specter's change queues, and what they told us (rules 27 and 28).

The order for one batch: ``set_in_flight`` → read → journal → ``store_batch`` → acknowledge at Specter →
``acknowledged``. After a crash ``in_flight`` says where to go on. Queues belong to a Specter account, not to a shop;
one reader at a time, by a lease on (account, function).

Rows are only ever added. Reading a batch twice stores its rows twice; they hold absolute values and the newest row
counts, so nothing is lost or doubled by it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import slices, stable_hash
from abicart_specter.ledger.models import InboxRow, QueueBatchRow
from abicart_specter.ledger.sync_records import BatchState, InboxState, InboxValue, LatestValue, QueueBatch


def set_in_flight(db: Database, account: str, function: str, batch_no: str, *, quoted: bool = False) -> None:
    """Stores a batch's id before it is read, its own or one that Specter quotes. A known batch stays as it is.

    It also keeps a time that surely lies before the batch's opening (rule 33): our own id is opened from now on; a
    ``quoted`` one that we do not know was opened by somebody else, but not before we last read another batch of the
    queue, since that one was still open then. Without such a batch the time is unknown.
    """
    with db.write() as connection:
        now = db.now(connection)
        connection.execute(
            upsert(db.backend, QueueBatchRow)
            .values(
                account=account,
                function=function,
                batch_no=batch_no,
                state=BatchState.IN_FLIGHT,
                in_flight_at=now,
                opened_after=_last_read(connection, account, function) if quoted else now,
            )
            .on_conflict_do_nothing()
        )


def _last_read(connection: Connection, account: str, function: str) -> datetime | None:
    return connection.execute(
        select(func.max(QueueBatchRow.read_at, type_=QueueBatchRow.read_at.type)).where(
            QueueBatchRow.account == account, QueueBatchRow.function == function
        )
    ).scalar()


def in_flight(db: Database, account: str, function: str) -> list[QueueBatch]:
    """The batches that are not acknowledged, oldest first: usually none or one."""
    wanted = (
        select(
            QueueBatchRow.account,
            QueueBatchRow.function,
            QueueBatchRow.batch_no,
            QueueBatchRow.state,
            QueueBatchRow.journal_ref,
            QueueBatchRow.in_flight_at,
            QueueBatchRow.read_at,
            QueueBatchRow.acknowledged_at,
            QueueBatchRow.opened_after,
        )
        .where(
            QueueBatchRow.account == account,
            QueueBatchRow.function == function,
            QueueBatchRow.state != BatchState.ACKNOWLEDGED,
        )
        .order_by(QueueBatchRow.in_flight_at, QueueBatchRow.batch_no)
    )
    with db.read() as connection:
        return [QueueBatch(*row) for row in connection.execute(wanted)]


def store_batch(
    db: Database, account: str, function: str, batch_no: str, rows: Sequence[InboxValue], journal_ref: str
) -> None:
    """Stores all rows of a batch and where its raw answer is kept, in one transaction.

    Raises ``LedgerError`` when the batch's id was not stored before it was read.
    """
    with db.write() as connection:
        now = db.now(connection)
        read = connection.execute(
            update(QueueBatchRow)
            .where(
                QueueBatchRow.account == account,
                QueueBatchRow.function == function,
                QueueBatchRow.batch_no == batch_no,
            )
            .values(state=BatchState.READ, journal_ref=journal_ref, read_at=now, row_count=len(rows))
        ).rowcount
        if read != 1:
            raise LedgerError(f"Batch {batch_no} of {function} ({account}) was read without being in flight.")
        if rows:
            connection.execute(
                upsert(db.backend, InboxRow),
                [
                    {
                        "account": account,
                        "function": function,
                        "batch_no": batch_no,
                        "product_number": row.product_number,
                        "number_hash": stable_hash(row.product_number),
                        "field": row.field,
                        "value": row.value,
                        "seen_at": now,
                        "state": InboxState.NEW,
                    }
                    for row in rows
                ],
            )


def acknowledged(db: Database, account: str, function: str, batch_no: str) -> None:
    """Says that Specter was told that the batch is stored. Raises ``LedgerError`` for one that is not."""
    with db.write() as connection:
        done = connection.execute(
            update(QueueBatchRow)
            .where(
                QueueBatchRow.account == account,
                QueueBatchRow.function == function,
                QueueBatchRow.batch_no == batch_no,
                QueueBatchRow.state != BatchState.IN_FLIGHT,
            )
            .values(state=BatchState.ACKNOWLEDGED, acknowledged_at=db.now(connection))
        ).rowcount
    if done != 1:
        raise LedgerError(
            f"Batch {batch_no} of {function} ({account}) is not stored, so it is not acknowledged."
        )


def latest_values(
    db: Database, account: str, function: str, numbers: Collection[str]
) -> dict[str, dict[str, LatestValue]]:
    """The newest row of each field of these product numbers; a number without rows has an empty dictionary."""
    found: dict[str, dict[str, LatestValue]] = {number: {} for number in numbers}
    for part in slices(sorted(found), 500):
        newest = (
            select(func.max(InboxRow.id))
            .where(
                InboxRow.account == account,
                InboxRow.function == function,
                InboxRow.number_hash.in_([stable_hash(number) for number in part]),
                InboxRow.product_number.in_(part),
            )
            .group_by(InboxRow.product_number, InboxRow.field)
        )
        wanted = select(
            InboxRow.product_number,
            InboxRow.field,
            InboxRow.id,
            InboxRow.value,
            InboxRow.batch_no,
            InboxRow.seen_at,
            InboxRow.state,
        ).where(InboxRow.id.in_(newest))
        with db.read() as connection:
            for row in connection.execute(wanted):
                found[row.product_number][row.field] = LatestValue(*row[2:])
    return found
