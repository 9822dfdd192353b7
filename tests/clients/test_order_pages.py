"""Every order of a stretch of time once, whatever the shop answers to the open questions and however it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from abicart_specter.clients.order_documents import tidy_heads
from abicart_specter.clients.order_pages import NewestFirst, Stretch, filtered_pages
from abicart_specter.clients.paging import MOST_IDLE_PAGES
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import CatalogueChangedError, UnreadableAnswerError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def heads(*rows: dict) -> list[dict]:
    return tidy_heads(list(rows))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class ShopList:
    """Orders as a shop could serve them; ``times`` are seconds by uid, ``None`` for a cart.

    :param changes: before each page: orders that change now, and rows that vanish.
    """

    times: dict[int, int | None]
    inclusive: bool = True
    cap: int = 500
    zone: str = "utc"
    changes: list[tuple[set[int], set[int]]] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)
    changed: dict[int, int] = field(default_factory=dict)
    clock: int = 10_000

    def __post_init__(self):
        self.changed = {uid: seconds or 0 for uid, seconds in self.times.items()}

    def __call__(self, selection):
        self.asked.append(dict(selection))
        if self.changes:
            edited, vanished = self.changes.pop(0)
            for uid in sorted(edited & set(self.times)):
                self.clock += 1
                self.changed[uid] = self.clock
            for uid in vanished:
                self.times.pop(uid, None)
                self.changed.pop(uid, None)
        rows = [uid for uid in self.times if self._passes(uid, selection.get("filters") or {})]
        rows.sort(key=(lambda uid: (self.changed[uid], uid)) if selection["sort"] == "changed" else None)
        if selection.get("descending"):
            rows.reverse()
        start = selection.get("offset", 0)
        return heads(*map(self._row, rows[start : start + min(selection["limit"], self.cap)]))

    def _passes(self, uid: int, filters: dict) -> bool:
        slack = 0 if self.inclusive else 1
        least = filters.get("/uid", {}).get("min", 0) + (slack if "/uid" in filters else 0)
        if uid < least:
            return False
        for name, values in (("/ordered", self.times), ("/changed", self.changed)):
            if name not in filters:
                continue
            if values[uid] is None:
                return False
            moment = at(values[uid])
            low = datetime.fromisoformat(filters[name]["min"]) + slack * SECOND
            high = datetime.fromisoformat(filters[name].get("max", "9999-01-01T00:00:00Z"))
            if not low <= moment <= high - slack * SECOND:
                return False
        return True

    def _row(self, uid: int) -> dict:
        seconds = self.times[uid]
        return {
            "uid": uid,
            "orderNumber": None if seconds is None else str(uid),
            "ordered": None if seconds is None else at(seconds).isoformat(),
            "changed": at(self.changed[uid]).isoformat(),
        }


def read(pages, stretch) -> list[int]:
    found: list[int] = []
    while (page := pages.next_page()) is not None:
        found += [head["uid"] for head in stretch.of(page)]
    return found


SHOPS = st.builds(
    ShopList,
    times=st.dictionaries(st.integers(1, 400), st.none() | st.integers(-30, 30), max_size=80),
    inclusive=st.booleans(),
    cap=st.sampled_from([1, 3, 500]),
)


@given(
    shop=SHOPS,
    since=st.integers(-20, 20) | st.sampled_from([-0.5, 0.5, 0.001]),
    length=st.integers(0, 20) | st.sampled_from([0.5, 1.5]),
    page_size=st.integers(1, 30),
)
@example(shop=ShopList({1: 0}, inclusive=False), since=0, length=0.5, page_size=5)
@settings(max_examples=300, deadline=None)
def test_a_stretch_holds_its_beginning_and_not_its_end(shop, since, length, page_size):
    stretch = Stretch("ordered", at(since), at(since + length))
    wanted = sorted(
        uid
        for uid, seconds in shop.times.items()
        if seconds is not None and since <= seconds < since + length
    )
    assert read(filtered_pages(shop, stretch, page_size, "Order.list"), stretch) == wanted


@given(
    shop=SHOPS,
    since=st.integers(-20, 20),
    length=st.integers(0, 20),
    page_size=st.integers(2, 30),
    changes=st.lists(
        st.tuples(st.sets(st.integers(1, 400), max_size=3), st.sets(st.integers(1, 400), max_size=3)),
        max_size=6,
    ),
)
@settings(max_examples=300, deadline=None)
def test_newest_first_loses_no_order_that_stays_as_it_is(shop, since, length, page_size, changes):
    shop.cap = max(2, shop.cap)  # one row a page leaves nothing to see by that rows moved
    shop.changes = [(set(), set()), *changes]
    stretch = Stretch("changed", at(since), at(since + length))
    before = dict(shop.changed)
    found = read(NewestFirst(shop, stretch, page_size, "Order.list"), stretch)
    assert len(found) == len(set(found))
    wanted = {
        uid
        for uid, seconds in shop.times.items()
        if seconds is not None and since <= before[uid] < since + length and shop.changed[uid] == before[uid]
    }
    assert wanted <= set(found)
    assert set(found) <= {uid for uid, seconds in before.items() if since <= seconds < since + length}


@pytest.mark.parametrize("vanish", [{20}, {16}, {20, 19, 18}, set(range(16, 21)), set(range(8, 21))])
@pytest.mark.parametrize("when", [1, 2, 3])
def test_newest_first_sees_that_rows_before_it_vanished(vanish, when):
    shop = ShopList({uid: uid for uid in range(1, 21)})
    shop.changes = [*[(set(), set())] * when, (set(), vanish)]
    stretch = Stretch("changed", at(0), None)
    found = read(NewestFirst(shop, stretch, 5, "Order.list"), stretch)
    assert len(found) == len(set(found))
    assert set(found) >= set(range(1, 21)) - vanish


def test_newest_first_stops_where_the_stretch_begins():
    shop = ShopList({uid: uid for uid in range(1, 101)})
    stretch = Stretch("changed", at(95), None)
    assert read(NewestFirst(shop, stretch, 10, "Order.list"), stretch) == [100, 99, 98, 97, 96, 95]
    assert len(shop.asked) == 1


def test_a_list_that_is_not_sorted_is_not_believed():
    rows = [{"uid": 1, "changed": at(1).isoformat()}, {"uid": 2, "changed": at(2).isoformat()}]
    pages = NewestFirst(lambda _: heads(*rows), Stretch("changed", at(0), None), 10, "Order.list")
    with pytest.raises(UnreadableAnswerError, match="not sorted by changed"):
        pages.next_page()


def test_a_list_that_never_ends_is_given_up():
    row = {"uid": 1, "ordered": at(5).isoformat(), "changed": at(5).isoformat()}
    stretch = Stretch("changed", at(0), None)
    pages = NewestFirst(lambda _: heads(row), stretch, 10, "Order.list")
    assert [one["uid"] for one in pages.next_page()] == [1]
    with pytest.raises(CatalogueChangedError, match=f"{MOST_IDLE_PAGES + 1} pages in a row"):
        pages.next_page()


@pytest.mark.parametrize(
    ("since", "hour_before", "found"),
    [
        # 02:30 in Sweden, twice on 25 October 2026: at 00:30 and at 01:30 UTC.
        (datetime(2026, 10, 25, 0, 25, tzinfo=UTC), datetime(2026, 10, 25, 0, 35, tzinfo=UTC), "00:30"),
        (datetime(2026, 10, 25, 1, 25, tzinfo=UTC), datetime(2026, 10, 25, 1, 35, tzinfo=UTC), "01:30"),
        (datetime(2026, 10, 25, 0, 35, tzinfo=UTC), datetime(2026, 10, 25, 1, 25, tzinfo=UTC), None),
    ],
)
def test_an_order_in_the_hour_that_comes_twice_is_not_lost(since, hour_before, found):
    rows = heads({"uid": 1, "ordered": "2026-10-25T02:30:00"})
    held = Stretch("ordered", since, hour_before).of(rows)
    assert [one["ordered"].strftime("%H:%M") for one in held] == ([] if found is None else [found])
    assert all(one["ordered"].tzinfo is UTC for one in held)


def test_the_hour_that_comes_twice_does_not_look_unsorted():
    # Newest first: 02:10 winter time, 02:50 summer time, both told without a zone.
    rows = heads(
        {"uid": 2, "ordered": "2026-10-25T02:10:00", "changed": "2026-10-25T02:10:00"},
        {"uid": 1, "ordered": "2026-10-25T02:50:00", "changed": "2026-10-25T02:50:00"},
    )
    shown = [rows, []]
    stretch = Stretch("changed", datetime(2026, 10, 25, 0, 0, tzinfo=UTC), None)
    pages = NewestFirst(
        lambda selection: shown.pop(0) if not selection["offset"] else [], stretch, 10, "list"
    )
    assert [one["uid"] for one in stretch.of(pages.next_page())] == [2, 1]


@pytest.mark.parametrize("text", ["igår", "2026-13-01T00:00:00", 7])
def test_a_time_that_is_none_makes_the_page_unreadable(text):
    with pytest.raises(NotReadable, match="the time ordered of an order"):
        heads({"uid": 1, "ordered": text})


def test_times_must_be_aware():
    with pytest.raises(ValueError, match="aware"):
        Stretch("ordered", datetime(2026, 1, 1), None)  # noqa: DTZ001 - that is the point
