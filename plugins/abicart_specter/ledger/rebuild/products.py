"""Items of which nobody knows what Specter has, since the ledger that knew it is lost (rule 24)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import by_kind
from abicart_specter.ledger.models import InboxRow, QueueBatchRow
from abicart_specter.ledger.rebuild.models import ItemDoubt


def doubt_items(db: Database, shop: str, keys: Iterable[ItemKey], known_since: datetime | None) -> None:
    """Of these items only what Specter told after ``known_since`` counts as known; with ``None``, whatever it told."""
    rows = [
        {"shop": shop, "kind": key.kind, "uid": key.uid, "known_since": known_since} for key in sorted(keys)
    ]
    if rows:
        insert = upsert(db.backend, ItemDoubt)
        later = insert.on_conflict_do_update(
            index_elements=["shop", "kind", "uid"], set_={"known_since": insert.excluded.known_since}
        )
        with db.write() as connection:
            connection.execute(later, rows)


def doubts(db: Database, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, datetime | None]:
    """Those of the items that are in doubt, each with the time from which on what was told counts."""
    found: dict[ItemKey, datetime | None] = {}
    for kind, uids in by_kind(keys):
        wanted = select(ItemDoubt.uid, ItemDoubt.known_since).where(
            ItemDoubt.shop == shop, ItemDoubt.kind == kind, ItemDoubt.uid.in_(uids)
        )
        with db.read() as connection:
            found.update({ItemKey(kind, row.uid): row.known_since for row in connection.execute(wanted)})
    return found


def doubtful_items(db: Database, shop: str) -> int:
    """How many items are in doubt."""
    with db.read() as connection:
        return connection.execute(
            select(func.count()).select_from(ItemDoubt).where(ItemDoubt.shop == shop)
        ).scalar_one()


def newest_row(db: Database, account: str, function: str) -> int:
    """The id of the newest row that a queue told; 0 without any."""
    wanted = select(func.max(InboxRow.id)).where(InboxRow.account == account, InboxRow.function == function)
    with db.read() as connection:
        return int(connection.execute(wanted).scalar() or 0)


def newest_answers(db: Database, accounts: Iterable[str], since: datetime) -> list[str]:
    """Where the journal keeps the newest answer of each queue of these accounts, of those read since then."""
    newest: list[str] = []
    with db.read() as connection:
        for account in sorted(set(accounts)):
            functions = select(QueueBatchRow.function).where(QueueBatchRow.account == account).distinct()
            for function in connection.execute(functions).scalars().all():
                reference = connection.execute(
                    select(QueueBatchRow.journal_ref)
                    .where(
                        QueueBatchRow.account == account,
                        QueueBatchRow.function == function,
                        QueueBatchRow.journal_ref.is_not(None),
                        QueueBatchRow.read_at >= since,
                    )
                    .order_by(QueueBatchRow.read_at.desc())
                    .limit(1)
                ).scalar()
                if reference is not None:
                    newest.append(reference)
    return newest
