"""The index of a shop's whole catalogue: kept by what changed, renewed by every reading of everything.

A reading is known by the time at which it began. What a reading that began later has told of an article is never
replaced by an earlier one's, so that a long reading of everything and the short ones of changes may go on side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal, select, tuple_, type_coerce

from abicart_specter.domain.records import Kind
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.product_changes.cursor import catalogue_was_read
from abicart_specter.ledger.product_changes.due import forget, notice
from abicart_specter.ledger.product_changes.models import ShopItemRow
from abicart_specter.ledger.product_changes.records import IndexCounts
from abicart_specter.ledger.product_changes.rows import (
    COLUMNS,
    Entry,
    compare,
    entries,
    neighbours,
    store,
)
from abicart_specter.ledger.records import RunKey, StagedArticle
from abicart_specter.ledger.runs import row_id

_BATCH = 2000
_SLICE = 500
TEXTS = ("price", "vat_rate")
"""Decimals that are kept as their own text."""


def changed(db: Database, run: RunKey, articles: Sequence[StagedArticle], read_at: datetime) -> None:
    """Articles that changed: they and whoever shares a number with one of them, before or now, wait to be looked at.

    One transaction with the index, so that nobody is forgotten whose number was taken or given back.
    """
    uids = {article.article_uid for article in articles}
    now = entries([item for article in articles for item in article.items])
    with db.write() as connection:
        own = row_id(connection, run)
        difference = compare(connection, run.shop, uids, now, read_at)
        touched = neighbours(connection, run.shop, difference.touched)
        notice(db, connection, run.shop, own, uids | touched, read_at)
        store(db, connection, run.shop, difference, read_at)


def deleted(db: Database, run: RunKey, uids: Collection[int], read_at: datetime) -> None:
    """Articles that the shop no longer has: whoever has one of their numbers waits to be looked at."""
    for part in slices(sorted(uids), _SLICE):
        with db.write() as connection:
            own = row_id(connection, run)
            difference = compare(connection, run.shop, part, (), read_at)
            touched = neighbours(connection, run.shop, difference.touched) - set(part)
            forget(connection, run.shop, part)
            notice(db, connection, run.shop, own, touched, read_at)
            store(db, connection, run.shop, difference, read_at)


def index_articles(db: Database, shop: str, articles: Sequence[StagedArticle], read_at: datetime) -> None:
    """A page of the whole catalogue into an index that is being made; nothing waits by it."""
    uids = {article.article_uid for article in articles}
    now = entries([item for article in articles for item in article.items])
    with db.write() as connection:
        store(db, connection, shop, compare(connection, shop, uids, now, read_at), read_at)


def index_made(db: Database, shop: str, read_at: datetime) -> None:
    """The index holds the whole catalogue as of a reading that began then."""
    with db.write() as connection:
        catalogue_was_read(db, connection, shop, read_at)


def counts(db: Database, shop: str) -> IndexCounts:
    """How many articles and items the index holds."""
    with db.read() as connection:
        row = connection.execute(
            select(func.count(func.distinct(ShopItemRow.article_uid)), func.count()).where(
                ShopItemRow.shop == shop
            )
        ).one()
    return IndexCounts(*row)


def article_uids(db: Database, shop: str) -> set[int]:
    """The articles of the index, by uid."""
    with db.read() as connection:
        return set(
            connection.execute(
                select(ShopItemRow.article_uid).where(ShopItemRow.shop == shop).distinct()
            ).scalars()
        )


def add_other_columns(db: Database, shop: str, columns: dict[str, Any], without: Collection[int]) -> None:
    """Add to the columns of ``validation_columns`` every item of the index but those of some articles."""
    position: ColumnElement[bool] | None = None
    order = (ShopItemRow.article_uid, ShopItemRow.kind, ShopItemRow.uid)
    narrow = [
        type_coerce(column, Text) if name in TEXTS else column
        for name, column in zip(Entry._fields, COLUMNS, strict=True)
    ]
    wanted = select(*narrow).where(ShopItemRow.shop == shop)
    where = Entry._fields.index("article_uid")
    shared: dict[str | None, str | None] = {}
    while True:
        with db.read() as connection:
            page = wanted if position is None else wanted.where(position)
            rows = connection.execute(page.order_by(*order).limit(_BATCH)).all()
        others = [row for row in rows if row[where] not in without]
        for name, values in zip(Entry._fields, zip(*others, strict=True), strict=False):
            columns[name].extend(
                (shared.setdefault(value, value) for value in values) if name in TEXTS else values
            )
        if len(rows) < _BATCH:
            return
        end = rows[-1]
        position = tuple_(*order) > tuple_(
            literal(end.article_uid), literal(end.kind, Word(Kind)), literal(end.uid)
        )
