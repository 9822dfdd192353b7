"""Reading a list of unknown length, each row once, though people edit the shop meanwhile.

By uid (``/uid`` min = the last one seen) where the shop lets itself be filtered so, since nothing that is added
or deleted can then move a row past us. Else by offset with one row of overlap, which shows when rows moved.
Abicart reference 4.1 and 10 (#5 bounds, #6 limit, #40 filter): every answer to those questions works here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Event
from typing import Any, TypeVar

from abicart_specter.errors import CatalogueChangedError, RefusedError, UnreadableAnswerError

log = logging.getLogger(__name__)

MOST_IDLE_PAGES = 25
"""Pages in a row that bring nothing new, though they are not empty, before we stop asking."""

Row = dict[str, Any]
T = TypeVar("T")


class UidPages:
    """The pages of one list, sorted by uid.

    :param ask: asks for one page by a list selection; rows hold ``uid`` as ``int``.
    :param page_size: rows to ask for; the server may give fewer.
    :param what: names the list in messages.
    """

    def __init__(self, ask: Callable[[Mapping[str, Any]], Sequence[Row]], page_size: int, what: str) -> None:
        self._ask = ask
        self._page_size = page_size
        self._what = what
        self._last: int | None = None
        self._by_offset = False
        self._min_is_inclusive = False
        self._known = 0
        self._join_is_proven = True
        self._idle = 0

    def next_page(self) -> list[Row] | None:
        """The next rows, none of which was returned before; ``None`` at the end.

        The end is an empty page, never a short one: the server may cap the limit.

        :raises CatalogueChangedError: page after page brings nothing new.
        :raises UnreadableAnswerError: the list is not sorted.
        """
        while True:
            rows = self._page_by_offset() if self._by_offset else self._page_by_uid()
            if rows is None:
                continue
            if not rows:
                return None
            uids = [row["uid"] for row in rows]
            if any(a > b for a, b in pairwise(uids)):
                raise UnreadableAnswerError(
                    f"{self._what}: the list is not sorted by uid as asked, so rows could be missed.",
                    remedy="The task tries again; if it stays so, report it.",
                )
            fresh = self._fresh(rows)
            if fresh:
                self._idle = 0
                self._join_is_proven = False
                return fresh
            self._nothing_new()

    def _page_by_uid(self) -> Sequence[Row] | None:
        """A page, empty at the end, or ``None`` to ask again in another way."""
        selection: dict[str, Any] = {"sort": "uid", "limit": self._page_size}
        if self._last is None:
            return self._ask(selection)
        least = self._last + 1 if self._min_is_inclusive else self._last
        selection["filters"] = {"/uid": {"min": least}}
        try:
            rows = self._ask(selection)
        except RefusedError as error:
            log.warning("%s: no filter by uid (%s); reading by offset.", self._what, error.words)
            self._by_offset = True
            return None
        if rows and rows[0]["uid"] < least:
            log.warning("%s: the filter by uid is not honoured; reading by offset.", self._what)
            self._by_offset = True
            return None
        if rows and rows[0]["uid"] == self._last:
            # Now it is sure that min includes its value, so that the next one can be asked for.
            self._min_is_inclusive = True
        return rows

    def _page_by_offset(self) -> Sequence[Row] | None:
        """As above. ``_known`` rows lie before us; the page begins with the last of them unless that was just seen."""
        offset = self._known if self._join_is_proven else max(0, self._known - 1)
        rows = self._ask({"sort": "uid", "limit": self._page_size, "offset": offset})
        moved = offset > 0 and not self._join_is_proven
        if moved and (not rows or (self._last is not None and rows[0]["uid"] > self._last)):
            # Rows before us were deleted, so that unseen ones may have moved to the left.
            self._known = max(0, offset - self._page_size)
            self._nothing_new()
            return None
        self._known = offset + len(rows)
        # A page that is nothing but the row of overlap must be followed by one without it, or we stay here for
        # ever where the server gives one row a page.
        self._join_is_proven = len(rows) == 1
        return rows

    def _fresh(self, rows: Sequence[Row]) -> list[Row]:
        fresh: list[Row] = []
        for row in rows:
            if self._last is None or row["uid"] > self._last:
                self._last = row["uid"]
                fresh.append(row)
        if not self._by_offset:
            self._known += len(fresh)
        return fresh

    def _nothing_new(self) -> None:
        self._idle += 1
        if self._idle > MOST_IDLE_PAGES:
            raise CatalogueChangedError(
                f"{self._what}: {self._idle} pages in a row brought nothing new, but the list does not end.",
                remedy="The task tries again; if it stays so, report it.",
            )


def prefetched(next_page: Callable[[], T | None], stop: Event) -> Iterator[T]:
    """Pages, the next of which is fetched in a thread while the caller works on the one it has.

    What the thread raises is raised here, when its page is asked for. Closing the generator sets ``stop``, which
    the thread is expected to heed before its next try, and waits for it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="next-page") as thread:
        try:
            coming = thread.submit(next_page)
            while (page := coming.result()) is not None:
                coming = thread.submit(next_page)
                yield page
        finally:
            stop.set()
