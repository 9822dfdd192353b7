"""The ledger of the export on change as the flows see it: ``Ledger.changes``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.product_changes import cursor, due, index, lost, whole
from abicart_specter.ledger.product_changes.records import IndexCounts, LostItem, ReadingState
from abicart_specter.ledger.records import RunKey, StagedArticle


class ChangeLedger:
    """How far a shop's changes were read, which articles wait to be looked at, and an index of its whole catalogue.

    Thin over the rooms beside it. ``read_at`` is everywhere the time at which a reading of the shop began.
    """

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.changes``."""
        self._db = database

    # how far
    def state(self, shop: str) -> ReadingState:
        return cursor.state(self._db, shop)

    def move_cursor(self, shop: str, to: datetime) -> None:
        cursor.move_cursor(self._db, shop, to)

    # the index of the catalogue
    def changed(self, run: RunKey, articles: Sequence[StagedArticle], read_at: datetime) -> None:
        index.changed(self._db, run, articles, read_at)

    def deleted(self, run: RunKey, uids: Collection[int], read_at: datetime) -> None:
        index.deleted(self._db, run, uids, read_at)

    def index_articles(self, shop: str, articles: Sequence[StagedArticle], read_at: datetime) -> None:
        index.index_articles(self._db, shop, articles, read_at)

    def index_made(self, shop: str, read_at: datetime) -> None:
        index.index_made(self._db, shop, read_at)

    def index_staging(self, run: RunKey, read_at: datetime) -> None:
        whole.index_staging(self._db, run, read_at)

    def counts(self, shop: str) -> IndexCounts:
        return index.counts(self._db, shop)

    def article_uids(self, shop: str) -> set[int]:
        return index.article_uids(self._db, shop)

    def add_other_columns(self, shop: str, columns: dict[str, Any], without: Collection[int]) -> None:
        index.add_other_columns(self._db, shop, columns, without)

    # articles that wait
    def due(self, run: RunKey, now: datetime) -> set[int]:
        return due.due(self._db, run, now)

    def noticed(self, run: RunKey, uids: Collection[int], at: datetime) -> None:
        due.noticed(self._db, run, uids, at)

    def waiting_count(self, shop: str) -> int:
        return due.waiting_count(self._db, shop)

    def settle(self, run: RunKey, now: datetime, held_again_after: timedelta) -> int:
        return due.settle(self._db, run, now, held_again_after)

    # what Specter has and the shop has not
    def lost_items(self, shop: str) -> list[LostItem]:
        return lost.lost_items(self._db, shop)

    def flagged_items(self, shop: str, source: str) -> set[tuple[ItemKey, str]]:
        return lost.flagged_items(self._db, shop, source)
