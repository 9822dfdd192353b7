"""Specter's number written back to the shop's orders: batched, read again, refused, lost."""

from __future__ import annotations

import json

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS, IMPATIENT
from tests.clients.order_cases import SMALL_PAGES, outline, placed, plain_article
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import AbicartSpecterError, CredentialsError
from shop_sandbox.abicart.switches import ORDERS, PLACEMENT, READING, TRANSPORT, VALUES


def external_numbers(control) -> dict[int, str]:
    return {one["uid"]: one["externalOrderNumber"] for one in placed(control) if one["externalOrderNumber"]}


@pytest.fixture
def twenty(abicart_server):
    """The server and the uids of twenty orders without a mark."""
    control = abicart_server.control
    rows = [{"article": plain_article(control)}]
    control.edit("place_orders", orders=[{"rows": rows} for _ in range(20)])
    uids = [one["uid"] for one in placed(control)][-20:]
    return abicart_server, uids


def test_twenty_marks_are_one_request_whose_answer_is_the_content(twenty, opening):
    server, uids = twenty
    client = opening.abicart(server.url)
    before = client.orders.get_orders(uids)
    requests = client.counts.requests
    results = client.orders.mark_orders([(uid, str(5000 + uid)) for uid in uids])
    assert client.counts.requests - requests == 1
    assert client.counts.writes == 20
    assert list(results) == uids
    assert all(one.ok and one.words == "" and not one.refused for one in results.values())
    for uid in uids:
        after = results[uid].document
        assert outline(after) == outline(before[uid])
        assert after["externalOrderNumber"] == str(5000 + uid)
        changed = {name for name in after if after[name] != before[uid][name]}
        assert changed <= {"externalOrderNumber", "changed"}
    shown = external_numbers(server.control)
    assert {uid: shown[uid] for uid in uids} == {uid: str(5000 + uid) for uid in uids}


def alternatives():
    for switch in (*TRANSPORT, *VALUES, *READING, *ORDERS):
        for value in switch.choices:
            if value != switch.default and switch.name not in (
                "secure_connection",
                "order_marks",
                *PLACEMENT,
            ):
                yield switch.name, value
    yield "set_result", "uid"


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_marks_come_back_with_the_content_under_every_switch(twenty, opening, switch, value):
    server, uids = twenty
    server.control.switches(**{switch: value})
    # A client that has not asked for an order before: what it does not know it learns here.
    client = opening.abicart(server.url, SMALL_PAGES)
    results = client.orders.mark_orders([(uid, "7") for uid in uids])
    assert all(one.ok for one in results.values())
    again = client.orders.get_orders(uids)
    assert [results[uid].document for uid in uids] == [again[uid] for uid in uids]
    assert client.counts.retries == 0


@pytest.mark.parametrize("stands", ["forbidden", "refused"])
def test_a_shop_that_takes_no_marks_says_so_for_each_order(twenty, opening, stands):
    server, uids = twenty
    server.control.switches(order_marks=stands)
    client = opening.abicart(server.url)
    results = client.orders.mark_orders([(uid, "7") for uid in uids[:3]])
    assert [(one.ok, one.refused, one.document) for one in results.values()] == [(False, True, None)] * 3
    assert all("Order.set" in one.words for one in results.values())
    assert not set(external_numbers(server.control)) & set(uids)
    # The field is still read: a mark that somebody else writes must be seen.
    assert client.orders.get_orders(uids[:1])[uids[0]]["externalOrderNumber"] == ""


@pytest.mark.parametrize("missing", ["9003", "-32602", "null"])
def test_an_order_that_is_gone_leaves_the_others_alone(twenty, opening, missing):
    server, uids = twenty
    server.control.switches(missing_object=missing)
    results = opening.abicart(server.url).orders.mark_orders(
        [(uids[0], "1"), (999_999_999, "2"), (uids[1], "3")]
    )
    assert [one.ok for one in results.values()] == [True, False, True]
    gone = results[999_999_999]
    assert (gone.words, gone.refused) == ("the shop no longer has the order", True)


def test_nobody_reads_personal_data_in_a_result(twenty, opening):
    server, uids = twenty
    result = opening.abicart(server.url).orders.mark_orders([(uids[0], "1")])[uids[0]]
    assert "document" not in repr(result)
    assert result.document["customer"]["address"]["lastName"] not in repr(result)


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_one_fault_of_each_kind_is_mended(twenty, opening, fault):
    server, uids = twenty
    client = opening.abicart(server.url, IMPATIENT)
    client.orders.get_orders(uids[:1])
    server.control.fault(**fault)
    results = client.orders.mark_orders([(uid, "7") for uid in uids])
    assert all(one.ok and one.document for one in results.values())
    assert client.counts.retries == 1
    assert set(external_numbers(server.control)) >= set(uids)


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_a_fault_that_stays_is_told_for_each_order_and_not_as_a_refusal(twenty, opening, fault):
    server, uids = twenty
    client = opening.abicart(server.url, IMPATIENT)
    client.orders.get_orders(uids[:1])
    server.control.fault(**fault, count=None)
    results = client.orders.mark_orders([(uid, "7") for uid in uids])
    assert [(one.ok, one.refused, one.document) for one in results.values()] == [(False, False, None)] * 20
    assert all("Shop demo: Abicart" in one.words for one in results.values())


def test_what_was_marked_before_the_line_broke_is_told(twenty, opening):
    server, uids = twenty
    options = HttpOptions(connect_timeout=0.5, read_timeout=0.5, max_tries=2, batch_size=8)
    client = opening.abicart(server.url, options)
    client.orders.get_orders(uids[:1])
    server.control.fault("drop_before", count=None, after=1, action="Order.set")
    results = client.orders.mark_orders([(uid, "7") for uid in uids])
    assert [one.ok for one in results.values()] == [True] * 8 + [False] * 12
    assert not any(one.refused for one in results.values())


def test_before_each_request_the_caller_is_asked(twenty, opening):
    server, uids = twenty
    client = opening.abicart(server.url, HttpOptions(connect_timeout=2, read_timeout=5, batch_size=10))
    client.orders.get_orders(uids[:1])
    asked = []
    client.orders.mark_orders([(uid, "7") for uid in uids], before_try=lambda: asked.append(1))
    assert len(asked) == 2

    def stop():
        raise AbicartSpecterError("lease lost")

    requests = client.counts.requests
    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.orders.mark_orders([(uids[0], "8")], before_try=stop)
    assert client.counts.requests == requests


def test_a_token_that_is_no_longer_taken_is_fatal(twenty, opening):
    server, uids = twenty
    server.control.edit("revoke_token", token="demo-token-1")
    with pytest.raises(CredentialsError, match="1004"):
        opening.abicart(server.url).orders.mark_orders([(uids[0], "1")])


def test_nothing_to_mark_is_nothing_sent(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    assert client.orders.mark_orders([]) == {}
    assert client.counts.requests == 0


ORDER = {
    "uid": 5,
    "orderNumber": "10005",
    "ordered": "2026-03-01T12:00:00Z",
    "externalOrderNumber": "",
    "costs": {},
    "items": [],
    "payments": [],
    "customer": {},
}


@pytest.mark.parametrize(
    ("answer", "kept", "ok"),
    [
        (None, "77", True),
        (5, "77", True),
        ("5", "77", True),
        ([], "77", True),
        ({"uid": 5, "externalOrderNumber": "77"}, "77", True),
        (ORDER | {"uid": 6}, "77", True),
        (ORDER | {"items": "?"}, "77", True),
        (ORDER | {"externalOrderNumber": "77"}, "other", True),
        (ORDER | {"externalOrderNumber": 77}, "other", True),
        (None, "", False),
        (ORDER, "", False),
    ],
)
def test_an_answer_that_is_not_the_content_is_read_again(opening, answer, kept, ok):
    """What counts is what the shop shows, not what it answered to the write."""
    methods = []

    def one(call):
        methods.append(call["method"])
        shown = ORDER | {"externalOrderNumber": kept}
        result = answer if call["method"] == "Order.set" else [shown]
        return {"jsonrpc": "2.0", "id": call["id"], "result": result}

    def script(request):
        asked = request.json()
        yield http(json.dumps([one(call) for call in asked] if isinstance(asked, list) else one(asked)))

    with RawServer(script) as server:
        result = opening.abicart(server.url).orders.mark_orders([(5, "77")])[5]
    assert (result.ok, result.refused) == (ok, not ok)
    assert result.document["uid"] == 5
    whole = isinstance(answer, dict) and answer.get("uid") == 5 and answer.get("items") == []
    assert methods == (["Order.set"] if whole else ["Order.set", "Order.list"])
    assert result.words == ("" if ok else "the shop took the number but does not show it")


def test_a_refused_write_that_names_what_no_order_can_go_without_makes_nobody_read_without_it(opening):
    def one(call):
        if call["method"] == "Order.set":
            data = [{"message": "Unknown", "pointer": "/items/costs"}]
            return {
                "jsonrpc": "2.0",
                "id": call["id"],
                "error": {"code": -32602, "message": "No", "data": data},
            }
        assert call["params"][0]["items"]["costs"] is True
        return {"jsonrpc": "2.0", "id": call["id"], "result": [ORDER]}

    def script(request):
        asked = request.json()
        yield http(json.dumps([one(call) for call in asked] if isinstance(asked, list) else one(asked)))

    with RawServer(script) as server:
        client = opening.abicart(server.url)
        result = client.orders.mark_orders([(5, "77")])[5]
        assert (result.ok, result.refused) == (False, True)
        assert list(client.orders.get_orders([5])) == [5]
