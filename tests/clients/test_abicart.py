"""The Abicart client against the sandbox: every switch that touches products or transport."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.clients.abicart_cases import (
    FACTS,
    SMALL_PAGES,
    expected,
    outline,
    read_all,
)

from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS
from shop_sandbox.abicart.switches import PRODUCTS, READING, TRANSPORT, VALUES


def test_the_shop_says_what_it_is(abicart_server, opening):
    assert opening.abicart(abicart_server.url).webshop() == FACTS


def test_every_article_is_read_once_over_one_connection(abicart_server, opening, plain_outline):
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    articles = read_all(client)
    assert outline(articles) == plain_outline
    assert [(one["uid"], one.get("articleNumber")) for one in articles] == expected(abicart_server.control)
    assert len(articles) == client.count_articles()
    assert sum(len(one.get("variants") or []) for one in articles) == client.count_variants()
    counters = abicart_server.control.counters()
    assert client.counts.as_dict() == {
        "requests": counters["requests"],
        "retries": 0,
        "writes": 0,
        "connections_opened": counters["connections"],
    }
    assert counters["connections"] == 1
    assert counters["writes"] == 0


def test_amounts_are_exact_and_uids_are_numbers(abicart_server, opening):
    prices = [
        amount
        for article in read_all(opening.abicart(abicart_server.url))
        for amount in (article["price"].get("regular") or {}).values()
        if amount is not None
    ]
    assert all(isinstance(one, int | Decimal) for one in prices)
    assert any(isinstance(one, Decimal) for one in prices)


def alternatives():
    for switch in (*TRANSPORT, *VALUES, *READING, *PRODUCTS):
        for value in switch.choices:
            if value != switch.default and switch.name != "secure_connection":
                yield switch.name, value


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_the_catalogue_reads_the_same_under_every_switch(
    abicart_server, opening, plain_outline, switch, value
):
    abicart_server.control.switches(**{switch: value})
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    assert client.webshop() == FACTS
    articles = read_all(client)
    assert outline(articles) == plain_outline
    assert client.count_articles() == len(articles)
    some = [articles[place]["uid"] for place in (3, 0, 7)]
    fetched = client.get_articles([some[0], 999_999_999, *some[1:]], ARTICLE_FIELDS)
    assert [one["uid"] for one in fetched] == some
    assert outline(fetched) == outline([articles[place] for place in (3, 0, 7)])
    assert client.counts.retries == 0
    assert client.counts.connections_opened == 1


@pytest.mark.parametrize("mode", ["lenient", "chaos"])
def test_the_catalogue_reads_the_same_in_every_mode(abicart_server, opening, plain_outline, mode):
    abicart_server.control.mode(mode)
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    assert outline(read_all(client)) == plain_outline
    uids = [one[0] for one in plain_outline]
    assert [one["uid"] for one in client.get_articles(uids, ("articleNumber",))] == uids


def test_a_server_that_limits_is_waited_for(abicart_server, opening, plain_outline):
    abicart_server.control.switches(rate_limit=3)
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        abicart_server.control.advance_clock(seconds)

    client = opening.abicart(abicart_server.url, SMALL_PAGES, sleep=sleep)
    assert outline(read_all(client)) == plain_outline
    assert waits
    assert all(wait >= 1.0 for wait in waits)
    assert abicart_server.control.counters()["answers"]["429"] == client.counts.retries == len(waits)


def test_our_own_limit_keeps_the_server_from_limiting(abicart_server, opening, plain_outline):
    abicart_server.control.switches(rate_limit=3)
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds
        abicart_server.control.advance_clock(seconds)

    options = HttpOptions(connect_timeout=2, read_timeout=5, page_size=17, rate_per_second=2.5)
    client = opening.abicart(abicart_server.url, options, sleep=sleep, clock=lambda: now[0])
    assert outline(read_all(client)) == plain_outline
    assert "429" not in abicart_server.control.counters()["answers"]
    assert now[0] == pytest.approx((client.counts.requests - 1) / 2.5)
