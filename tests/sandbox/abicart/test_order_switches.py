"""What orders look like under the switches, and what becomes of them: paid, sent, cancelled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def cost(inc, ex, vat, rate) -> dict[str, Any]:
    return {
        "incVat": Decimal(inc),
        "exVat": Decimal(ex),
        "vat": Decimal(vat),
        "vatRate": Decimal(rate),
        "currency": "SEK",
    }


def test_row_discount_and_where_costs_show_it(shop) -> None:
    uid = shop.place({"article": shop.goods("199"), "quantity": 3, "discount_percent": 10})
    item = shop.order(uid)["items"][0]
    assert item["costs"]["total"] == cost("537.3", "429.84", "107.46", "0.25")
    assert item["discountInfo"] == {
        "discount": 801,
        "name": "Rabatt 10 %",
        "rate": Decimal("0.1"),
        "incVat": Decimal("59.7"),
        "exVat": Decimal("47.76"),
    }
    shop.switch(item_costs="before_discount")
    assert shop.order(uid)["items"][0]["costs"]["total"]["incVat"] == 597
    assert shop.order(uid)["costs"]["cart"]["incVat"] == Decimal("537.3")


@pytest.mark.parametrize("shape", ["items", "negative_item", "property"])
def test_order_discount(shop, shape) -> None:
    shop.switch(order_discount=shape)
    rows = [{"article": shop.goods("100", "0.06"), "quantity": 2}, {"article": shop.goods("99.99")}]
    uid = shop.place(*rows, discount={"name": "VÅR10", "percent": 10}, shipping=50)
    shown = shop(
        "Order.get", uid, {"items": {}, "costs": True} | ({"discount": True} if shape == "property" else {})
    )
    total, cart = shown["costs"]["total"], shown["costs"]["cart"]
    assert total["incVat"] == Decimal("319.99")
    assert total["incVat"] == total["exVat"] + total["vat"]
    incs = [item["costs"]["total"]["incVat"] for item in shown["items"]]
    if shape == "items":
        assert incs == [180, Decimal("89.99")] and cart["incVat"] == Decimal("269.99")
        assert [item["discountInfo"]["name"] for item in shown["items"]] == ["VÅR10", "VÅR10"]
    elif shape == "negative_item":
        assert incs == [200, Decimal("99.99"), -10, -20] and sum(incs) == cart["incVat"]
        rates = [item["costs"]["total"]["vatRate"] for item in shown["items"][2:]]
        assert rates == [Decimal("0.25"), Decimal("0.06")]
        assert shown["items"][2]["article"] is None and shown["items"][2]["articleName"] == "VÅR10"
    else:
        assert incs == [200, Decimal("99.99")] and cart["incVat"] == Decimal("299.99")
        assert shown["discount"]["incVat"] == 30 and shown["discount"]["name"] == "VÅR10"
    if shape != "property":
        assert shop.fails("Order.get", uid, "discount").pointers == ["/discount"]


def test_a_discount_is_shared_out_to_the_last_ore(shop) -> None:
    rows = [
        {"article": shop.goods("33.33")},
        {"article": shop.goods("33.33")},
        {"article": shop.goods("33.34")},
    ]
    shown = shop.order(shop.place(*rows, discount={"amount": 10}))
    incs = [item["costs"]["total"]["incVat"] for item in shown["items"]]
    assert incs == [Decimal("30"), Decimal("30"), Decimal("30")]
    shown = shop.order(shop.place(*rows[:2], discount={"amount": "0.01"}))
    assert [item["costs"]["total"]["incVat"] for item in shown["items"]] == [
        Decimal("33.32"),
        Decimal("33.33"),
    ]


@pytest.mark.parametrize("shape", ["payment", "negative_item", "total_reduced"])
def test_gift_card(shop, shape) -> None:
    shop.switch(gift_card=shape)
    uid = shop.place({"article": shop.goods("400")}, gift_cards=[100, 50])
    shown = shop.order(uid)
    total = shown["costs"]["total"]
    amounts = [(one["method"], one["amount"], one["status"]) for one in shown["payments"]]
    incs = [item["costs"]["total"]["incVat"] for item in shown["items"]]
    if shape == "payment":
        assert total["incVat"] == 400 and incs == [400]
        assert amounts == [(9901, 250, "unpaid"), (9905, 100, "paid"), (9905, 50, "paid")]
    else:
        assert total["incVat"] == 250 and total["vat"] == 80
        assert amounts == [(9901, 250, "unpaid")]
        assert incs == ([400, -100, -50] if shape == "negative_item" else [400])


def test_a_gift_card_that_covers_all(shop) -> None:
    uid = shop.place({"article": shop.goods("400")}, gift_cards=[500])
    shown = shop("Order.get", uid, {"payments": ["method", "amount"], "paymentStatus": True})
    assert shown == {"payments": [{"method": 9905, "amount": 400}], "paymentStatus": "paid"}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("one_row", [("PAKET", 180)]),
        ("with_parts", [("PAKET", 180), ("A", 0), ("B", 0)]),
        ("parts_only", [("A", 120), ("B", 60)]),
    ],
)
def test_package_rows(shop, shape, expected) -> None:
    first = shop.goods("50", articleNumber="A", stock={"useStock": True, "stock": 9})
    second = shop.goods("50", articleNumber="B", stock={"useStock": True, "stock": 9})
    package = shop.goods(
        "90", articleNumber="PAKET", content=[{"uid": first, "quantity": 2}, {"uid": second}]
    )
    shop.switch(package_rows=shape)
    shown = shop.order(shop.place({"article": package, "quantity": 2}))
    rows = [(item["articleNumber"], item["costs"]["total"]["incVat"]) for item in shown["items"]]
    assert rows == expected and shown["costs"]["cart"]["incVat"] == 180
    stocks = [shop("Article.get", uid, {"stock": "stock"})["stock"]["stock"] for uid in (first, second)]
    assert stocks == [5, 7]


def test_whole_kronor(shop) -> None:
    shop.switch(order_rounding="whole_kronor")
    total = shop.order(shop.place({"article": shop.goods("99.50")}))["costs"]["total"]
    assert total == cost("100", "80.1", "19.9", "0.25")


@pytest.mark.parametrize(
    ("stands", "choices", "top"), [("choices", 2, None), ("top_level", None, 2), ("both", 2, 2)]
)
def test_where_the_quantity_is(shop, stands, choices, top) -> None:
    uid = shop.place({"article": shop.goods(), "quantity": 2})
    shop.switch(item_quantity=stands)
    item = shop.order(uid)["items"][0]
    assert item["choices"].get("quantity") == choices and item.get("quantity") == top


def test_number_of_a_row(shop) -> None:
    shop.goods(articleNumber="T", choiceOptions={"2001": [3001, 3002]})
    shop("ArticleVariant.set", 1501, {"articleNumber": "T-SVA"}, "uid")
    uid = shop.place({"variant": 1501}, {"variant": 1502})

    def numbers() -> list[str]:
        return [item["articleNumber"] for item in shop.order(uid)["items"]]

    assert numbers() == ["T-SVA", "T"]
    shop.switch(item_number="base")
    assert numbers() == ["T", "T"]
    shop.switch(item_number="variant")
    shop("ArticleVariant.set", 1501, {"articleNumber": "NY"}, "uid")
    assert numbers() == ["T-SVA", "T"]


def test_rows_outlive_their_article(shop) -> None:
    article = shop.goods(articleNumber="A")
    uid = shop.place({"article": article})
    shop.control.edit("delete", **{"class": "Article", "uid": article})
    shown = shop("Order.get", uid, {"items": ["article", "articleNumber"]})
    assert shown["items"] == [{"article": article, "articleNumber": "A"}]
    assert shop.fails("Article.get", article).code == 9003
    assert shop("Order.get", uid, {"items": {"article": "uid"}})["items"] == [{"article": None}]


def test_expansion_inside_a_list(seeded) -> None:
    query = {"uid": True, "items": {"uid": True}, "payments": {}}
    first = seeded("Order.list", query, {"limit": 1})[0]
    assert first["items"][0] == {"uid": 70001} and first["payments"][0]["uid"] == 8801
    seeded.switch(order_expansion="uids")
    assert seeded("Order.list", query, {"limit": 1})[0]["items"][0] == 70001
    assert seeded("Order.get", first["uid"], query) == first


def test_customer_forms(shop) -> None:
    person = {"info": {"type": "private", "email": "eva@example.se", "nin": "19800101-9808"}}
    custom = [{"name": "Portkod", "value": "1234"}]
    uid = shop.place(
        {"article": shop.goods()}, customer={**person, "custom": custom, "address": {"town": "Ystad"}}
    )
    whole = shop("Order.get", uid, "customer")["customer"]
    assert whole["info"]["nin"] == "19800101-9808" and whole["custom"] == custom
    shop.switch(order_customer="uid", custom_shape="object", customer_info="other_names")
    assert shop("Order.get", uid, "customer")["customer"] == whole["uid"]
    embedded = shop("Order.get", uid, {"customer": {}})["customer"]
    assert embedded["custom"] == {"Portkod": "1234"} and embedded["info"]["personalNumber"] == "19800101-9808"
    picked = shop("Order.get", uid, {"customer": {"info": "email", "address": "town"}})["customer"]
    assert picked == {"info": {"email": "eva@example.se"}, "address": {"town": "Ystad"}}


def test_an_order_keeps_its_own_copy_of_the_customer(shop) -> None:
    customer = shop("Customer.list", "uid")[0]["uid"]
    uid = shop.place({"article": shop.goods()}, customer=customer)
    before = shop("Order.get", uid, {"customer": "address"})
    shop("Customer.set", customer, {"address": {"town": "Annanstans"}}, "uid")
    assert shop("Order.get", uid, {"customer": "address"}) == before


def test_status_words(shop) -> None:
    article = shop.goods()
    paid = shop.place({"article": article}, paid=True)
    reserved = shop.place({"article": article}, payment_method=9902)
    shop("Order.set", paid, {"deliveryStatus": "Sent"}, "uid")

    def words() -> list[tuple[str, str]]:
        rows = [shop("Order.get", uid, ["paymentStatus", "deliveryStatus"]) for uid in (paid, reserved)]
        return [(one["paymentStatus"], one["deliveryStatus"]) for one in rows]

    assert words() == [("paid", "sent"), ("unpaid", "unsent")]
    shop.switch(status_words="capitalised")
    assert words() == [("Paid", "Sent"), ("Unpaid", "Unsent")]
    shop.switch(status_words="extra")
    assert words() == [("paid", "shipped"), ("reserved", "unsent")]
    assert shop.fails("Order.set", paid, {"deliveryStatus": "gone"}, "uid").pointers == ["/deliveryStatus"]


def test_payments_make_an_order_paid(shop) -> None:
    uid = shop.place({"article": shop.goods("400")}, gift_cards=[100], payment_method=9902)
    payment = shop.order(uid)["payments"][0]["uid"]
    assert shop("Order.get", uid, "paymentStatus") == {"paymentStatus": "unpaid"}
    patch = {"status": "paid", "externalRef": "K-7"}
    assert shop("Payment.set", payment, patch, ["status", "externalRef"]) == patch
    assert shop("Order.get", uid, "paymentStatus") == {"paymentStatus": "paid"}
    assert shop.fails("Payment.set", payment, {"status": "gone"}, "uid").pointers == ["/status"]
    assert shop.fails("Payment.set", payment, {"amount": 1}, "uid").pointers == ["/amount"]
    other = shop.place({"article": shop.goods("400")})
    assert shop("Payment.capture", shop.order(other)["payments"][0]["uid"]) is None
    assert shop("Order.get", other, "paymentStatus") == {"paymentStatus": "paid"}
    shop.control.edit("discard_order", uid=shop.place({"article": shop.goods()}))
    assert shop.fails("Payment.capture", 8804).code == 2010


def test_shipments_make_an_order_sent(shop) -> None:
    article = shop.goods()
    uid = shop.place({"article": article, "quantity": 3}, {"article": article})
    first, second = shop("Order.get", uid, "items")["items"]
    shipment = shop("Shipment.addItem", None, first, 2)
    shop.switch(status_words="extra")
    assert shop("Order.get", uid, "deliveryStatus") == {"deliveryStatus": "partlySent"}
    assert shop.fails("Shipment.addItem", shipment, first, 2).pointers == ["/quantity"]
    assert shop("Shipment.addAllItemsFromOrder", shipment, uid, {"items": ["orderItem", "quantity"]}) == {
        "items": [
            {"orderItem": first, "quantity": 2},
            {"orderItem": first, "quantity": 1},
            {"orderItem": second, "quantity": 1},
        ]
    }
    shop.switch(status_words="plain")
    assert shop("Order.get", uid, "deliveryStatus") == {"deliveryStatus": "sent"}
    url = {"trackingUrl": "https://example.com/spar/1"}
    assert shop("Shipment.set", shipment, url, "trackingUrl") == url
    assert shop.fails("Shipment.addItem", 99, first, 1).code == -32602
    assert shop("Shipment.count") == 1
