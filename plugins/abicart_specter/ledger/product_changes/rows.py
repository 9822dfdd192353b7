"""Rows of the catalogue's index: made from items, compared with what is there, put in its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Executable, delete, func, select

from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import by_kind, fold_hash, slices
from abicart_specter.ledger.models import Item
from abicart_specter.ledger.product_changes.models import ShopItemRow

MOST_NEIGHBOURS = 50
"""Items that share a number so often stay duplicates whatever one of them does."""

_SLICE = 500


class Entry(NamedTuple):
    """One item as the index keeps it, without its shop and its time; in the order of ``COLUMNS``."""

    kind: Kind
    uid: int
    article_uid: int
    product_number: str | None
    own_number: bool
    price: Decimal | None
    vat_rate: Decimal | None
    stock_managed: bool | None
    is_package: bool

    @property
    def key(self) -> ItemKey:
        """The item's identity."""
        return ItemKey(self.kind, self.uid)

    @classmethod
    def of(cls, item: CatalogueItem) -> Entry:
        """An item's entry."""
        return cls(
            item.key.kind,
            item.key.uid,
            item.article_uid,
            item.product_number,
            item.own_number,
            item.price_regular,
            item.vat_rate,
            item.stock_managed,
            item.is_package,
        )


COLUMNS = tuple(getattr(ShopItemRow, name) for name in Entry._fields)


@dataclass(slots=True)
class Difference:
    """How some articles differ from their rows of the index.

    :param touched: numbers that changed hands: whoever else has one of them must be looked at again.
    """

    put: list[Entry] = field(default_factory=list)
    vanished: set[ItemKey] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.put or self.vanished)


def compare(
    connection: Connection, shop: str, uids: Collection[int], now: Iterable[Entry], read_at: datetime
) -> Difference:
    """What of these articles is to be changed in the index. An article that a later reading told of is left alone."""
    before: dict[ItemKey, Entry] = {}
    later: set[int] = set()
    for part in slices(sorted(uids), _SLICE):
        rows = connection.execute(
            select(*COLUMNS, ShopItemRow.read_at).where(
                ShopItemRow.shop == shop, ShopItemRow.article_uid.in_(part)
            )
        )
        for *values, at in rows:
            entry = Entry(*values)
            before[entry.key] = entry
            if at > read_at:
                later.add(entry.article_uid)
    found = Difference()
    present: set[ItemKey] = set()
    for entry in now:
        present.add(entry.key)
        old = before.get(entry.key)
        if entry.article_uid in later or entry == old:
            continue
        found.put.append(entry)
        numbers = {entry.product_number, None if old is None else old.product_number}
        if len(numbers) > 1:
            found.touched.update(number for number in numbers if number is not None)
    for key, old in before.items():
        if key not in present and old.article_uid not in later:
            found.vanished.add(key)
            if old.product_number is not None:
                found.touched.add(old.product_number)
    found.touched |= created_numbers(connection, shop, found.vanished)
    return found


def created_numbers(connection: Connection, shop: str, keys: Collection[ItemKey]) -> set[str]:
    """Under which numbers Specter has these items."""
    found: set[str] = set()
    for kind, uids in by_kind(keys):
        rows = connection.execute(
            select(Item.created_number).where(Item.shop == shop, Item.kind == kind, Item.uid.in_(uids))
        )
        found.update(number for (number,) in rows if number is not None)
    return found


def store(db: Database, connection: Connection, shop: str, difference: Difference, read_at: datetime) -> None:
    """Put the difference into the index."""
    if difference.put:
        in_order = sorted(difference.put, key=lambda entry: entry.key)
        connection.execute(
            _put(db.backend),
            [
                {
                    "shop": shop,
                    **entry._asdict(),
                    "fold_hash": fold_hash(entry.product_number),
                    "read_at": read_at,
                }
                for entry in in_order
            ],
        )
    for kind, uids in by_kind(difference.vanished):
        connection.execute(
            delete(ShopItemRow).where(
                ShopItemRow.shop == shop, ShopItemRow.kind == kind, ShopItemRow.uid.in_(uids)
            )
        )


@cache
def _put(backend: str) -> Executable:
    insert = upsert(backend, ShopItemRow)
    key = ["shop", "kind", "uid"]
    return insert.on_conflict_do_update(
        index_elements=key,
        set_={column.name: column for column in insert.excluded if column.name not in key},
    )


def neighbours(connection: Connection, shop: str, numbers: Iterable[str]) -> set[int]:
    """The articles with an item that has one of these numbers or a twin of it, by uid.

    A number that very many have is left out: they all stay duplicates.
    """
    hashes = {code for number in numbers if (code := fold_hash(number)) is not None}
    found: set[int] = set()
    for part in slices(sorted(hashes), _SLICE):
        few = (
            select(ShopItemRow.fold_hash)
            .where(ShopItemRow.shop == shop, ShopItemRow.fold_hash.in_(part))
            .group_by(ShopItemRow.fold_hash)
            .having(func.count() <= MOST_NEIGHBOURS)
        )
        rows = select(ShopItemRow.article_uid).where(ShopItemRow.shop == shop, ShopItemRow.fold_hash.in_(few))
        found.update(connection.execute(rows).scalars())
    return found


def entries(items: Sequence[CatalogueItem]) -> list[Entry]:
    """Items as the index keeps them."""
    return [Entry.of(item) for item in items]
