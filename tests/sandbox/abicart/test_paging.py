"""Paging as a client does it: capped limits, rows that move, many callers at once, and no scanning."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.core.messages import Request


def by_uid(shop, limit: int, *, between: Callable[[int], None] = lambda _page: None) -> Iterator[int]:
    """Every uid by filter on the last one seen, until an empty page."""
    last, page = 0, 0
    while True:
        selection = {"filters": {"/uid": {"min": last + 1}}, "sort": "uid", "limit": limit}
        rows = shop("Article.list", "uid", selection)
        if not rows:
            return
        yield from (row["uid"] for row in rows)
        last, page = rows[-1]["uid"], page + 1
        between(page)


def by_offset(shop, limit: int, *, between: Callable[[int], None] = lambda _page: None) -> Iterator[int]:
    """Every uid by offset, advanced by the rows received, until an empty page."""
    offset, page = 0, 0
    while True:
        rows = shop("Article.list", "uid", {"sort": "uid", "limit": limit, "offset": offset})
        if not rows:
            return
        yield from (row["uid"] for row in rows)
        offset, page = offset + len(rows), page + 1
        between(page)


@pytest.mark.parametrize("stands", ["500", "100", "none"])
@pytest.mark.parametrize("limit", [1000, 100, 37])
@pytest.mark.parametrize("pages", [by_uid, by_offset])
def test_every_article_once_under_any_cap(shop, stands, limit, pages) -> None:
    shop.control.seed(items=600, orders=0)
    shop.switch(list_limit=stands)
    uids = list(pages(shop, limit))
    assert len(uids) == shop("Article.count") > 200
    assert uids == sorted(set(uids))


def test_an_exclusive_bound_moves_the_first_row(shop) -> None:
    shop.control.seed(items=20, orders=0)
    first = shop("Article.list", "uid", {"limit": 1})[0]["uid"]
    selection = {"filters": {"/uid": {"min": first}}, "limit": 1}
    assert shop("Article.list", "uid", selection) == [{"uid": first}]
    shop.switch(range_bounds="exclusive")
    assert shop("Article.list", "uid", selection)[0]["uid"] > first


def test_rows_that_move_between_pages_are_lost_by_offset_but_not_by_uid(shop) -> None:
    made = [shop.article() for _ in range(9)]

    def remove(number: int) -> Callable[[int], None]:
        def between(page: int) -> None:
            if page == 1:
                shop.control.edit("delete", **{"class": "Article", "uid": made[number]})

        return between

    assert list(by_offset(shop, 3, between=remove(0))) == [*made[:3], *made[4:]]
    assert list(by_uid(shop, 3, between=remove(1))) == made[1:]


def test_a_row_added_while_paging_comes_last(shop) -> None:
    made = [shop.article() for _ in range(4)]
    added: list[int] = []

    def between(page: int) -> None:
        if page == 1:
            added.append(shop.article())

    assert list(by_uid(shop, 3, between=between)) == made + added


def test_paging_by_changed_repeats_and_skips_rows_that_are_edited(shop) -> None:
    made = []
    for _ in range(6):
        made.append(shop.article())
        shop.control.advance_clock(1)

    def page(offset: int) -> list[int]:
        selection = {"sort": "changed", "limit": 3, "offset": offset}
        return [one["uid"] for one in shop("Article.list", "uid", selection)]

    assert page(0) == made[:3]
    shop("Article.set", made[0], {"news": True}, "uid")
    assert page(3) == [*made[4:], made[0]]


def test_many_callers_at_once(shop) -> None:
    """Each reads its own writes, nothing is lost, and everything is answered."""
    failures: list[str] = []
    counts = [0] * 8

    def work(number: int) -> None:
        caller = type(shop)(_Same(shop))
        for at in range(25):
            uid = caller(
                "Article.create", {"name": {"sv": f"{number}-{at}"}, "articleNumber": f"N{number}"}, "uid"
            )["uid"]
            if caller("Article.get", uid, {"name": "sv"}) != {"name": {"sv": f"{number}-{at}"}}:
                failures.append(f"{number}-{at}")
            counts[number] = len(caller("Article.list", "uid", {"filters": {"/articleNumber": f"N{number}"}}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == [] and counts == [25] * 8
    uids = list(by_uid(shop, 100))
    assert len(uids) == len(set(uids)) == 200 == shop("Article.count")


class _Same:
    """The server of another caller."""

    def __init__(self, caller: Any) -> None:
        self.control, self.url = caller.control, caller.url


@pytest.fixture(scope="module")
def large() -> AbicartService:
    """200,000 items, without HTTP: what is measured is the work of one call."""
    service = AbicartService()
    service.reset({"items": 200_000, "orders": 0})
    return service


def cpu_ms(service: AbicartService, method: str, *params: Any) -> float:
    import json

    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    query = b"webshop=22222&auth=demo-token-1"
    best = 1e9
    for number in range(5):
        request = Request(number, "POST", "/backend/jsonrpc/v1/", query, [], body, 0.0, 1)
        start = time.thread_time()
        service.read(request)
        answer = service.answer(request)
        best = min(best, 1000 * (time.thread_time() - start))
        assert not answer.errors and len(answer.body) > 30, answer.body
    return best


FIELDS = [
    "uid",
    "articleNumber",
    "name",
    "price",
    "pricing",
    "vatRate",
    "stock",
    "content",
    "choiceSchema",
    "variants",
]


def test_a_page_in_the_middle_of_200_000_items_costs_no_scan(large) -> None:
    middle = large.shop.articles.uids[len(large.shop.articles) // 2]
    selections = [
        {"sort": "uid", "limit": 100, "filters": {"/uid": {"min": middle}}},
        {"sort": "uid", "limit": 100, "offset": len(large.shop.articles) // 2},
        {"sort": "uid", "limit": 100, "descending": True, "offset": 1000},
    ]
    query = [*FIELDS, {"choices": {"uid": True, "options": {"uid": True, "name": True}}}]
    for selection in selections:
        first = cpu_ms(
            large, "Article.list", query, {**selection, "offset": 0, "filters": {"/uid": {"min": 0}}}
        )
        assert cpu_ms(large, "Article.list", query, selection) < max(15.0, 5 * first)
    assert cpu_ms(large, "Article.count") < 2
    assert cpu_ms(large, "ArticleVariant.count", {}) < 2
    assert cpu_ms(large, "Article.count", {"/uid": {"min": middle}}) < 2


def test_a_scan_is_kept_for_the_next_pages(large) -> None:
    selection = {
        "filters": {"/changed": {"min": "2025-06-01"}},
        "sort": "changed",
        "limit": 100,
        "offset": 5000,
    }
    cpu_ms(large, "Article.list", "uid", selection)
    assert cpu_ms(large, "Article.list", "uid", {**selection, "offset": 5100}) < 5
    number = next(iter(large.shop.variants.rows.values())).article_number
    cpu_ms(large, "ArticleVariant.list", "uid", {"filters": {"/articleNumber": number}})
    large.shop.version += 1
    assert cpu_ms(large, "ArticleVariant.list", "uid", {"filters": {"/articleNumber": number}}) < 2
