"""Whole orders from the sandbox: the same under every switch, in as few requests as each of them allows."""

from __future__ import annotations

import json

import pytest
from tests.clients.conftest import Opener
from tests.clients.order_cases import EMBEDDED, SMALL_PAGES, outline, placed, read_heads
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import ConfigurationError
from shop_sandbox.abicart.switches import ORDERS, PLACEMENT, PRODUCTS, READING, TRANSPORT, VALUES


def package_uid(control) -> int:
    articles = control.inspect("Article", limit=500)
    return next(one["uid"] for one in articles if one["content"])


def variant_uid(control) -> int:
    return control.inspect("ArticleVariant", limit=1)[0]["uid"]


def fill(control) -> None:
    """A package, a variant, a guest with gift card and discount, a product that is gone, and a cart."""
    doomed = control.edit("Article", patch={"name": {"sv": "Borta"}, "price": {"regular": {"SEK": 10}}})[
        "uid"
    ]
    control.edit("place_order", rows=[{"article": package_uid(control), "quantity": 2}])
    control.edit(
        "place_order",
        rows=[{"variant": variant_uid(control), "quantity": 3}, {"article": doomed}],
        customer=EMBEDDED,
        gift_cards=["5.50"],
        discount={"name": "Rabatt", "percent": 10},
    )
    control.edit("place_order", rows=[{"article": doomed}], cart=True)
    control.edit("delete", **{"class": "Article", "uid": doomed})


@pytest.fixture
def shop(abicart_server):
    fill(abicart_server.control)
    abicart_server.control.reset_counters()
    return abicart_server


@pytest.fixture(scope="module")
def plain(abicart_session):
    """All orders as they are read with every switch at its default."""
    abicart_session.control.reset()
    fill(abicart_session.control)
    uids = [one["uid"] for one in placed(abicart_session.control)]
    with Opener().abicart(abicart_session.url) as client:
        return [outline(order) for order in client.orders.get_orders(uids).values()]


def test_a_whole_order_holds_what_the_shop_has(shop, opening, plain):
    assert [one[:2] for one in plain] == [(one["uid"], one["orderNumber"]) for one in placed(shop.control)]
    client = opening.abicart(shop.url)
    last = client.orders.get_orders([plain[-1][0]])[plain[-1][0]]
    shown = shop.control.inspect("Order", uid=last["uid"])
    assert [one["uid"] for one in last["items"]] == shown["items"]
    variant, gone = last["items"]
    assert variant["article"]["variants"]
    assert variant["discountInfo"]["name"] == "Rabatt"
    assert gone["article"] is None
    assert gone["articleName"] == "Borta"
    assert len(last["payments"]) == 2
    assert last["customer"]["info"]["email"] == "eva@example.se"
    parts = next(
        item["article"]["content"]
        for order in client.orders.get_orders([plain[-2][0]]).values()
        for item in order["items"]
    )
    assert all(part["articleNumber"] and part["quantity"] >= 1 and part["price"]["regular"] for part in parts)


def alternatives():
    for switch in (*TRANSPORT, *VALUES, *READING, *PRODUCTS, *ORDERS):
        for value in switch.choices:
            if value != switch.default and switch.name not in ("secure_connection", *PLACEMENT):
                yield switch.name, value


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_orders_read_the_same_under_every_switch(shop, opening, plain, switch, value):
    shop.control.switches(**{switch: value})
    client = opening.abicart(shop.url, SMALL_PAGES)
    heads = read_heads(client)
    assert [(one["uid"], one["orderNumber"]) for one in heads] == [one[:2] for one in plain]
    assert [one["customer"]["address"]["town"] for one in heads] == [one[6] for one in plain]
    uids = [one["uid"] for one in heads]
    orders = client.orders.get_orders([999_999_999, *reversed(uids)])
    assert list(orders) == uids[::-1]
    assert [without_renamed(outline(orders[uid]), switch) for uid in uids] == [
        without_renamed(one, switch) for one in plain
    ]
    assert client.orders.count_orders(heads[0]["ordered"]) == len(heads)
    assert client.counts.retries == 0
    assert client.counts.connections_opened == 1
    # What was learned about the shop is not asked again.
    before = client.counts.requests
    client.orders.get_orders(uids[:1])
    assert client.counts.requests == before + 1


def without_renamed(order: tuple, switch: str) -> tuple:
    """The outline less what this switch is about."""
    return tuple(part for place, part in enumerate(order) if not (switch == "customer_info" and place == 7))


@pytest.mark.parametrize("mode", ["lenient", "chaos"])
def test_orders_read_the_same_in_every_mode(shop, opening, plain, mode):
    shop.control.mode(mode)
    client = opening.abicart(shop.url, SMALL_PAGES)
    uids = [one["uid"] for one in read_heads(client)]
    assert [outline(one) for one in client.orders.get_orders(uids).values()] == plain


@pytest.fixture(scope="module")
def hundred(abicart_session):
    """A shop with a hundred orders of two rows each."""
    abicart_session.control.reset()
    articles = [
        one["uid"] for one in abicart_session.control.inspect("Article", limit=20) if not one["variants"]
    ]
    rows = [{"article": articles[0]}, {"article": articles[1], "quantity": 2}]
    abicart_session.control.edit("place_orders", orders=[{"rows": rows} for _ in range(100)])
    uids = [one["uid"] for one in placed(abicart_session.control)][-100:]
    return abicart_session, uids


@pytest.mark.parametrize(
    ("switches", "requests"),
    [
        ({}, 1),
        ({"unknown_key": "ignored"}, 1),
        ({"order_customer": "uid", "uid_type": "string", "empty_object": "array"}, 1),
        ({"list_limit": "100"}, 1),
        ({"order_expansion": "uids"}, 5),
        ({"uid_filter": "refused"}, 5),
        ({"uid_filter": "refused", "batch_limit": "20"}, 5),
    ],
)
def test_a_hundred_orders_take_few_requests(hundred, opening, switches, requests):
    server, uids = hundred
    server.control.mode("strict")
    server.control.switches(**switches)
    client = opening.abicart(server.url)
    client.orders.get_orders(uids[:1])
    before = client.counts.requests
    orders = client.orders.get_orders(uids)
    assert list(orders) == uids
    assert all(len(one["items"]) == 2 and one["items"][0]["article"]["uid"] for one in orders.values())
    assert client.counts.requests - before == requests


@pytest.mark.parametrize(
    ("cap", "more", "requests"),
    [("none", 10, 1), ("100", 10, 2), ("100", 3, 2)],
    ids=["whole", "capped, the rest by another list", "capped, the few that are left each"],
)
def test_a_shop_that_caps_its_lists_is_asked_for_the_rest(hundred, opening, cap, more, requests):
    server, uids = hundred
    server.control.mode("strict")
    server.control.switches(list_limit=cap)
    client = opening.abicart(server.url)
    client.orders.get_orders(uids[:1])
    before = client.counts.requests
    others = [one["uid"] for one in placed(server.control) if one["uid"] not in uids][:more]
    assert len(others) == more
    assert list(client.orders.get_orders([*uids, *others, uids[0]])) == [*uids, *others]
    assert client.counts.requests - before == requests


def test_the_scan_asks_once_for_a_page(hundred, opening):
    server, uids = hundred
    server.control.mode("strict")
    client = opening.abicart(server.url, HttpOptions(connect_timeout=2, read_timeout=5, page_size=500))
    heads = read_heads(client)
    assert [one["uid"] for one in heads][-100:] == uids
    # The page, the page that begins with the last row, and the empty one.
    assert client.counts.requests <= 3
    assert client.counts.writes == 0
    before = client.counts.requests
    assert read_heads(client, heads[-1]["ordered"].replace(year=2035)) == []
    assert client.counts.requests - before == 1


def test_a_field_that_no_order_can_go_without_is_not_done_without(opening):
    def script(request):
        problem = {"message": "unknown", "pointer": "/items/costs"}
        error = {"code": -32602, "message": "Invalid params", "data": [problem]}
        yield http(json.dumps({"jsonrpc": "2.0", "id": request.json()["id"], "error": error}))

    with RawServer(script) as server:
        client = opening.abicart(server.url)
        with pytest.raises(ConfigurationError, match="order field items/costs"):
            client.orders.get_orders([1])
        assert client.counts.requests == 1


def test_the_ways_to_pay_and_to_deliver(shop, opening):
    client = opening.abicart(shop.url)
    methods = client.orders.payment_methods()
    shown = shop.control.inspect("PaymentMethod")
    assert [(one["uid"], one["type"], one["name"]) for one in methods] == [
        (one["uid"], one["type"], one["name"]["sv"]) for one in shown
    ]
    deliveries = client.orders.delivery_methods()
    assert [one["uid"] for one in deliveries] == [
        one["uid"] for one in shop.control.inspect("DeliveryMethod")
    ]
    assert all(one["name"] and one["type"] == "" for one in deliveries)
    assert client.counts.requests == 2
    in_english = opening.abicart(shop.url, language="en").orders.payment_methods()
    assert [one["name"] for one in in_english] == [one["name"].get("en", one["name"]["sv"]) for one in shown]
