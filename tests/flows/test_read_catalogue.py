"""The catalogue is read whole or not at all, though people edit the shop meanwhile (F6, F27)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from relay import Passing, relay_to
from scenes import add_article, delete, items, key, outcomes, plain_articles, specter_numbers

from abicart_specter.errors import (
    CatalogueChangedError,
    EmptyCatalogueError,
    IncompleteRunError,
    RetriableError,
)
from abicart_specter.flows.report import report
from abicart_specter.ledger import StagingGoneError

LIST, COUNT = "Article.list", "Article.count"


@pytest.fixture
def paged(small, abicart_server):
    """Forty products in pages of five; a relay stands before the shop."""
    abicart_server.control.reset(seed={"items": 40, "faults": 0, "orders": 0, "customers": 0})
    small.options = replace(small.options, page_size=5)
    with relay_to(abicart_server.url) as relay:
        small.abicart_url = relay.url
        small.relay = relay
        yield small


def read(export):
    ctx = export.context()
    export.read(ctx)
    return ctx


def staged(export, ctx) -> set[tuple[str, int]]:
    columns = export.ledger.validation_columns(ctx.run)
    return {(kind.value, uid) for kind, uid in zip(columns["kind"], columns["uid"], strict=True)}


def in_the_shop(abicart) -> set[tuple[str, int]]:
    return {(one["kind"], one["uid"]) for one in items(abicart)}


def on(action: str, nth: int, do):
    """A hook that does something once, at the ``nth`` request of an action."""

    def hook(passing: Passing) -> None:
        if (passing.action, passing.nth) == (action, nth):
            do()

    return hook


def test_each_product_once(paged, abicart_server) -> None:
    ctx = read(paged)
    counts = paged.ledger.staged_counts(ctx.run)
    truth = abicart_server.control.inspect("counts")
    assert (counts.articles, counts.items) == (truth["articles"], truth["items"]) == (counts.articles, 40)
    assert (counts.expected_articles, counts.expected_items) == (counts.articles, counts.items)
    assert staged(paged, ctx) == in_the_shop(abicart_server)
    assert paged.relay.seen[LIST] > 5


@pytest.mark.parametrize("switches", [{}, {"uid_filter": "refused"}])
def test_one_that_was_deleted_after_it_was_read_is_dropped(paged, abicart_server, switches) -> None:
    abicart_server.control.switches(**switches)
    gone = items(abicart_server)[0]
    paged.relay.after = on(LIST, 3, lambda: delete(abicart_server, gone))
    ctx = read(paged)
    assert staged(paged, ctx) == in_the_shop(abicart_server)
    assert (gone["kind"], gone["uid"]) not in staged(paged, ctx)


@pytest.mark.parametrize("switches", [{}, {"uid_filter": "refused"}])
def test_none_is_missed_when_deletions_move_the_rest_to_the_left(paged, abicart_server, switches) -> None:
    """By offset the rows that follow would slip into pages that were read already."""
    abicart_server.control.switches(**switches)
    first = {one["article_uid"]: one for one in items(abicart_server)}
    to_delete = list(first.values())[:4]

    def clear() -> None:
        for one in to_delete:
            delete(abicart_server, one)

    paged.relay.before = on(LIST, 4, clear)
    ctx = read(paged)
    assert staged(paged, ctx) == in_the_shop(abicart_server)
    assert len(first) - 4 == paged.ledger.staged_counts(ctx.run).articles


def test_one_that_came_after_the_last_page_is_fetched(paged, abicart_server) -> None:
    paged.relay.before = on(COUNT, 1, lambda: add_article(abicart_server, "SIST-1"))
    ctx = read(paged)
    assert staged(paged, ctx) == in_the_shop(abicart_server)
    assert len(staged(paged, ctx)) == 41


def test_added_and_deleted_while_the_difference_is_settled(paged, abicart_server) -> None:
    gone = plain_articles(abicart_server)[5]

    def edits(passing: Passing) -> None:
        if passing.action == COUNT and passing.nth == 1:
            add_article(abicart_server, "SIST-1")
            add_article(abicart_server, "SIST-2")
        elif passing.action == COUNT and passing.nth == 2:
            delete(abicart_server, gone)

    paged.relay.before = edits
    ctx = read(paged)
    assert staged(paged, ctx) == in_the_shop(abicart_server)
    assert paged.relay.seen[COUNT] == 3


def test_a_run_over_a_moving_shop_accounts_for_what_there_is(paged, abicart_server, specter_server) -> None:
    """check_shop counts first; the second count is the reader's."""
    paged.relay.before = on(COUNT, 2, lambda: add_article(abicart_server, "SIST-1"))
    ctx = paged.context()
    result = paged.run(ctx=ctx)
    assert (result.found, result.sent) == (41, 41)
    assert set(outcomes(paged, ctx)) == {key(one) for one in items(abicart_server)}
    assert "SIST-1" in specter_numbers(specter_server)


def test_a_shop_that_does_not_hold_still_stops_the_run(paged, abicart_server, specter_server) -> None:
    def restless(passing: Passing) -> None:
        if passing.action == COUNT:
            add_article(abicart_server, f"ORO-{passing.nth}")

    paged.relay.before = restless
    ctx = paged.context()
    with pytest.raises(CatalogueChangedError, match="after 3 corrections"):
        paged.read(ctx)
    with pytest.raises(StagingGoneError):
        paged.plan(ctx)
    with pytest.raises(IncompleteRunError):
        report(ctx)
    assert specter_server.control.counters()["requests"] == 0
    paged.relay.before = lambda passing: None
    paged.read(ctx)
    assert staged(paged, ctx) == in_the_shop(abicart_server)


def test_a_shop_that_says_it_is_empty_is_not_believed(small, abicart_server) -> None:
    """F27: nothing is sent, no flag is resolved, and no run is green with 0 products found."""
    abicart_server.control.reset(seed={"items": 60, "orders": 0})
    small.run()
    flags = [(row.flag.key, row.flag.rule, row.resolved_at) for row in small.ledger.iter_open_flags("demo")]
    assert flags
    abicart_server.control.reset(seed={"items": 0})
    ctx = small.context()
    with pytest.raises(EmptyCatalogueError, match="no products at all") as caught:
        small.read(ctx)
    assert "abicart_demo" in caught.value.remedy
    for task in (small.validate, small.plan):
        with pytest.raises(StagingGoneError):
            task(ctx)
    with pytest.raises(IncompleteRunError):
        report(ctx)
    after = [(row.flag.key, row.flag.rule, row.resolved_at) for row in small.ledger.iter_open_flags("demo")]
    assert after == flags


def test_a_list_that_comes_empty_while_the_shop_counts_products_is_not_believed(
    small, abicart_server, specter_server
) -> None:
    def emptied(passing: Passing) -> None:
        if passing.action == LIST:
            passing.answer = b'{"jsonrpc": "2.0", "id": 1, "result": []}'

    with relay_to(abicart_server.url, after=emptied) as relay:
        small.abicart_url = relay.url
        ctx = small.context()
        with pytest.raises(RetriableError):
            small.read(ctx)
        with pytest.raises(IncompleteRunError):
            report(ctx)
    assert specter_server.control.counters()["requests"] == 0


@pytest.mark.parametrize("action", [LIST, COUNT, "Webshop.get"])
@pytest.mark.parametrize("kind", ["html_500", "drop_before", "cut"])
def test_a_shop_that_fails_is_never_taken_for_an_empty_one(
    small, abicart_server, specter_server, action, kind
) -> None:
    abicart_server.control.fault(kind, count=None, action=action)
    ctx = small.context()
    with pytest.raises(RetriableError):
        small.read(ctx)
    with pytest.raises(IncompleteRunError):
        report(ctx)
    assert specter_server.control.counters()["requests"] == 0
