"""The index renewed by a reading of the whole catalogue, which a run has staged.

The database compares: of 100,000 items few have changed, and only those are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, func, literal, or_, select

from abicart_specter.ledger.column_types import AnyText, UtcDateTime
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import StagedArticleRow, StagedItemRow
from abicart_specter.ledger.product_changes.cursor import indexed_before
from abicart_specter.ledger.product_changes.due import notice
from abicart_specter.ledger.product_changes.index import deleted, index_made
from abicart_specter.ledger.product_changes.models import ShopItemRow
from abicart_specter.ledger.product_changes.rows import Entry, compare, neighbours, store
from abicart_specter.ledger.records import RunKey, StagingState
from abicart_specter.ledger.staging import require_state

_COPIED = 10_000
_SLICE = 500
_STAGED = tuple(getattr(StagedItemRow, name) for name in Entry._fields)
_KEPT = (*Entry._fields, "fold_hash")


def index_staging(db: Database, run: RunKey, read_at: datetime) -> None:
    """Renew the index by the whole catalogue that a run has staged.

    What differs from the index waits to be looked at by the next run on change, and where a number changed hands since,
    whoever has it: should the shop not move an article's time of change when something about it changes, it is found
    here.

    :param read_at: when the reading began.
    """
    with db.read() as connection:
        renews = indexed_before(connection, run.shop)
    if renews:
        for part in slices(_differing(db, run, read_at), _SLICE):
            _renew(db, run, part, read_at)
        _drop_missing(db, run, read_at)
    else:
        _copy(db, run, read_at)
        _drop_missing(db, run, read_at)
    index_made(db, run.shop, read_at)


def _copy(db: Database, run: RunKey, read_at: datetime) -> None:
    """The first time: everything, by the database itself, and nothing waits by it."""
    insert = upsert(db.backend, ShopItemRow)
    last = -1
    while True:
        with db.write() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            upto = _nth_uid(connection, own, last)
            if upto is None:
                return
            rows = select(
                literal(run.shop, AnyText()),
                literal(read_at, UtcDateTime()),
                *(getattr(StagedItemRow, name) for name in _KEPT),
            ).where(
                StagedItemRow.run == own, StagedItemRow.article_uid > last, StagedItemRow.article_uid <= upto
            )
            connection.execute(
                insert.from_select(["shop", "read_at", *_KEPT], rows).on_conflict_do_update(
                    index_elements=["shop", "kind", "uid"],
                    set_={
                        name: insert.excluded[name]
                        for name in ("read_at", *_KEPT)
                        if name not in ("kind", "uid")
                    },
                    where=ShopItemRow.read_at <= insert.excluded.read_at,
                )
            )
        last = upto


def _nth_uid(connection: Connection, own: int, after: int) -> int | None:
    """Up to which article the next copy goes."""
    part = (
        select(StagedArticleRow.article_uid)
        .where(StagedArticleRow.run == own, StagedArticleRow.article_uid > after)
        .order_by(StagedArticleRow.article_uid)
        .limit(_COPIED)
        .subquery()
    )
    return connection.execute(select(func.max(part.c.article_uid))).scalar()


def _differing(db: Database, run: RunKey, read_at: datetime) -> list[int]:
    """Articles with an item that is not as the index has it, or that the index has besides."""
    same = and_(
        ShopItemRow.shop == run.shop,
        ShopItemRow.kind == StagedItemRow.kind,
        ShopItemRow.uid == StagedItemRow.uid,
    )
    compared = [name for name in Entry._fields if name not in ("kind", "uid")]
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        other = select(StagedItemRow.article_uid).outerjoin(ShopItemRow, same)
        other = other.where(
            StagedItemRow.run == own,
            or_(
                ShopItemRow.uid.is_(None),
                and_(
                    ShopItemRow.read_at <= read_at,
                    or_(
                        *(
                            getattr(ShopItemRow, name).is_distinct_from(getattr(StagedItemRow, name))
                            for name in compared
                        )
                    ),
                ),
            ),
        )
        besides = (
            select(ShopItemRow.article_uid)
            .join(
                StagedArticleRow,
                and_(StagedArticleRow.run == own, StagedArticleRow.article_uid == ShopItemRow.article_uid),
            )
            .outerjoin(StagedItemRow, and_(StagedItemRow.run == own, same))
            .where(ShopItemRow.shop == run.shop, ShopItemRow.read_at <= read_at, StagedItemRow.uid.is_(None))
        )
        return sorted({*connection.execute(other).scalars(), *connection.execute(besides).scalars()})


def _renew(db: Database, run: RunKey, uids: Collection[int], read_at: datetime) -> None:
    with db.write() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        rows = connection.execute(
            select(*_STAGED).where(StagedItemRow.run == own, StagedItemRow.article_uid.in_(list(uids)))
        )
        difference = compare(connection, run.shop, uids, [Entry(*row) for row in rows], read_at)
        touched = neighbours(connection, run.shop, difference.touched)
        differ = {entry.article_uid for entry in difference.put}
        notice(db, connection, run.shop, own, differ | touched, read_at)
        store(db, connection, run.shop, difference, read_at)


def _drop_missing(db: Database, run: RunKey, read_at: datetime) -> None:
    """Articles of the index that the reading did not find, and that no later one told of."""
    staged = and_(StagedArticleRow.article_uid == ShopItemRow.article_uid)
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        gone = connection.execute(
            select(ShopItemRow.article_uid)
            .outerjoin(StagedArticleRow, and_(StagedArticleRow.run == own, staged))
            .where(ShopItemRow.shop == run.shop, StagedArticleRow.article_uid.is_(None))
            .group_by(ShopItemRow.article_uid)
            .having(func.max(ShopItemRow.read_at) <= read_at)
        ).scalars()
        uids = sorted(gone)
    deleted(db, run, uids, read_at)
