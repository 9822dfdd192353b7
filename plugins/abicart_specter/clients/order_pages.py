"""Which orders were placed, or changed, in a stretch of time: page by page, each once.

Whether ``min`` and ``max`` include their value is not known (Abicart reference 10 #5), nor whether the shop can filter
by ``/changed`` (#7) or ``/uid`` (#40). So a little more is asked for than wanted, and what came is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from abicart_specter.clients.order_documents import OrderHead
from abicart_specter.clients.paging import MOST_IDLE_PAGES, UidPages
from abicart_specter.errors import CatalogueChangedError, UnreadableAnswerError

SECOND = timedelta(seconds=1)
TIMES = ("ordered", "changed")
Row = dict[str, Any]
Ask = Callable[[Mapping[str, Any]], Sequence[Row]]


class Stretch:
    """From ``since`` on, up to but not including ``until`` (``None``: without end), by one of an order's times.

    :param field: ``ordered`` or ``changed``.
    """

    def __init__(self, field: str, since: datetime, until: datetime | None) -> None:
        if since.tzinfo is None or (until is not None and until.tzinfo is None):
            raise ValueError("the stretch's times must be aware")
        self.field = field
        self.since = since
        self.until = until

    def filters(self) -> dict[str, Any]:
        """A filter that lets through at least what belongs to the stretch, whether bounds are in or out."""
        bounds = {"min": wire_time(self.since - SECOND)}
        if self.until is not None:
            bounds["max"] = wire_time(self.until + SECOND)
        return {f"/{self.field}": bounds}

    def exact_filters(self) -> dict[str, Any]:
        """A filter with bounds that no order's time, told by the second, can hit: in or out is then the same."""
        half = SECOND / 2
        bounds = {"min": wire_time(_whole(self.since) - half, "milliseconds")}
        if self.until is not None:
            bounds["max"] = wire_time(_whole(self.until) - half, "milliseconds")
        return {f"/{self.field}": bounds}

    def of(self, rows: Sequence[Row]) -> list[OrderHead]:
        """The rows that are orders, not carts, and whose time lies in the stretch; times in UTC."""
        return [head for head in map(self._head, rows) if head is not None]

    def is_before(self, at: datetime) -> bool:
        """Whether a time lies before the stretch however it is read."""
        return max(readings(at)) < self.since

    def fitting(self, at: datetime) -> datetime | None:
        """The time in UTC, if it can lie in the stretch."""
        return next(
            (one for one in readings(at) if self.since <= one and (self.until is None or one < self.until)),
            None,
        )

    def _head(self, row: Row) -> OrderHead | None:
        at = row[self.field]
        if row["ordered"] is None or at is None:
            return None
        fitting = self.fitting(at)
        if fitting is None:
            return None
        times = {name: None if row[name] is None else row[name].astimezone(UTC) for name in TIMES}
        return cast(OrderHead, {**row, **times, self.field: fitting})


def readings(at: datetime) -> list[datetime]:
    """What a time can mean, in UTC: one moment, or two if it was told without a zone in the hour that comes twice when
    summer time ends."""
    return sorted({at.astimezone(UTC), at.replace(fold=1).astimezone(UTC)})


def wire_time(at: datetime, precision: str = "seconds") -> str:
    """ISO 8601 with ``Z``, as the official examples have it (Abicart reference 4.2)."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def filtered_pages(ask: Ask, stretch: Stretch, page_size: int, what: str) -> UidPages:
    """Pages by uid of what the shop's own filter lets through; each row is still to be looked at."""

    def ask_within(selection: Mapping[str, Any]) -> Sequence[Row]:
        return ask({**selection, "filters": {**stretch.filters(), **selection.get("filters", {})}})

    return UidPages(ask_within, page_size, what)


class NewestFirst:
    """The rows that changed last, newest first, down to the beginning of a stretch of ``changed``.

    For shops that cannot filter by ``/changed``. A row that changes while we read moves to the front, which shows us
    others twice, and itself when its new time is read. A row that vanishes (a cart) would pull unseen ones past
    us; each page therefore begins with the last row of the one before, and if that is not so, we go back a page.
    """

    def __init__(self, ask: Ask, stretch: Stretch, page_size: int, what: str) -> None:
        self._ask = ask
        self._stretch = stretch
        self._page_size = page_size
        self._what = what
        self._seen: set[int] = set()
        self._offset = 0
        self._overlaps = False
        self._ended = False
        self._idle = 0

    def next_page(self) -> list[Row] | None:
        """Rows not returned before; ``None`` at the end.

        :raises CatalogueChangedError: page after page brings nothing new.
        :raises UnreadableAnswerError: the list is not sorted.
        """
        while not self._ended:
            rows = self._ask(
                {"sort": "changed", "descending": True, "limit": self._page_size, "offset": self._offset}
            )
            if self._overlaps and (not rows or rows[0]["uid"] not in self._seen):
                self._step_back()
                continue
            if not rows:
                break
            fresh = self._taken(rows)
            if fresh:
                return fresh
        self._ended = True
        return None

    def _taken(self, rows: Sequence[Row]) -> list[Row]:
        times = [row["changed"] for row in rows if row["changed"] is not None]
        if any(max(readings(a)) < min(readings(b)) for a, b in pairwise(times)):
            raise UnreadableAnswerError(
                f"{self._what}: the list is not sorted by changed as asked, so some could be missed.",
                remedy="The task tries again; if it stays so, report it.",
            )
        fresh = [row for row in rows if row["uid"] not in self._seen]
        self._seen.update(row["uid"] for row in fresh)
        self._overlaps = bool(fresh)
        self._offset += len(rows) - (1 if fresh else 0)
        self._ended = bool(times) and self._stretch.is_before(times[-1])
        if fresh:
            self._idle = 0
        else:
            self._nothing_new()
        return fresh

    def _step_back(self) -> None:
        self._offset = max(0, self._offset - self._page_size)
        self._overlaps = self._offset > 0
        self._nothing_new()

    def _nothing_new(self) -> None:
        self._idle += 1
        if self._idle > MOST_IDLE_PAGES:
            raise CatalogueChangedError(
                f"{self._what}: {self._idle} pages in a row brought nothing new, but the list does not end.",
                remedy="The task tries again; if it stays so, report it.",
            )


def _whole(at: datetime) -> datetime:
    """The first whole second from then on."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + SECOND
