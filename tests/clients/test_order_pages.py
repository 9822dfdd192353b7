"""Every order of a stretch of time once, whatever the shop answers to the open questions and however it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clients.order_cases import LONG_AGO, SMALL_PAGES, placed, plain_article, read_heads

from abicart_specter.clients.abicart_errors import AbicartRefusedError
from abicart_specter.clients.order_documents import tidy_heads
from abicart_specter.clients.order_pages import NewestFirst, Stretch, filtered_pages
from abicart_specter.clients.paging import MOST_IDLE_PAGES
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import CatalogueChangedError, ServerFaultError, UnreadableAnswerError

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


@given(shop=SHOPS, since=st.integers(-20, 20), length=st.integers(0, 20), page_size=st.integers(1, 30))
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


# Against the sandbox.


@pytest.fixture
def shop(abicart_server):
    """Orders at noon, a second before and a second after, and a cart."""
    rows = [{"article": plain_article(abicart_server.control)}]
    for seconds in (-1, 0, 0, 1):
        abicart_server.control.edit("place_order", rows=rows, ordered=at(seconds).isoformat())
    abicart_server.control.edit("place_order", rows=rows, cart=True)
    return abicart_server


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("time_format", ["offset", "z", "blank", "naive"])
@pytest.mark.parametrize("uid_filter", ["allowed", "refused"])
def test_bounds_are_the_same_however_the_shop_reads_them(shop, opening, bounds, time_format, uid_filter):
    shop.control.switches(range_bounds=bounds, time_format=time_format, uid_filter=uid_filter)
    client = opening.abicart(shop.url, SMALL_PAGES)
    for since, until, number in (
        (0, 1, 2),
        (-1, 0, 1),
        (-1, 1, 3),
        (-1, 2, 4),
        (1, 1, 0),
        (2, 60, 0),
        (1, 2, 1),
    ):
        found = read_heads(client, at(since), at(until))
        assert [one["ordered"] for one in found] == sorted(one["ordered"] for one in found)
        assert all(at(since) <= one["ordered"] < at(until) for one in found)
        assert len(found) == number
        assert client.orders.count_orders(at(since), at(until)) == number


@pytest.mark.parametrize("changed_filter", ["allowed", "refused"])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_what_changed_is_found_with_and_without_a_filter(shop, opening, changed_filter, bounds):
    shop.control.switches(changed_filter=changed_filter, range_bounds=bounds)
    shop.control.advance_clock(3600)
    wanted = [one["uid"] for one in placed(shop.control)][::3]
    for uid in wanted:
        shop.control.advance_clock(2)
        shop.control.edit("Order", uid=uid, patch={"note": "Ring först"})
    client = opening.abicart(shop.url, SMALL_PAGES)
    everything = read_heads(client, changed=True)
    assert sorted(one["uid"] for one in everything) == [one["uid"] for one in placed(shop.control)]
    moments = sorted(one["changed"] for one in everything)[-len(wanted) :]
    found = read_heads(client, moments[0], changed=True)
    assert sorted(one["uid"] for one in found) == wanted
    some = read_heads(client, moments[0], moments[-1], changed=True)
    assert sorted(one["uid"] for one in some) == wanted[:-1]
    before = client.counts.requests
    assert read_heads(client, moments[-1] + 5 * SECOND, changed=True) == []
    # Known by now: no filter is tried again.
    assert client.counts.requests - before == 1


def test_a_refusal_that_has_nothing_to_do_with_the_filter_is_told(shop, opening):
    client = opening.abicart(shop.url)
    pages = client.orders.iter_order_pages(LONG_AGO)
    shop.control.fault("rpc_internal", count=None)
    with pytest.raises(ServerFaultError, match=r"Order.list: the server failed \(code -32603\)"):
        next(pages)


def test_the_reader_may_go_away(shop, opening):
    client = opening.abicart(shop.url, SMALL_PAGES)
    pages = client.orders.iter_order_pages(LONG_AGO)
    assert len(next(pages)) == 7
    pages.close()
    asked = client.counts.requests
    assert asked <= 3
    assert len(read_heads(client)) == len(placed(shop.control))


def test_an_order_that_comes_in_while_we_read_is_not_doubled_nor_loses_another(shop, opening):
    shop.control.switches(uid_filter="refused")
    client = opening.abicart(shop.url, SMALL_PAGES)
    before = [one["uid"] for one in placed(shop.control)]
    found = []
    for number, page in enumerate(client.orders.iter_order_pages(LONG_AGO)):
        found += [one["uid"] for one in page]
        if number == 0:
            shop.control.edit("place_order", rows=[{"article": plain_article(shop.control)}])
    assert len(found) == len(set(found))
    assert set(before) <= set(found)


def test_only_a_refused_filter_by_changed_is_read_around(opening):
    def refuse(selection):
        raise AbicartRefusedError("no", code="-32602", words="No", pointers=("/ordered",))

    pages = filtered_pages(refuse, Stretch("ordered", START, None), 10, "Order.list")
    with pytest.raises(AbicartRefusedError):
        pages.next_page()
