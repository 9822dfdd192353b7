"""Which articles changed in a stretch of time: page by page, each once, whatever the shop can be filtered by."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Any

from abicart_specter.clients.articles import Article, ArticleQuery, complete_variants
from abicart_specter.clients.field_query import Path
from abicart_specter.clients.order_pages import NewestFirst, Stretch, filtered_pages
from abicart_specter.clients.paging import UidPages, prefetched
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.clients.whole_articles import tidy_list
from abicart_specter.domain.orders.order_values import parse_time
from abicart_specter.errors import RefusedError

log = logging.getLogger(__name__)

UIDS_A_PAGE = 500
"""Rows that hold only a uid are small; clients of the live shop ask for up to 500 (Abicart reference 4.1)."""
USUAL_PAGE = 100


class _Stopped(Exception):
    """The reader of the pages went away; nobody sees this."""


class ChangedArticles:
    """Reads what changed in one webshop, and which articles there are.

    :param unknown: article fields that the shop is known not to know.
    :param get_variants: variants by uid, for shops whose articles hold only their uids.
    """

    def __init__(
        self,
        calls: ShopCalls,
        unknown: set[Path],
        get_variants: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]],
    ) -> None:
        self._calls = calls
        self._unknown = unknown
        self._get_variants = get_variants
        self._filters_by_changed = True

    def pages(
        self, since: datetime, until: datetime | None, fields: Sequence[str], required: Sequence[str]
    ) -> Iterator[list[Article]]:
        """See :meth:`AbicartClient.iter_changed_articles`."""
        stretch = Stretch("changed", since, until)
        query = ArticleQuery([*fields, "changed"], [*required, "changed"], self._unknown)
        stop = Event()

        def before_try() -> None:
            if stop.is_set():
                raise _Stopped

        def ask(selection: Mapping[str, Any]) -> list[Article]:
            filtered = [pointer.strip("/") for pointer in selection.get("filters", {})]
            return self._calls.asking_known_fields(
                query,
                lambda: self._calls.read("Article.list", [query.query, selection], _with_times, before_try),
                filtered=filtered,
            )

        what = f"Shop {self._calls.shop}: Article.list"
        size = self._calls.page_size
        pages: UidPages | NewestFirst = (
            filtered_pages(ask, stretch, size, what)
            if self._filters_by_changed
            else NewestFirst(ask, stretch, size, what)
        )
        begun = False

        def next_page() -> list[Article] | None:
            nonlocal pages, begun
            while True:
                try:
                    page = pages.next_page()
                except RefusedError as error:
                    if begun or isinstance(pages, NewestFirst):
                        raise
                    log.info("%s: no filter by changed (%s); reading newest first.", what, error.words)
                    self._filters_by_changed = False
                    pages = NewestFirst(ask, stretch, size, what)
                    continue
                begun = True
                if page is None:
                    return None
                if found := _within(stretch, page):
                    complete_variants(found, self._get_variants)
                    return found

        return prefetched(next_page, stop)

    def uid_pages(self) -> Iterator[list[int]]:
        """See :meth:`AbicartClient.iter_article_uids`."""
        stop = Event()

        def before_try() -> None:
            if stop.is_set():
                raise _Stopped

        def ask(selection: Mapping[str, Any]) -> list[Article]:
            return self._calls.read("Article.list", [{"uid": True}, selection], tidy_list, before_try)

        # A shop whose settings ask for smaller pages than usual gets them.
        size = UIDS_A_PAGE if self._calls.page_size >= USUAL_PAGE else self._calls.page_size
        pages = UidPages(ask, size, f"Shop {self._calls.shop}: Article.list")

        def next_page() -> list[int] | None:
            page = pages.next_page()
            return None if page is None else [one["uid"] for one in page]

        return prefetched(next_page, stop)


def _within(stretch: Stretch, rows: Sequence[Article]) -> list[Article]:
    """The articles whose time lies in the stretch, ``changed`` in UTC; one that tells no time may lie in it."""
    found: list[Article] = []
    for row in rows:
        if row["changed"] is None:
            found.append(row)
        elif (at := stretch.fitting(row["changed"])) is not None:
            found.append({**row, "changed": at.astimezone(UTC)})
    return found


def _with_times(value: Any) -> list[Article]:
    rows = tidy_list(value)
    for row in rows:
        row["changed"] = _time(row.get("changed"))
    return rows


def _time(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    found = parse_time(value) if isinstance(value, str) else None
    if found is None:
        raise NotReadable("the time changed of an article is no time")
    return found
