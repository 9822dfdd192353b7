"""What a queue told of a field over all time, for questions that the newest row alone does not answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import func, select

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.models import InboxRow

_BATCH = 5_000


def iter_told(
    db: Database, account: str, function: str, fields: Collection[str]
) -> Iterator[tuple[str, str, int]]:
    """(product number, value, newest row id) of every value that these fields ever had, by row id."""
    after = 0
    while True:
        newest = (
            select(InboxRow.product_number, InboxRow.value, func.max(InboxRow.id).label("row_id"))
            .where(
                InboxRow.account == account,
                InboxRow.function == function,
                InboxRow.field.in_(sorted(fields)),
                InboxRow.value.is_not(None),
            )
            .group_by(InboxRow.product_number, InboxRow.value)
            .having(func.max(InboxRow.id) > after)
            .order_by("row_id")
            .limit(_BATCH)
        )
        with db.read() as connection:
            rows = connection.execute(newest).all()
        for row in rows:
            yield row.product_number, row.value, row.row_id
        if len(rows) < _BATCH:
            return
        after = rows[-1].row_id
