"""Which product numbers a shop has to look at: those told of since its last look, and those left open by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.import_models import ImportLook, ImportOpen
from abicart_specter.ledger.import_records import LookAt, OpenNumber, QueueActivity
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import InboxRow, QueueBatchRow

_SLICE = 1000


def numbers_to_look_at(
    db: Database, shop: str, account: str, function: str, fields: Collection[str] = ()
) -> LookAt:
    """The product numbers with inbox rows newer than the shop's last look, and its open ones, sorted.

    ``to_row_id`` is for ``record_looked``: rows that come in meanwhile are above it and wait for the next look.

    :param fields: those that are looked at. One that was not, last time, has all its rows before it: what was told
        while it was switched off is looked at when it is switched on.
    """
    own = (InboxRow.account == account, InboxRow.function == function)
    marks = _marks(function, fields) or [function]
    with db.read() as connection:
        found = {
            row.function: row.to_row_id
            for row in connection.execute(
                select(ImportLook.function, ImportLook.to_row_id).where(
                    ImportLook.shop == shop, ImportLook.function.in_(marks)
                )
            )
        }
        looked = min(found.get(mark, 0) for mark in marks)
        newer = (*own, InboxRow.id > looked)
        # The newest first: on PostgreSQL, rows may come in between two statements, and those wait for the next look.
        newest = connection.execute(select(func.max(InboxRow.id)).where(*newer)).scalar()
        told = set(connection.execute(select(InboxRow.product_number).where(*newer).distinct()).scalars())
        told.update(
            connection.execute(
                select(ImportOpen.product_number).where(
                    ImportOpen.shop == shop, ImportOpen.function == function
                )
            ).scalars()
        )
    return LookAt(sorted(told), newest or looked)


def _marks(function: str, fields: Collection[str]) -> list[str]:
    """Under which names it is kept up to which row each field was looked at."""
    return [f"{function}/{name}" for name in sorted(fields)]


def record_looked(
    db: Database,
    shop: str,
    function: str,
    to_row_id: int,
    open_numbers: Mapping[str, str],
    fields: Collection[str] = (),
) -> None:
    """The shop has looked at everything up to that row; these numbers stay open, with why. In one transaction.

    Of other fields than ``fields`` it is forgotten what was looked at.

    Replaces the open numbers of before; one that stays keeps the time since when it is open. The look never moves
    back, but the open numbers are always those of the last call.
    """
    look = upsert(db.backend, ImportLook)
    with db.write() as connection:
        now = db.now(connection)
        since: dict[str, datetime] = {
            row.product_number: row.since
            for row in connection.execute(
                select(ImportOpen.product_number, ImportOpen.since).where(
                    ImportOpen.shop == shop, ImportOpen.function == function
                )
            )
        }
        connection.execute(delete(ImportOpen).where(ImportOpen.shop == shop, ImportOpen.function == function))
        for part in slices(sorted(open_numbers), _SLICE):  # a whole catalogue's rows at once would take 60 MB
            connection.execute(
                insert(ImportOpen),
                [
                    {
                        "shop": shop,
                        "function": function,
                        "product_number": number,
                        "why": open_numbers[number],
                        "since": since.get(number, now),
                    }
                    for number in part
                ],
            )
        marks = _marks(function, fields)
        connection.execute(
            delete(ImportLook).where(
                ImportLook.shop == shop,
                ImportLook.function.startswith(f"{function}/", autoescape=True),
                ImportLook.function.not_in(marks),
            )
        )
        connection.execute(
            look.on_conflict_do_update(
                index_elements=["shop", "function"],
                set_={
                    "to_row_id": func.max(ImportLook.to_row_id, look.excluded.to_row_id)
                    if db.backend == "sqlite"
                    else func.greatest(ImportLook.to_row_id, look.excluded.to_row_id),
                    "looked_at": look.excluded.looked_at,
                },
            ),
            [
                {"shop": shop, "function": name, "to_row_id": to_row_id, "looked_at": now}
                for name in (function, *marks)
            ],
        )


def iter_open(db: Database, shop: str, function: str, batch: int = 1000) -> Iterator[OpenNumber]:
    """The shop's open numbers with why and since when, by number as they were recorded."""
    position = 0
    wanted = (
        select(ImportOpen.id, ImportOpen.product_number, ImportOpen.why, ImportOpen.since)
        .where(ImportOpen.shop == shop, ImportOpen.function == function)
        .order_by(ImportOpen.id)
        .limit(batch)
    )
    while True:
        with db.read() as connection:
            rows = connection.execute(wanted.where(ImportOpen.id > position)).all()
        yield from (OpenNumber(*row[1:]) for row in rows)
        if len(rows) < batch:
            return
        position = rows[-1].id


def batch_openings(
    db: Database, account: str, function: str, batch_nos: list[str]
) -> dict[str, datetime | None]:
    """Of each batch a time before which it surely was not opened; ``None`` when nothing is known (rule 33)."""
    found: dict[str, datetime | None] = dict.fromkeys(batch_nos)
    for part in slices(sorted(found), 500):
        with db.read() as connection:
            rows = connection.execute(
                select(QueueBatchRow.batch_no, QueueBatchRow.opened_after).where(
                    QueueBatchRow.account == account,
                    QueueBatchRow.function == function,
                    QueueBatchRow.batch_no.in_(part),
                )
            )
            found.update({row.batch_no: row.opened_after for row in rows})
    return found


def queue_activity(db: Database, account: str, function: str) -> QueueActivity:
    """Since when the queue is read, when it was read last, and when it last told anything (rule 31)."""
    own = (QueueBatchRow.account == account, QueueBatchRow.function == function)
    time = QueueBatchRow.read_at.type
    with db.read() as connection:
        first, last = connection.execute(
            select(
                func.min(QueueBatchRow.read_at, type_=time), func.max(QueueBatchRow.read_at, type_=time)
            ).where(*own)
        ).one()
        # A batch of an older revision does not say how many rows it had: it counts as having told something.
        told = connection.execute(
            select(func.max(QueueBatchRow.read_at, type_=time)).where(
                *own, func.coalesce(QueueBatchRow.row_count, 1) > 0
            )
        ).scalar()
    return QueueActivity(first, last, told)
