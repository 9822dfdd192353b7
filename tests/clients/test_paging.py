"""Every row exactly once, whatever the shop answers to the open questions and however it changes meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abicart_specter.clients.abicart_errors import AbicartRefusedError
from abicart_specter.clients.paging import MOST_IDLE_PAGES, UidPages, prefetched
from abicart_specter.errors import CatalogueChangedError, UnreadableAnswerError


@dataclass
class ShopList:
    """A list as a shop could serve it. Before each page it may add rows, with new uids, and delete some."""

    uids: set[int]
    inclusive: bool = True
    filter: str = "honoured"  # or "refused", "ignored"
    cap: int = 500
    changes: list[tuple[int, set[int]]] = field(default_factory=list)
    next_uid: int = 401
    asked: list[dict] = field(default_factory=list)

    def __call__(self, selection):
        self.asked.append(dict(selection))
        if self.changes:
            added, deleted = self.changes.pop(0)
            self.uids = (self.uids | set(range(self.next_uid, self.next_uid + added))) - deleted
            self.next_uid += added
        rows = sorted(self.uids)
        bounds = selection.get("filters")
        if bounds and self.filter == "refused":
            raise AbicartRefusedError(
                "no", code="-32602", words="Not filterable", pointers=("/filters/~1uid",)
            )
        if bounds and self.filter == "honoured":
            least = bounds["/uid"]["min"] + (0 if self.inclusive else 1)
            rows = [uid for uid in rows if uid >= least]
        start = selection.get("offset", 0)
        return [{"uid": uid} for uid in rows[start : start + min(selection["limit"], self.cap)]]


def read(shop: ShopList, page_size: int = 100) -> list[int]:
    pages = UidPages(shop, page_size, "Article.list")
    found: list[int] = []
    while (page := pages.next_page()) is not None:
        assert page
        found += [row["uid"] for row in page]
    return found


SHOPS = st.builds(
    ShopList,
    uids=st.sets(st.integers(1, 400), max_size=120),
    inclusive=st.booleans(),
    filter=st.sampled_from(["honoured", "refused", "ignored"]),
    cap=st.integers(1, 40),
)


@given(SHOPS, st.integers(1, 40))
def test_every_row_comes_exactly_once_and_in_order(shop, page_size):
    assert read(shop, page_size) == sorted(shop.uids)


@given(
    SHOPS,
    st.integers(3, 40),
    st.lists(
        st.tuples(st.integers(0, 9), st.sets(st.integers(1, 450), max_size=9)),
        max_size=30,
    ),
)
@settings(max_examples=200)
def test_what_was_there_all_the_time_comes_exactly_once(shop, page_size, changes):
    shop.cap = max(shop.cap, 3)
    shop.changes = changes
    steady = shop.uids.difference(*(deleted for _, deleted in changes))
    found = read(shop, page_size)
    assert len(found) == len(set(found))
    assert steady <= set(found)


def test_a_full_catalogue_costs_one_request_a_page_and_two_at_the_end():
    shop = ShopList(set(range(1, 10_001)))
    assert read(shop) == list(range(1, 10_001))
    assert len(shop.asked) <= 10_000 / 100 + 3


def test_an_exclusive_minimum_loses_nothing():
    shop = ShopList(set(range(1, 1001)), inclusive=False)
    assert len(read(shop)) == 1000
    assert len(shop.asked) == 11


def test_a_refused_filter_is_asked_for_once():
    shop = ShopList(set(range(1, 1001)), filter="refused")
    assert len(read(shop)) == 1000
    assert sum("filters" in selection for selection in shop.asked) == 1


def test_rows_that_move_left_are_not_missed():
    shop = ShopList(set(range(1, 31)), filter="refused")
    shop.changes = [(0, set()), (0, set()), (0, {1, 2, 3})]
    assert read(shop, 10) == list(range(1, 31))


def test_rows_that_move_left_again_while_we_step_back_are_not_missed():
    shop = ShopList(set(range(1, 13)), filter="refused")
    shop.changes = [(0, set())] * 4 + [(0, {1, 2}), (0, set()), (0, {3})]
    assert read(shop, 3) == list(range(1, 13))


def test_a_short_page_is_not_the_end():
    shop = ShopList(set(range(1, 8)), cap=2)
    assert read(shop) == list(range(1, 8))
    assert {selection["limit"] for selection in shop.asked} == {100}


@pytest.mark.parametrize("uids", [[3, 1, 2], [1, 3, 2]])
def test_a_list_that_is_not_sorted_is_refused(uids):
    with pytest.raises(UnreadableAnswerError, match="not sorted"):
        UidPages(lambda selection: [{"uid": uid} for uid in uids], 10, "Article.list").next_page()


def test_repeats_within_a_page_are_dropped():
    answers = iter([[{"uid": 1}, {"uid": 1}, {"uid": 2}], [], []])
    pages = UidPages(lambda selection: next(answers), 10, "Article.list")
    assert pages.next_page() == [{"uid": 1}, {"uid": 2}]
    assert pages.next_page() is None


def test_a_list_without_end_is_given_up():
    asked = []

    def always_the_same(selection):
        asked.append(selection)
        return [{"uid": 1}, {"uid": 2}]

    pages = UidPages(always_the_same, 2, "Article.list")
    assert pages.next_page() == [{"uid": 1}, {"uid": 2}]
    with pytest.raises(CatalogueChangedError, match="does not end"):
        pages.next_page()
    assert len(asked) <= MOST_IDLE_PAGES + 4


# Fetching ahead


def test_the_next_page_is_fetched_while_the_caller_works_and_no_more_than_that():
    asked: list[int] = []
    second_is_asked = threading.Event()

    def next_page():
        asked.append(len(asked) + 1)
        if len(asked) == 2:
            second_is_asked.set()
        return asked[-1] if len(asked) < 5 else None

    pages = prefetched(next_page, threading.Event())
    assert next(pages) == 1
    assert second_is_asked.wait(5)
    assert asked == [1, 2]
    assert list(pages) == [2, 3, 4]
    assert asked == [1, 2, 3, 4, 5]


def test_what_goes_wrong_in_the_thread_is_raised_to_the_caller():
    def next_page():
        if threading.current_thread() is threading.main_thread():
            return "in the wrong thread"
        raise CatalogueChangedError("the shop changed")

    with pytest.raises(CatalogueChangedError, match="the shop changed"):
        next(prefetched(next_page, threading.Event()))


def test_closing_stops_the_thread():
    stop = threading.Event()
    threads: set[threading.Thread] = set()

    def next_page():
        threads.add(threading.current_thread())
        if threads and stop.is_set():
            raise RuntimeError("stopped")
        return 1

    pages = prefetched(next_page, stop)
    assert next(pages) == 1
    pages.close()
    assert stop.is_set()
    assert not any(thread.is_alive() for thread in threads)
    assert threading.main_thread() not in threads
