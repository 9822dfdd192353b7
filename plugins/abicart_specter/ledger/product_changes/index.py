"""The index of a shop's whole catalogue: kept by what changed, renewed by every reading of everything.

A reading is known by the time at which it began. What a reading that began later has told of an article is never
replaced by an earlier one's, so that a long reading of everything and the short ones of changes may go on side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_

from abicart_specter.domain.records import Kind
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import StagedArticleRow, StagedItemRow
from abicart_specter.ledger.product_changes.cursor import catalogue_was_read, indexed_before
from abicart_specter.ledger.product_changes.due import forget, notice
from abicart_specter.ledger.product_changes.models import ShopItemRow
from abicart_specter.ledger.product_changes.records import IndexCounts
from abicart_specter.ledger.product_changes.rows import Entry, compare, entries, neighbours, store
from abicart_specter.ledger.records import RunKey, StagedArticle, StagingState
from abicart_specter.ledger.runs import row_id
from abicart_specter.ledger.staging import require_state

_BATCH = 2000
_SLICE = 500
_STAGED = tuple(getattr(StagedItemRow, name) for name in Entry._fields)


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


def index_staging(db: Database, run: RunKey, read_at: datetime) -> None:
    """Renew the index by the whole catalogue that a run has staged.

    What differs from the index waits to be looked at by the next run on change, and where a number changed hands since,
    whoever has it: should the shop not move an article's time of change when something about it changes, it is found
    here.
    """
    with db.read() as connection:
        waits = indexed_before(connection, run.shop)
    position: ColumnElement[bool] | None = None
    kept: list[Entry] = []
    while True:
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            wanted = select(*_STAGED).where(StagedItemRow.run == own)
            if position is not None:
                wanted = wanted.where(position)
            order = (StagedItemRow.article_uid, StagedItemRow.kind, StagedItemRow.uid)
            rows = connection.execute(wanted.order_by(*order).limit(_BATCH)).all()
        read = kept + [Entry(*row) for row in rows]
        at_end = len(rows) < _BATCH
        # An article whose items go on in the next batch waits for it: half of it would look like a deletion.
        last = None if at_end else read[-1].article_uid
        kept = [entry for entry in read if entry.article_uid == last]
        _renew(db, run, [entry for entry in read if entry.article_uid != last], read_at, waits=waits)
        if at_end:
            break
        end = rows[-1]
        position = tuple_(*order) > tuple_(
            literal(end.article_uid), literal(end.kind, Word(Kind)), literal(end.uid)
        )
    _drop_missing(db, run, read_at)
    index_made(db, run.shop, read_at)


def _renew(db: Database, run: RunKey, now: list[Entry], read_at: datetime, *, waits: bool) -> None:
    uids = {entry.article_uid for entry in now}
    with db.read() as connection:
        if not compare(connection, run.shop, uids, now, read_at):
            return
    for part in slices(sorted(uids), _SLICE):
        of_part = set(part)
        some = [entry for entry in now if entry.article_uid in of_part]
        with db.write() as connection:
            difference = compare(connection, run.shop, of_part, some, read_at)
            if waits:
                own = row_id(connection, run)
                touched = neighbours(connection, run.shop, difference.touched)
                differ = {entry.article_uid for entry in difference.put}
                notice(db, connection, run.shop, own, differ | touched, read_at)
            store(db, connection, run.shop, difference, read_at)


def _drop_missing(db: Database, run: RunKey, read_at: datetime) -> None:
    """Articles of the index that the reading did not find, and that no later one told of."""
    while True:
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            gone = connection.execute(
                select(ShopItemRow.article_uid)
                .outerjoin(
                    StagedArticleRow,
                    and_(
                        StagedArticleRow.run == own, StagedArticleRow.article_uid == ShopItemRow.article_uid
                    ),
                )
                .where(ShopItemRow.shop == run.shop, StagedArticleRow.article_uid.is_(None))
                .group_by(ShopItemRow.article_uid)
                .having(func.max(ShopItemRow.read_at) <= read_at)
                .limit(_SLICE)
            ).scalars()
            uids = list(gone)
        if not uids:
            return
        deleted(db, run, uids, read_at)


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
    wanted = select(*(getattr(ShopItemRow, name) for name in Entry._fields)).where(ShopItemRow.shop == shop)
    shared: dict[Any, str] = {}
    while True:
        with db.read() as connection:
            page = wanted if position is None else wanted.where(position)
            rows = connection.execute(page.order_by(*order).limit(_BATCH)).all()
        for row in rows:
            if row.article_uid in without:
                continue
            for name, value in zip(Entry._fields, row, strict=True):
                if name in ("price", "vat_rate") and value is not None:
                    value = shared.setdefault(value, str(value))
                columns[name].append(value)
        if len(rows) < _BATCH:
            return
        end = rows[-1]
        position = tuple_(*order) > tuple_(
            literal(end.article_uid), literal(end.kind, Word(Kind)), literal(end.uid)
        )
