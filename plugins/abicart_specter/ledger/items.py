"""What Specter has of each item, over all runs. These rows are never pruned (rule 3).

The order of writing is: ``record_intent`` committed, then the call, then ``record_created`` or ``record_sent`` right
after. Each may be repeated, and a late answer of an owner that lost its lease is stored all the same (rule 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, case, func, null, select

from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import by_kind, slices
from abicart_specter.ledger.models import Item
from abicart_specter.ledger.records import Created, Intent, ItemState, Sent
from abicart_specter.ledger.staged_reads import STATE_COLUMNS

_KEY = ["shop", "kind", "uid"]


def item_states(db: Database, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, ItemState]:
    """The state of every key asked for; an empty one for an item that was never written."""
    states = {key: ItemState() for key in keys}
    for kind, uids in by_kind(states):
        with db.read() as connection:
            rows = connection.execute(
                select(Item.uid, *STATE_COLUMNS).where(
                    Item.shop == shop, Item.kind == kind, Item.uid.in_(uids)
                )
            )
            states.update({ItemKey(kind, uid): ItemState(*state) for uid, *state in rows})
    return states


def created_numbers(db: Database, shop: str, numbers: Iterable[str]) -> set[str]:
    """Which of these product numbers Specter has by a confirmed write of ours, whatever item they belong to."""
    found: set[str] = set()
    for part in slices(sorted(set(numbers)), 500):
        with db.read() as connection:
            rows = connection.execute(
                select(Item.created_number).where(Item.shop == shop, Item.created_number.in_(part)).distinct()
            )
            found.update(number for (number,) in rows if number is not None)
    return found


def record_intent(db: Database, shop: str, intents: Sequence[Intent]) -> None:
    """Says that these rows are about to be written. Call it before the write, in its own transaction."""
    rows = [{**_key(shop, intent.key), "intent_hash": intent.hash} for intent in _in_order(intents)]
    _write(db, _intent(db.backend), rows, "intent_at")


def record_created(db: Database, shop: str, created: Sequence[Created]) -> None:
    """Says that these items exist in Specter under these numbers. The first time of a number is kept.

    The intent stays open: the complete row (pass 2 of rule 25) is still to come.
    """
    rows = [
        {
            **_key(shop, made.key),
            "created_number": made.product_number,
            "stock_managed_at_first": made.stock_managed,
        }
        for made in _in_order(created)
    ]
    _write(db, _created(db.backend), rows, "created_in_specter_at")


def record_sent(db: Database, shop: str, sent: Sequence[Sent]) -> None:
    """Says that these complete rows were confirmed. Closes the intent, unless a newer one is open by now."""
    if sent:
        with db.write() as connection:
            store_sent(db, connection, shop, sent)


def store_sent(db: Database, connection: Connection, shop: str, sent: Sequence[Sent]) -> None:
    """``record_sent`` inside a transaction that is open."""
    now = db.now(connection)
    connection.execute(
        _sent(db.backend),
        [
            {
                **_key(shop, row.key),
                "sent_number": row.product_number,
                "sent_hash": row.hash,
                "sent_values": row.values,
                "sent_at": now,
            }
            for row in _in_order(sent)
        ],
    )


@cache
def _intent(backend: str) -> Executable:
    insert = upsert(backend, Item)
    return insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={"intent_hash": insert.excluded.intent_hash, "intent_at": insert.excluded.intent_at},
    )


@cache
def _created(backend: str) -> Executable:
    insert = upsert(backend, Item)
    return insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "created_number": insert.excluded.created_number,
            "created_in_specter_at": insert.excluded.created_in_specter_at,
            "stock_managed_at_first": func.coalesce(
                Item.stock_managed_at_first, insert.excluded.stock_managed_at_first
            ),
        },
        where=Item.created_number.is_distinct_from(insert.excluded.created_number),
    )


@cache
def _sent(backend: str) -> Executable:
    insert = upsert(backend, Item)
    same_intent = Item.intent_hash == insert.excluded.sent_hash
    return insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "sent_number": insert.excluded.sent_number,
            "sent_hash": insert.excluded.sent_hash,
            "sent_values": insert.excluded.sent_values,
            "sent_at": insert.excluded.sent_at,
            "intent_hash": case((same_intent, null()), else_=Item.intent_hash),
            "intent_at": case((same_intent, null()), else_=Item.intent_at),
        },
    )


def _key(shop: str, key: ItemKey) -> dict[str, Any]:
    return {"shop": shop, "kind": key.kind, "uid": key.uid}


def _in_order(rows: Sequence[Any]) -> list[Any]:
    # Always in the same order: two writers of PostgreSQL that lock rows in different orders would deadlock.
    return sorted(rows, key=lambda row: row.key)


def _write(db: Database, statement: Executable, rows: list[dict[str, Any]], time_column: str) -> None:
    if not rows:
        return
    with db.write() as connection:
        now = db.now(connection)
        connection.execute(statement, [{**row, time_column: now} for row in rows])
