"""One pair (shop value, Specter value) per item and field: what both systems held at the last confirmed write.

"Changed" means different from this pair, never from an older value (rule 22). The pair is replaced at each confirmed
write in either direction. An import stores the values it is about to write before it writes them; they stay beside
the settled pair until a settlement with the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, null, select, update

from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import by_kind
from abicart_specter.ledger.models import PairRow
from abicart_specter.ledger.sync_records import Pair, PairOrigin, PairValues

PairKey = tuple[ItemKey, str]
"""An item and a field."""
_KEY = ["shop", "kind", "uid", "field"]


def pairs(db: Database, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, dict[str, Pair]]:
    """The pairs of these items by field; an item without any has an empty dictionary."""
    found: dict[ItemKey, dict[str, Pair]] = {key: {} for key in keys}
    for kind, uids in by_kind(found):
        with db.read() as connection:
            rows = connection.execute(
                select(
                    PairRow.uid,
                    PairRow.field,
                    PairRow.shop_value,
                    PairRow.specter_value,
                    PairRow.settled_at,
                    PairRow.origin,
                    PairRow.intended_shop_value,
                    PairRow.intended_specter_value,
                    PairRow.intended_at,
                ).where(PairRow.shop == shop, PairRow.kind == kind, PairRow.uid.in_(uids))
            )
            for row in rows:
                found[ItemKey(kind, row.uid)][row.field] = Pair(*row[2:])
    return found


def intend_pairs(db: Database, shop: str, values: Sequence[PairValues]) -> None:
    """Stores what an import is about to write. Call it before the write, in its own transaction."""
    if values:
        with db.write() as connection:
            intend_within(db, connection, shop, values)


def intend_within(db: Database, connection: Connection, shop: str, values: Sequence[PairValues]) -> None:
    """``intend_pairs`` as part of a transaction that stores more."""
    insert = upsert(db.backend, PairRow)
    statement = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            name: insert.excluded[name]
            for name in ("intended_shop_value", "intended_specter_value", "intended_at")
        },
    )
    rows = [
        {
            **_key(shop, value),
            "intended_shop_value": value.shop_value,
            "intended_specter_value": value.specter_value,
        }
        for value in _in_order(values)
    ]
    _write(db, connection, statement, rows, "intended_at")


def settle_pairs(
    db: Database,
    shop: str,
    values: Sequence[PairValues],
    origin: PairOrigin,
    no_later: Mapping[PairKey, datetime] | None = None,
) -> None:
    """Replaces the pairs after a confirmed write, and closes an intended one with the same values."""
    if values:
        with db.write() as connection:
            settle_within(db, connection, shop, values, origin, no_later)


def settle_within(
    db: Database,
    connection: Connection,
    shop: str,
    values: Sequence[PairValues],
    origin: PairOrigin,
    no_later: Mapping[PairKey, datetime] | None = None,
) -> None:
    """``settle_pairs`` as part of a transaction that stores more.

    :param no_later: of some pairs the time that they are settled at, instead of now: what Specter told then must not
        pass for older than they are.
    """
    insert = upsert(db.backend, PairRow)
    new = insert.excluded
    as_intended = and_(
        PairRow.intended_shop_value.is_not_distinct_from(new.shop_value),
        PairRow.intended_specter_value.is_not_distinct_from(new.specter_value),
    )
    statement = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "shop_value": new.shop_value,
            "specter_value": new.specter_value,
            "settled_at": new.settled_at,
            "origin": new.origin,
            "intended_shop_value": case((as_intended, null()), else_=PairRow.intended_shop_value),
            "intended_specter_value": case((as_intended, null()), else_=PairRow.intended_specter_value),
            "intended_at": case((as_intended, null()), else_=PairRow.intended_at),
        },
    )
    rows = [
        {
            **_key(shop, value),
            "shop_value": value.shop_value,
            "specter_value": value.specter_value,
            "origin": origin,
        }
        for value in _in_order(values)
    ]
    _write(db, connection, statement, rows, "settled_at", no_later)


def drop_intended_within(connection: Connection, shop: str, values: Sequence[PairValues]) -> None:
    """Forgets intended values whose write surely did not happen, where nobody intends others since."""
    for value in _in_order(values):
        connection.execute(
            update(PairRow)
            .where(
                PairRow.shop == shop,
                PairRow.kind == value.key.kind,
                PairRow.uid == value.key.uid,
                PairRow.field == value.field,
                PairRow.intended_shop_value.is_not_distinct_from(value.shop_value),
                PairRow.intended_specter_value.is_not_distinct_from(value.specter_value),
            )
            .values(intended_shop_value=None, intended_specter_value=None, intended_at=None)
        )


def _key(shop: str, value: PairValues) -> dict[str, Any]:
    return {"shop": shop, "kind": value.key.kind, "uid": value.key.uid, "field": value.field}


def _in_order(values: Sequence[PairValues]) -> list[PairValues]:
    # Always in the same order: two writers of PostgreSQL that lock rows in different orders would deadlock.
    return sorted(values, key=lambda value: (value.key, value.field))


def _write(
    db: Database,
    connection: Connection,
    statement: Any,
    rows: list[dict[str, Any]],
    time_column: str,
    no_later: Mapping[PairKey, datetime] | None = None,
) -> None:
    if rows:
        now, times = db.now(connection), no_later or {}
        connection.execute(
            statement,
            [
                {
                    **row,
                    time_column: min(now, times.get((ItemKey(row["kind"], row["uid"]), row["field"]), now)),
                }
                for row in rows
            ],
        )
