"""Orders by what a person types: an order number or a uid, whatever the shop lets us filter by."""

from __future__ import annotations

import json
import logging

import pytest
from tests.clients.order_cases import SMALL_PAGES, placed, plain_article
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.order_lookup import MOST_PAGES

SWITCHES = [
    {},
    {"order_number_filter": "refused"},
    {"order_number_filter": "refused", "uid_filter": "refused", "uid_type": "string"},
    {"missing_object": "-32602"},
    {"missing_object": "null", "unknown_key": "ignored"},
    {"order_customer": "uid", "error_status": "by_code", "time_format": "naive"},
    {"batch_limit": "20", "list_limit": "100"},
]


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda switches: ",".join(switches) or "default")
def test_orders_are_found_by_number_and_by_uid(abicart_server, opening, switches):
    cart = abicart_server.control.edit(
        "place_order", rows=[{"article": plain_article(abicart_server.control)}], cart=True
    )
    orders = placed(abicart_server.control)
    first, last = orders[0], orders[-1]
    abicart_server.control.switches(**switches)
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    asked = [
        first["orderNumber"],
        f" {last['orderNumber']} ",
        str(orders[1]["uid"]),
        "0",
        "nej",
        "",
        "999999999",
    ]
    found = client.orders.find_orders([*asked, str(cart["uid"])])
    assert {text: head["uid"] for text, head in found.items()} == {
        first["orderNumber"]: first["uid"],
        f" {last['orderNumber']} ": last["uid"],
        str(orders[1]["uid"]): orders[1]["uid"],
    }
    assert found[first["orderNumber"]]["orderNumber"] == first["orderNumber"]
    assert found[first["orderNumber"]]["customer"]["info"]
    assert client.counts.writes == client.counts.retries == 0


def test_a_number_goes_before_a_uid(abicart_server, opening):
    control = abicart_server.control
    uid = int(placed(control)[0]["orderNumber"])
    with_that_number = placed(control)[0]["uid"]
    found = opening.abicart(abicart_server.url).orders.find_orders([str(uid)])
    assert found[str(uid)]["uid"] == with_that_number != uid


def test_nothing_asked_is_nothing_sent(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    assert client.orders.find_orders([]) == client.orders.find_orders([" "]) == {}
    assert client.counts.requests == 0


def test_numbers_are_asked_for_together(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    numbers = [one["orderNumber"] for one in placed(abicart_server.control)][:10]
    assert set(client.orders.find_orders(numbers)) == set(numbers)
    assert client.counts.requests == 1


def test_the_search_without_a_filter_ends(abicart_server, opening, caplog):
    control = abicart_server.control
    control.switches(order_number_filter="refused")
    old = placed(control)[0]["orderNumber"]
    rows = [{"article": plain_article(control)}]
    control.edit("place_orders", orders=[{"rows": rows} for _ in range(MOST_PAGES)])
    client = opening.abicart(abicart_server.url, HttpOptions(connect_timeout=2, read_timeout=5, page_size=1))
    with caplog.at_level(logging.WARNING):
        assert client.orders.find_orders([old]) == {}
    assert f"Shop demo: order number not found among the newest {MOST_PAGES} orders: {old}." in caplog.text
    # The filter, the pages, and the number taken for a uid.
    assert client.counts.requests == MOST_PAGES + 2


def test_a_filter_that_is_not_honoured_is_seen_through(opening):
    orders = [
        {"uid": uid, "orderNumber": str(10_000 + uid), "ordered": "2026-03-01T12:00:00Z"} for uid in (1, 2, 3)
    ]

    def script(request):
        asked = request.json()
        many = isinstance(asked, list)
        answers = [
            {"jsonrpc": "2.0", "id": one["id"], "result": orders[one["params"][1].get("offset", 0) :]}
            for one in (asked if many else [asked])
        ]
        yield http(json.dumps(answers if many else answers[0]))

    with RawServer(script) as server:
        found = opening.abicart(server.url).orders.find_orders(["10001"])
    assert found["10001"]["uid"] == 1
