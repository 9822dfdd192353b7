"""Whole orders from shops that answer in less depth than asked for, or in odd forms."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.order_documents import tidy_heads, tidy_order
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import UnreadableAnswerError

GONE = {"code": 9003, "message": "Not found"}


class DeepShop:
    """Answers only as deep as it is told to. Order 5 has a package, a thing and a thing that is gone."""

    def __init__(self, *, rows: str = "uids", articles: bool = False, parts: str = "objects", **more) -> None:
        self.rows, self.articles, self.parts = rows, articles, parts
        self.customer = more.get("customer", 61)
        self.lists = more.get("lists", "honoured")
        self.asked: list[str] = []

    def article(self, uid: int) -> dict:
        return {
            "uid": str(uid),
            "articleNumber": f"A-{uid}",
            "name": {"sv": f"Sak {uid}"},
            "vatRate": 0.25,
            "price": {"regular": {"SEK": 12.5}} if uid != 103 else [],
            "variants": [],
            "content": self.content() if uid == 101 else [],
        }

    def content(self) -> list:
        if self.parts == "uids":
            return ["102", "103", "103"]
        if self.parts == "quantities":
            return [{"uid": "102", "quantity": 2}, {"uid": "103", "quantity": 1}]
        whole = [{**self.article(uid), "quantity": n} for uid, n in ((102, 2), (103, 1))]
        return [*whole, None]

    def item(self, uid: int) -> dict:
        named = {201: 101, 202: 102, 203: 999}[uid]
        shown = self.article(named) if self.articles and named != 999 else str(named)
        return {
            "uid": str(uid),
            "article": shown,
            "articleNumber": f"A-{named}",
            "articleName": "Namn",
            "choices": [],
            "discountInfo": [],
            "costs": {"unit": {"incVat": 12.5}, "total": []},
        }

    def payment(self, uid: int) -> dict:
        return {"uid": str(uid), "method": "9901", "status": "paid", "amount": 12.5}

    def order(self) -> dict:
        whole = self.rows == "objects"
        return {
            "uid": "5",
            "orderNumber": 10005,
            "ordered": "2026-03-01 12:00:00",
            "customer": self.customer,
            "delivery": [] if whole else {"method": "4411"},
            "discount": [],
            "costs": {"cart": {"incVat": 12.5}, "shipment": []},
            "items": [self.item(uid) if whole else str(uid) for uid in (201, 202, 203)],
            "payments": [self.payment(301) if whole else "301"],
        }

    def answer(self, method: str, params: list):
        self.asked.append(method)
        uid = int(params[0]) if method.endswith(".get") else 0
        match method:
            case "Order.list":
                return {"honoured": [self.order()], "empty": [], "ignored": [self.order() | {"uid": "6"}]}[
                    self.lists
                ]
            case "Order.get":
                return self.order() if uid == 5 else GONE
            case "OrderItem.get":
                return self.item(uid)
            case "Payment.get":
                return self.payment(uid)
            case "Article.get":
                return GONE if uid == 999 else self.article(uid)
            case "Customer.get":
                return (
                    GONE if uid == 62 else {"uid": str(uid), "info": {"email": "e@example.se"}, "address": []}
                )
        raise AssertionError(method)

    def __call__(self, request):
        asked = request.json()
        many = isinstance(asked, list)
        answers = []
        for one in asked if many else [asked]:
            result = self.answer(one["method"], one["params"])
            key = "error" if result is GONE else "result"
            answers.append({"jsonrpc": "2.0", "id": one["id"], key: result})
        yield http(json.dumps(answers if many else answers[0]))


SHOPS = [
    {"rows": rows, "articles": articles, "parts": parts, "lists": lists}
    for rows in ("objects", "uids")
    for articles in (True, False)
    for parts in ("objects", "quantities", "uids")
    for lists in ("honoured", "empty", "ignored")
]


@pytest.mark.parametrize("depth", SHOPS, ids=lambda depth: "-".join(str(one) for one in depth.values()))
def test_an_order_is_whole_however_deep_the_shop_goes(opening, depth):
    shop = DeepShop(**depth)
    with RawServer(shop) as server:
        orders = opening.abicart(server.url).orders.get_orders([5, 8])
    assert list(orders) == [5]
    order = orders[5]
    assert [item["uid"] for item in order["items"]] == [201, 202, 203]
    package, thing, gone = (item["article"] for item in order["items"])
    assert (package["uid"], package["articleNumber"], thing["uid"]) == (101, "A-101", 102)
    assert gone == 999
    parts = package["content"]
    told = [part for part in parts if part is not None]
    assert [(part["uid"], part["articleNumber"], part["price"]) for part in told] == [
        (102, "A-102", {"regular": {"SEK": Decimal("12.5")}}),
        *[(103, "A-103", {})] * (2 if depth["parts"] == "uids" else 1),
    ]
    assert [part.get("quantity") for part in told] == ([None] * 3 if depth["parts"] == "uids" else [2, 1])
    assert (None in parts) == (depth["parts"] == "objects")
    assert all(item["choices"] == {} and item["discountInfo"] is None for item in order["items"])
    assert all(item["costs"]["total"] == {} for item in order["items"])
    assert order["payments"] == [{"uid": 301, "method": 9901, "status": "paid", "amount": Decimal("12.5")}]
    assert order["customer"] == {"uid": 61, "info": {"email": "e@example.se"}, "address": {}}
    assert (order["discount"], order["costs"]["shipment"]) == (None, {})
    assert order["delivery"] == ({} if depth["rows"] == "objects" else {"method": 4411})


@pytest.mark.parametrize(
    ("customer", "shown"), [(62, {}), (None, {}), ([], {}), ({"info": []}, {"info": {}})]
)
def test_a_customer_that_is_not_there_is_an_empty_one(opening, customer, shown):
    with RawServer(DeepShop(rows="objects", articles=True, customer=customer)) as server:
        assert opening.abicart(server.url).orders.get_orders([5])[5]["customer"] == shown


@pytest.mark.parametrize("shop", [{}, {"rows": "objects", "lists": "ignored"}], ids=["uids", "no filter"])
def test_what_a_shop_cannot_do_is_asked_of_it_once(opening, shop):
    shop = DeepShop(**shop)
    with RawServer(shop) as server:
        client = opening.abicart(server.url)
        client.orders.get_orders([5])
        client.orders.get_orders([5])
    assert shop.asked.count("Order.list") == 1
    assert shop.asked.count("Order.get") == 2


@pytest.mark.parametrize(
    "value", [{}, {"uid": 1, "items": "?"}, {"uid": 1, "payments": 7}, "x", {"uid": "x"}]
)
def test_what_is_no_order_is_not_read(value):
    with pytest.raises(NotReadable):
        tidy_order(value)


@pytest.mark.parametrize("value", [None, {}, [{}], ["x"], [{"uid": 1, "customer": "?"}]])
def test_what_is_no_list_of_orders_is_not_read(opening, value):
    with pytest.raises(NotReadable):
        tidy_heads(value)
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": value})

    def script(request):
        yield http(body.replace('"id": 1', f'"id": {request.json()["id"]}'))

    with RawServer(script) as server, pytest.raises(UnreadableAnswerError):
        opening.abicart(server.url).orders.get_orders([1])


def test_odd_references_are_left_for_the_reader_of_the_order():
    """One order with nonsense in it must not keep a whole page from being read."""
    order = tidy_order(
        {
            "uid": 1,
            "items": [
                {"uid": "x", "article": {"name": "no uid"}, "costs": 7},
                "y",
                {"uid": -1, "article": -5},
            ],
            "payments": [{"uid": None, "method": "Kort"}],
            "delivery": "post",
        }
    )
    assert order["items"][0]["article"] == {"name": "no uid"}
    assert order["items"][1] == "y"
    assert order["items"][2]["article"] == -5
    assert order["payments"][0] == {"uid": None, "method": "Kort"}
    assert order["delivery"] == "post"
