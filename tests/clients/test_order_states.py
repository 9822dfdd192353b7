"""Orders marked as sent and cancelled: by the shop's setting, read back, once, refused, lost."""

from __future__ import annotations

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS, IMPATIENT
from tests.clients.order_cases import SMALL_PAGES, placed, plain_article
from tests.clients.write_cases import answering

from abicart_specter.clients.order_marks import GONE
from abicart_specter.clients.order_states import (
    CANCELLED,
    NO_SHIPMENT,
    NOT_SHOWN,
    SHIPPED_BEFORE,
    SendStrategy,
    SentOrder,
    is_sent,
)
from abicart_specter.errors import AbicartSpecterError, CredentialsError
from shop_sandbox.abicart.switches import ORDERS, PLACEMENT, READING, TRANSPORT, VALUES

ORDER_SET, SHIPMENT, BOTH = SendStrategy.ORDER_SET, SendStrategy.SHIPMENT, SendStrategy.BOTH
URL = "https://spar.example.se/?kolli=SE%201"
MAKE = "Shipment.addAllItemsFromOrder"


@pytest.fixture
def orders(abicart_server):
    """The server and the uids of six orders that are not sent."""
    control = abicart_server.control
    control.seed(items=40, orders=3)
    rows = [{"article": plain_article(control), "quantity": 2}]
    control.edit("place_orders", orders=[{"rows": rows} for _ in range(6)])
    return abicart_server, [one["uid"] for one in placed(control)][-6:]


def sent(control, uids) -> list[bool]:
    return [
        control.inspect("Order", uid=uid)["deliveryStatus"].lower() in ("sent", "shipped") for uid in uids
    ]


def shipments(control) -> list[dict]:
    return control.inspect("Shipment")


def mark(client, uids, strategy, url=URL, **more):
    return client.orders.mark_sent([SentOrder(uid, url) for uid in uids], strategy, **more)


@pytest.mark.parametrize("strategy", list(SendStrategy))
def test_orders_become_sent_with_their_tracking_address(orders, opening, strategy):
    server, uids = orders
    client = opening.abicart(server.url)
    client.orders.get_orders(uids[:1])  # from here on it knows what the shop does not know
    requests = client.counts.requests
    results = mark(client, uids, strategy)
    requests = client.counts.requests - requests
    assert list(results) == uids
    for uid, one in results.items():
        assert (one.ok, one.words, one.refused, one.unconfirmed) == (True, "", False, False)
        assert one.document["uid"] == uid and is_sent(one.document)
    assert sent(server.control, uids) == [True] * 6
    expected = [] if strategy is ORDER_SET else [URL] * 6
    assert [one["trackingUrl"] for one in shipments(server.control)] == expected
    # Read, list of shipments, make, track, read back; or read and set.
    assert requests == (2 if strategy is ORDER_SET else 5)
    # Once more costs no write.
    writes = client.counts.writes
    assert all(one.ok and not one.words for one in mark(client, uids, strategy).values())
    assert client.counts.writes == writes


def alternatives():
    for switch in (*TRANSPORT, *VALUES, *READING, *ORDERS):
        for value in switch.choices:
            without = ("secure_connection", "sent_by", *PLACEMENT)
            if value != switch.default and switch.name not in without:
                yield pytest.param(switch.name, value, id=f"{switch.name}-{value}")
    yield pytest.param("set_result", "uid", id="set_result-uid")


@pytest.mark.parametrize("strategy", list(SendStrategy))
@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_orders_become_sent_under_every_switch(orders, opening, strategy, switch, value):
    server, uids = orders
    server.control.switches(**{switch: value})
    client = opening.abicart(server.url, SMALL_PAGES)
    assert all(one.ok and not one.words for one in mark(client, uids[:3], strategy).values())
    assert sent(server.control, uids) == [True] * 3 + [False] * 3
    assert client.counts.retries == 0
    results = client.orders.cancel_orders(uids[3:])
    assert all(one.ok and not one.words and one.document["discarded"] for one in results.values())
    assert [server.control.inspect("Order", uid=uid)["discarded"] for uid in uids] == [False] * 3 + [True] * 3


@pytest.mark.parametrize(
    ("way", "strategy", "ok", "words"),
    [
        ("order_set", ORDER_SET, True, ""),
        ("order_set", SHIPMENT, False, NOT_SHOWN),
        ("order_set", BOTH, True, ""),
        ("shipment", ORDER_SET, False, "/deliveryStatus"),
        ("shipment", SHIPMENT, True, ""),
        ("shipment", BOTH, True, ""),
    ],
)
def test_a_setting_that_does_not_work_in_the_shop_is_told(orders, opening, way, strategy, ok, words):
    server, uids = orders
    server.control.switches(sent_by=way)
    client = opening.abicart(server.url)
    for one in mark(client, uids, strategy).values():
        assert (one.ok, one.refused, one.unconfirmed) == (ok, not ok, False)
        assert words in one.words and bool(one.words) is bool(words)
    assert sent(server.control, uids) == [ok] * 6
    made = len(shipments(server.control))
    assert made == (0 if strategy is ORDER_SET else 6)
    # Asked again, there is no second shipment.
    again = mark(client, uids, strategy)
    assert {one.ok for one in again.values()} == {ok}
    if (way, strategy) == ("order_set", SHIPMENT):
        assert {one.words for one in again.values()} == {SHIPPED_BEFORE}
    assert len(shipments(server.control)) == made


def test_a_cancelled_order_is_not_sent_and_a_gone_one_leaves_the_others_alone(orders, opening):
    server, uids = orders
    server.control.edit("discard_order", uid=uids[0])
    client = opening.abicart(server.url)
    results = mark(client, [uids[0], 999_999, uids[1]], BOTH)
    assert [(one.ok, one.refused, one.words) for one in results.values()] == [
        (False, True, CANCELLED),
        (False, True, GONE),
        (True, False, ""),
    ]
    assert len(shipments(server.control)) == 1
    cancelled = client.orders.cancel_orders([uids[0], 999_999, uids[2]])
    assert [(one.ok, one.words) for one in cancelled.values()] == [(True, ""), (False, GONE), (True, "")]
    assert server.control.counters()["calls"]["Order.set"] == 1


def test_an_order_that_a_person_marked_gets_the_tracking_address_where_there_is_a_shipment(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url)
    mark(client, uids[:1], SHIPMENT, url="")
    assert shipments(server.control)[0]["trackingUrl"] is None
    server.control.edit("Order", uid=uids[1], patch={"deliveryStatus": "sent"})
    results = mark(client, uids[:2], SHIPMENT)
    assert (results[uids[0]].ok, results[uids[0]].words) == (True, "")
    assert (results[uids[1]].ok, results[uids[1]].words) == (
        True,
        f"sent, but without the tracking address: {NO_SHIPMENT}",
    )
    assert [one["trackingUrl"] for one in shipments(server.control)] == [URL]


def test_the_delivery_method_is_written_if_it_is_named(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url)
    method = client.orders.delivery_methods()[1]["uid"]
    marked = [SentOrder(uids[0], URL, method), SentOrder(uids[1], URL), SentOrder(uids[2], URL, 999_999)]
    results = client.orders.mark_sent(marked, SHIPMENT)
    assert [one["shipmentMethod"] for one in shipments(server.control)] == [method, None, None]
    assert all(one.ok for one in results.values())
    assert results[uids[2]].words.startswith("sent, but without the tracking address: ")
    assert "/shipmentMethod" in results[uids[2]].words


@pytest.mark.parametrize("strategy", [SHIPMENT, BOTH])
@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_a_shipment_whose_answer_is_lost_is_never_made_twice(orders, opening, fault, strategy):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    client.webshop()
    server.control.fault(**fault, action=MAKE)
    first = mark(client, uids, strategy)
    assert server.control.counters()["calls"].get(MAKE, 0) <= 6
    server.control.clear_faults()
    results = mark(client, uids, strategy)
    assert all(one.ok for one in results.values())
    assert sent(server.control, uids) == [True] * 6
    assert len(shipments(server.control)) in ((6,) if strategy is SHIPMENT else (0, 6))
    for one in first.values():
        assert not one.refused
        assert strategy is SHIPMENT or one.ok
        assert one.ok or one.words


def test_a_shipment_that_was_made_though_its_answer_was_lost_is_found_at_once(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    server.control.fault("drop_after", action=MAKE)
    results = mark(client, uids, SHIPMENT)
    assert all(one.ok and not one.words for one in results.values())
    assert [one["trackingUrl"] for one in shipments(server.control)] == [URL] * 6


def test_a_shipment_that_was_not_made_and_whose_answer_was_lost_is_unconfirmed(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    server.control.fault("drop_before", action=MAKE)
    results = mark(client, uids, SHIPMENT)
    assert {(one.ok, one.refused, one.unconfirmed) for one in results.values()} == {(False, False, True)}
    assert all("may or may not" in one.words and one.document for one in results.values())
    assert sent(server.control, uids) == [False] * 6


def test_without_a_look_at_the_shipments_there_are_none_made(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    server.control.fault("html_500", action="Shipment.list", count=None)
    results = mark(client, uids, SHIPMENT)
    assert {(one.ok, one.refused, one.unconfirmed) for one in results.values()} == {(False, False, False)}
    assert shipments(server.control) == []
    # Where the order's status is enough, it goes on without one.
    for one in mark(client, uids, BOTH).values():
        assert one.ok and one.words.startswith("sent, but without a shipment: ")
    assert shipments(server.control) == [] and sent(server.control, uids) == [True] * 6


def test_a_tracking_address_that_cannot_be_written_is_told_beside_the_success(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    server.control.fault("html_500", action="Shipment.set", count=None)
    for strategy, way in ((SHIPMENT, "both"), (BOTH, "order_set")):
        server.control.switches(sent_by=way)
        some = uids[:3] if strategy is SHIPMENT else uids[3:]
        for one in mark(client, some, strategy).values():
            assert one.ok and one.words.startswith(
                "sent, but without the tracking address: Shop demo: Abicart"
            )
    server.control.clear_faults()
    assert all(one.ok and not one.words for one in mark(client, uids, SHIPMENT).values())
    assert [one["trackingUrl"] for one in shipments(server.control)] == [URL] * 6


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
@pytest.mark.parametrize("action", ["Order.list", "Order.set"])
def test_a_fault_that_stays_is_told_for_each_order_and_not_as_a_refusal(orders, opening, fault, action):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    client.webshop()
    server.control.fault(**fault, action=action, count=None)
    for results in (mark(client, uids, ORDER_SET), client.orders.cancel_orders(uids)):
        assert {(one.ok, one.refused) for one in results.values()} == {(False, False)}
        assert all("Shop demo: Abicart" in one.words for one in results.values())


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
@pytest.mark.parametrize("strategy", list(SendStrategy))
def test_one_fault_of_each_kind_elsewhere_is_mended(orders, opening, fault, strategy):
    server, uids = orders
    client = opening.abicart(server.url, IMPATIENT)
    client.webshop()
    server.control.fault(**fault, action="Order.*")
    assert all(one.ok and not one.words for one in mark(client, uids, strategy).values())
    server.control.fault(**fault, action="Order.set")
    assert all(one.ok for one in client.orders.cancel_orders(uids).values())
    assert client.counts.retries == 2


def test_before_each_write_the_caller_is_asked_and_may_stop(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url)
    asked = []
    mark(client, uids[:3], SHIPMENT, before_try=lambda: asked.append(1))
    assert len(asked) == 2

    def stop():
        raise AbicartSpecterError("lease lost")

    writes = client.counts.writes
    for strategy in SendStrategy:
        with pytest.raises(AbicartSpecterError, match="lease lost"):
            mark(client, uids[3:], strategy, before_try=stop)
    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.orders.cancel_order(uids[3], before_try=stop)
    assert client.counts.writes == writes
    assert sent(server.control, uids) == [True] * 3 + [False] * 3


def test_a_token_that_is_no_longer_taken_is_fatal(orders, opening):
    server, uids = orders
    client = opening.abicart(server.url)
    server.control.edit("revoke_token", token="demo-token-1")
    for strategy in SendStrategy:
        with pytest.raises(CredentialsError, match="1004"):
            mark(client, uids, strategy)
    with pytest.raises(CredentialsError, match="1004"):
        client.orders.cancel_order(uids[0])


def test_an_order_named_twice_is_a_mistake_of_the_caller_and_none_are_nothing(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    with pytest.raises(ValueError, match="marked twice"):
        mark(client, [5, 5], BOTH)
    assert mark(client, [], BOTH) == {} and client.orders.cancel_orders([]) == {}
    assert client.counts.requests == 0


def test_one_order_is_cancelled_with_its_stock_given_back(orders, opening):
    server, uids = orders
    control = server.control
    article = control.inspect("OrderItem", uid=control.inspect("Order", uid=uids[0])["items"][0])["article"]
    control.edit("Article", uid=article, patch={"stock": {"useStock": True, "stock": 5}})
    result = opening.abicart(server.url).orders.cancel_order(uids[0])
    assert (result.ok, result.document["discarded"]) == (True, True)
    assert float(control.inspect("Article", uid=article)["stock"]["stock"]) == 7


WORDS = [("sent", True), ("Sent", True), (" SHIPPED ", True), ("delivered", True), ("unsent", False)]


@pytest.mark.parametrize(
    ("word", "is_it"), [*WORDS, ("partlySent", False), ("", False), (None, False), (5, False)]
)
def test_words_for_an_order_that_was_sent(word, is_it):
    assert is_sent({"deliveryStatus": word}) is is_it
    assert is_sent({}) is False


ORDER = {
    "uid": 5,
    "orderNumber": "10005",
    "ordered": "2026-03-01T12:00:00Z",
    "deliveryStatus": "unsent",
    "discarded": False,
    "costs": {},
    "items": [{"uid": 70}],
    "payments": [],
    "customer": {},
}


def test_a_shop_that_takes_it_and_shows_nothing_of_it(opening):
    def answer(call):
        return [ORDER] if call["method"] == "Order.list" else ORDER

    server, methods = answering(answer)
    with server:
        client = opening.abicart(server.url)
        result = mark(client, [5], ORDER_SET)[5]
        cancelled = client.orders.cancel_order(5)
    assert (result.ok, result.refused, result.words) == (False, True, NOT_SHOWN)
    assert (cancelled.ok, cancelled.refused) == (False, True)
    assert "does not show the order as cancelled" in cancelled.words
    assert methods == ["Order.list", "Order.set"] * 2


@pytest.mark.parametrize(
    "items", [[{"uid": 1, "orderItem": 70}], [{"uid": 1, "orderItem": {"uid": "70"}}], [1], ["1"]]
)
def test_a_shipment_is_found_by_its_rows_in_whatever_form_they_come(opening, items):
    def answer(call):
        match call["method"]:
            case "Order.list":
                return [ORDER]
            case "Shipment.list":
                return [{"uid": "31", "trackingUrl": "", "items": items}]
            case "ShipmentItem.get":
                return {"uid": 1, "orderItem": 70}
            case "Shipment.set":
                return None
            case "Shipment.get":
                return {"uid": 31, "trackingUrl": URL}

    server, methods = answering(answer)
    with server:
        result = mark(opening.abicart(server.url), [5], SHIPMENT)[5]
    assert (result.ok, result.words) == (False, SHIPPED_BEFORE)
    assert MAKE not in methods
    assert methods[-3:] == ["Shipment.set", "Shipment.get", "Order.list"]


@pytest.mark.parametrize("answer", [None, [], {}, "x", {"uid": None}])
def test_a_shop_that_names_no_shipment_leaves_it_open(opening, answer):
    server, _ = answering(
        lambda call: {"Order.list": [ORDER], "Shipment.list": [], MAKE: answer}[call["method"]]
    )
    with server:
        result = mark(opening.abicart(server.url), [5], SHIPMENT)[5]
    assert (result.ok, result.refused, result.unconfirmed) == (False, False, True)


def test_many_shipments_are_looked_through_page_by_page(opening):
    """The shop caps its lists at 100; the one that counts is on the third page."""
    offsets = []

    def answer(call):
        if call["method"] == "Order.list":
            return [ORDER]
        offset = call["params"][1]["offset"]
        offsets.append(offset)
        rows = [{"uid": 900 - offset - n, "trackingUrl": URL, "items": []} for n in range(100)]
        if offset == 200:
            rows[50]["items"] = [{"uid": 1, "orderItem": 70}]
        return rows

    server, methods = answering(answer)
    with server:
        result = mark(opening.abicart(server.url), [5], SHIPMENT)[5]
    assert (result.words, offsets) == (SHIPPED_BEFORE, [0, 100, 200])
    assert MAKE not in methods


def test_what_a_shop_says_of_a_shipment_is_told_without_the_buyer(opening):
    error = {"error": {"code": -32602, "message": "Eva Ekström, eva.ekstrom@example.se, 0701740605"}}
    server, _ = answering(
        lambda call: (
            {"Order.list": [ORDER], "Shipment.list": [], MAKE: error}[call["method"]]
            if call["method"] != "Order.set"
            else ORDER | {"deliveryStatus": "sent"}
        )
    )
    with server:
        client = opening.abicart(server.url)
        words = [mark(client, [5], strategy)[5].words for strategy in (SHIPMENT, BOTH)]
    for one in words:
        assert MAKE in one
        assert not any(part in one for part in ("Eva", "Ekström", "eva.ekstrom", "0701740605"))
