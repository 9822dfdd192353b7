"""Reading what a run has staged: narrow columns for the validation, whole items for the chunk tasks."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, literal, select, tuple_, type_coerce

from abicart_specter.domain.records import CatalogueItem, Kind
from abicart_specter.ledger import documents
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import PARTITIONS
from abicart_specter.ledger.models import Item, OutcomeEntry, StagedArticleRow, StagedItemRow
from abicart_specter.ledger.records import ItemState, RunKey, StagedItem, StagingState
from abicart_specter.ledger.staged_rows import ItemColumns, rebuild
from abicart_specter.ledger.staging import require_state

VALIDATION_COLUMNS = (
    "kind",
    "uid",
    "article_uid",
    "product_number",
    "own_number",
    "price",
    "vat_rate",
    "stock_managed",
    "is_package",
)
STATE_COLUMNS = (
    Item.created_in_specter_at,
    Item.created_number,
    Item.sent_at,
    Item.sent_number,
    Item.sent_hash,
    Item.sent_values,
    Item.intent_at,
    Item.intent_hash,
)
_ITEM_COLUMNS = tuple(getattr(StagedItemRow, name) for name in ItemColumns._fields)


def validation_columns(db: Database, run: RunKey, batch: int = 2000) -> dict[str, Sequence[Any]]:
    """What the number validation compares, as columns for a data frame: ``VALIDATION_COLUMNS``, by article uid.

    ``price`` and ``vat_rate`` are the decimals' own text, ``None`` stays ``None``. Uids are 8-byte arrays and
    repeated texts are shared, so that 100,000 items take about 25 MB.
    """
    narrow = [
        type_coerce(column, Text) if name in ("price", "vat_rate") else column
        for name, column in ((name, getattr(StagedItemRow, name)) for name in VALIDATION_COLUMNS)
    ]
    columns: dict[str, Any] = {name: [] for name in VALIDATION_COLUMNS}
    columns["uid"] = array("q")
    columns["article_uid"] = array("q")
    position: ColumnElement[bool] | None = None
    while True:
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            wanted = select(*narrow).where(StagedItemRow.run == own)
            if position is not None:
                wanted = wanted.where(position)
            rows = connection.execute(
                wanted.order_by(StagedItemRow.article_uid, StagedItemRow.kind, StagedItemRow.uid).limit(batch)
            ).all()
        for name, values in zip(VALIDATION_COLUMNS, zip(*rows, strict=True), strict=False):
            shared = name in ("price", "vat_rate")
            columns[name].extend(map(_shared, values) if shared else values)
        if len(rows) < batch:
            return columns
        last = rows[-1]
        position = tuple_(StagedItemRow.article_uid, StagedItemRow.kind, StagedItemRow.uid) > tuple_(
            literal(last.article_uid), literal(last.kind, Word(Kind)), literal(last.uid)
        )


def _shared(text: str | None) -> str | None:
    return None if text is None else sys.intern(text)


def iter_chunk(
    db: Database, run: RunKey, partitions: Sequence[int], batch: int
) -> Iterator[list[StagedItem]]:
    """The items of these partitions in lists of at most ``batch``, in a fixed order.

    Each list is read in a transaction of its own, so state and outcome are as of that moment.
    """
    for partition in partitions:
        if not 0 <= partition < PARTITIONS:
            raise ValueError(f"There is no partition {partition}")
        position: tuple[Kind, int] | None = None
        while True:
            items = _read_batch(db, run, partition, position, batch)
            if items:
                yield items
            if len(items) < batch:
                break
            key = items[-1].item.key
            position = (key.kind, key.uid)


def _read_batch(
    db: Database, run: RunKey, partition: int, after: tuple[Kind, int] | None, batch: int
) -> list[StagedItem]:
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        wanted = (
            staged_items_of(run, own)
            .where(StagedItemRow.partition == partition)
            .order_by(StagedItemRow.kind, StagedItemRow.uid)
            .limit(batch)
        )
        if after is not None:
            kind, uid = after
            wanted = wanted.where(
                tuple_(StagedItemRow.kind, StagedItemRow.uid)
                > tuple_(literal(kind, Word(Kind)), literal(uid))
            )
        return rebuilt(connection, own, wanted)


def staged_items_of(run: RunKey, own: int) -> Select[Any]:
    """SQL: the staged items of a run with what is known of them over all runs; ``rebuilt`` reads it."""
    return (
        select(*_ITEM_COLUMNS, *STATE_COLUMNS, OutcomeEntry.outcome)
        .select_from(StagedItemRow)
        .outerjoin(
            Item,
            and_(Item.shop == run.shop, Item.kind == StagedItemRow.kind, Item.uid == StagedItemRow.uid),
        )
        .outerjoin(
            OutcomeEntry,
            and_(
                OutcomeEntry.run == own,
                OutcomeEntry.kind == StagedItemRow.kind,
                OutcomeEntry.uid == StagedItemRow.uid,
            ),
        )
        .where(StagedItemRow.run == own)
    )


def rebuilt(connection: Connection, own: int, wanted: Select[Any]) -> list[StagedItem]:
    """The items of such a query, each with its raw article."""
    rows = connection.execute(wanted).all()
    raw = _raw_articles(connection, own, {row.article_uid for row in rows})
    return [_staged_item(row, raw[row.article_uid]) for row in rows]


def catalogue_items(connection: Connection, own: int, article_uids: Sequence[int]) -> list[CatalogueItem]:
    """All staged items of these articles as they were read from the shop, by article uid."""
    rows = connection.execute(
        select(*_ITEM_COLUMNS)
        .where(StagedItemRow.run == own, StagedItemRow.article_uid.in_(article_uids))
        .order_by(StagedItemRow.article_uid, StagedItemRow.kind, StagedItemRow.uid)
    ).all()
    raw = _raw_articles(connection, own, {row.article_uid for row in rows})
    return [rebuild(ItemColumns(*row), raw[row.article_uid]) for row in rows]


def _raw_articles(connection: Connection, own: int, uids: Collection[int]) -> dict[int, Any]:
    texts = connection.execute(
        select(StagedArticleRow.article_uid, StagedArticleRow.document).where(
            StagedArticleRow.run == own, StagedArticleRow.article_uid.in_(uids)
        )
    ).all()
    return {uid: documents.load(text) if text else None for uid, text in texts}


def _staged_item(row: Sequence[Any], raw_article: Any) -> StagedItem:
    width, states = len(ItemColumns._fields), len(STATE_COLUMNS)
    columns = ItemColumns(*row[:width])
    return StagedItem(rebuild(columns, raw_article), ItemState(*row[width : width + states]), row[-1])
