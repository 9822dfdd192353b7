"""The pages' thread, and pages of a shop that changes or answers in its other ways."""

from __future__ import annotations

import threading
from itertools import islice

import pytest
from tests.clients.abicart_cases import (
    FACTS,
    SMALL_PAGES,
    outline,
)
from tests.clients.conftest import QUICK

from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS


def test_closing_the_pages_early_leaves_no_thread_and_the_client_usable(abicart_server, opening):
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    pages = client.iter_article_pages(["uid"])
    assert len(list(islice(pages, 2))) == 2
    pages.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("next-page")]
    assert client.webshop() == FACTS
    assert abicart_server.control.counters()["connections"] == 1


def test_closing_the_pages_ends_the_tries_for_the_next_one(abicart_server, opening):
    options = HttpOptions(connect_timeout=2, read_timeout=5, page_size=17, max_tries=2000)
    failed = threading.Event()
    client = opening.abicart(abicart_server.url, options, sleep=lambda seconds: failed.set())
    abicart_server.control.fault("html_500", after=1, count=None)
    pages = client.iter_article_pages(["uid"])
    next(pages)
    assert failed.wait(5)
    pages.close()
    assert client.counts.requests < 2000


def test_other_calls_between_pages_share_the_one_connection(abicart_server, opening, plain_outline):
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    found = []
    for page in client.iter_article_pages(ARTICLE_FIELDS):
        found += page
        client.get_articles([page[0]["uid"]], ("articleNumber",))
    assert outline(found) == plain_outline
    assert abicart_server.control.counters()["connections"] == 1


def test_a_shop_that_is_edited_while_it_is_read_loses_nothing(abicart_server, opening, plain_outline):
    control = abicart_server.control
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    found: list[dict] = []
    for page in client.iter_article_pages(ARTICLE_FIELDS):
        found += page
        if len(found) == len(page):
            control.edit("Article", patch={"name": {"sv": "Ny mössa"}, "articleNumber": "NY-1"})
    uids = [one["uid"] for one in found]
    assert len(uids) == len(set(uids))
    assert {one[0] for one in plain_outline} <= set(uids)
    assert "NY-1" in {one.get("articleNumber") for one in found}


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("uid_filter", ["allowed", "refused"])
@pytest.mark.parametrize("page_size", [1, 2, 50, 1000])
def test_any_page_size_reads_everything(
    abicart_server, opening, plain_outline, bounds, uid_filter, page_size
):
    abicart_server.control.switches(range_bounds=bounds, uid_filter=uid_filter)
    options = HttpOptions(connect_timeout=2, read_timeout=5, page_size=page_size)
    client = opening.abicart(abicart_server.url, options)
    found = [one["uid"] for page in client.iter_article_pages(["uid"]) for one in page]
    assert found == [one[0] for one in plain_outline]


def test_a_client_is_closed_by_its_block(abicart_server, opening):
    with opening.abicart(abicart_server.url, QUICK) as client:
        assert client.webshop() == FACTS
