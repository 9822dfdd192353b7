"""Reading what a run has staged by whole articles, and who owns which product number."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select, tuple_
from sqlalchemy.sql import literal

from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import StagedItemRow
from abicart_specter.ledger.records import RunKey, StagingState
from abicart_specter.ledger.staged_reads import catalogue_items
from abicart_specter.ledger.staging import require_state

_ARTICLES = 200
_KINDS = tuple(Kind)


def staged_groups(db: Database, run: RunKey, article_uids: Sequence[int]) -> Iterator[list[CatalogueItem]]:
    """All items of these articles as they were staged, one list per article, by article uid. An article that is not
    staged is left out.

    Articles are read 200 at a time, each time in a transaction of its own.
    """
    for part in slices(sorted(set(article_uids)), _ARTICLES):
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            found = catalogue_items(connection, own, part)
        for _, items in groupby(found, key=lambda item: item.article_uid):
            yield list(items)


@dataclass(frozen=True, slots=True)
class NumberOwner:
    """One item that has a product number, and the article it belongs to."""

    key: ItemKey
    article_uid: int


class NumberOwners:
    """Who owns which product number in a staged catalogue: product number → its owners.

    About 160 bytes an item plus the number's own text, so that 100,000 items take some 20 MB.
    """

    def __init__(self) -> None:
        """Empty; ``number_owners`` fills it."""
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}
        self._kinds = array("b")
        self._uids = array("q")
        self._articles = array("q")
        self.articles = 0
        """How many articles have any item."""

    def add(self, number: str | None, kind: Kind, uid: int, article_uid: int) -> None:
        """Takes an item in; items come by article uid. One without a number is only counted."""
        if not self._articles or self._articles[-1] != article_uid:
            self.articles += 1
        place = len(self._uids)
        self._kinds.append(_KINDS.index(kind))
        self._uids.append(uid)
        self._articles.append(article_uid)
        if not number:
            return
        if self._first.setdefault(number, place) != place:
            self._more.setdefault(number, []).append(place)

    def owners(self, number: str) -> tuple[NumberOwner, ...]:
        """The items that have this number: none for an unknown one, several for an ambiguous one."""
        first = self._first.get(number)
        if first is None:
            return ()
        return tuple(self._owner(place) for place in (first, *self._more.get(number, ())))

    def has_article(self, article_uid: int) -> bool:
        """Whether the catalogue has an article with this uid."""
        place = bisect_left(self._articles, article_uid)
        return place < len(self._articles) and self._articles[place] == article_uid

    @property
    def items(self) -> int:
        """How many items the catalogue has, those without a number too: the base of the guard's shares (rule 31)."""
        return len(self._uids)

    def __contains__(self, number: str) -> bool:
        return number in self._first

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        """How many different numbers there are."""
        return len(self._first)

    def _owner(self, place: int) -> NumberOwner:
        key = ItemKey(_KINDS[self._kinds[place]], self._uids[place])
        return NumberOwner(key, self._articles[place])


def number_owners(db: Database, run: RunKey, batch: int = 5000) -> NumberOwners:
    """Who owns which product number in the run's staged catalogue, read in one pass."""
    owners = NumberOwners()
    columns = (
        StagedItemRow.article_uid,
        StagedItemRow.kind,
        StagedItemRow.uid,
        StagedItemRow.product_number,
    )
    position: tuple[int, Kind, int] | None = None
    while True:
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            wanted = select(*columns).where(StagedItemRow.run == own)
            if position is not None:
                article_uid, kind, uid = position
                wanted = wanted.where(
                    tuple_(*columns[:3])
                    > tuple_(literal(article_uid), literal(kind, Word(Kind)), literal(uid))
                )
            rows = connection.execute(wanted.order_by(*columns[:3]).limit(batch)).all()
        for article_uid, kind, uid, number in rows:
            owners.add(number, kind, uid, article_uid)
        if len(rows) < batch:
            return owners
        position = (rows[-1].article_uid, rows[-1].kind, rows[-1].uid)
