"""Placing orders: amounts to the öre, delivery, stock, and what cannot be placed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def cost(inc, ex, vat, rate) -> dict[str, Any]:
    return {
        "incVat": Decimal(inc),
        "exVat": Decimal(ex),
        "vat": Decimal(vat),
        "vatRate": Decimal(rate),
        "currency": "SEK",
    }


def test_the_example_of_the_reference(shop) -> None:
    article = shop.goods(name={"sv": "Blå mössa"}, choiceOptions={"2001": [3001]}, articleNumber="ART-001")
    shop("ArticleVariant.set", 1501, {"articleNumber": "ART-001-M", "stock": 10}, "uid")
    assert article == 1001
    uid = shop.place({"variant": 1501, "quantity": 2}, shipping=49)
    shown = shop.order(uid)
    assert shown["costs"] == {
        "cart": cost("398", "318.4", "79.6", "0.25"),
        "shipment": cost("49", "39.2", "9.8", "0.25"),
        "payment": cost("0", "0", "0", "0.25"),
        "total": cost("447", "357.6", "89.4", "0.25"),
    }
    assert shown["items"] == [
        {
            "uid": 70001,
            "order": uid,
            "article": 1001,
            "articleNumber": "ART-001-M",
            "articleName": "Blå mössa",
            "choices": {"2001": "3001", "quantity": 2},
            "costs": {
                "unit": cost("199", "159.2", "39.8", "0.25"),
                "total": cost("398", "318.4", "79.6", "0.25"),
            },
            "discountInfo": None,
            "revenueShare": None,
            "download": None,
        }
    ]
    assert shown["payments"][0] == {
        "uid": 8801,
        "method": 9901,
        "params": {},
        "externalData": {},
        "status": "unpaid",
        "externalRef": "",
        "amount": 447,
    }
    head = shop(
        "Order.get", uid, ["orderNumber", "paymentStatus", "deliveryStatus", "discarded", "exchangeRate"]
    )
    assert head == {
        "orderNumber": "10001",
        "paymentStatus": "unpaid",
        "deliveryStatus": "unsent",
        "discarded": False,
        "exchangeRate": 1,
    }


def test_mixed_rates_and_campaign(shop) -> None:
    book = shop.goods("100.05", "0.06")
    food = shop.goods("33.33", "0.12")
    lamp = shop.goods(price={"regular": {"SEK": 500}, "specialOffer": {"SEK": 399}})
    uid = shop.place({"article": book, "quantity": 3}, {"article": food}, {"article": lamp}, fee=29)
    costs = shop.order(uid)["costs"]
    assert costs["cart"] == cost("732.48", "632.12", "100.36", "0.1588")
    assert costs["payment"] == cost("29", "23.2", "5.8", "0.25")
    assert costs["total"]["incVat"] == Decimal("761.48") and costs["total"]["vat"] == Decimal("106.16")


def test_a_shop_without_vat_in_its_prices(shop) -> None:
    shop.control.edit("Webshop", patch={"priceStoredWithVat": False})
    uid = shop.place({"article": shop.goods("0.33"), "quantity": 3})
    assert shop.order(uid)["costs"]["cart"] == cost("1.24", "0.99", "0.25", "0.25")


def test_an_order_without_vat(shop) -> None:
    uid = shop.place({"article": shop.goods("100")}, has_vat=False, shipping=50)
    shown = shop.order(uid)
    assert shown["costs"]["total"] == cost("120", "120", "0", "0")
    assert shop("Order.get", uid, "hasVat") == {"hasVat": False}


def test_an_order_in_another_currency(shop) -> None:
    article = shop.goods(price={"regular": {"SEK": 100, "EUR": "9.9"}})
    uid = shop.place({"article": article, "quantity": 2}, currency="EUR")
    shown = shop("Order.get", uid, ["currency", "exchangeRate", "costs"])
    assert (shown["currency"], shown["exchangeRate"]) == ("EUR", Decimal("0.088"))
    assert shown["costs"]["total"]["incVat"] == Decimal("19.8")
    assert shown["costs"]["total"]["currency"] == "EUR"


def test_option_surcharge(shop) -> None:
    shop.goods("100", choiceOptions={"2001": [3001, 3002]}, choiceOptionPrices={"3002": {"SEK": 25}})
    uid = shop.place({"variant": 1502, "quantity": 2})
    assert shop.order(uid)["costs"]["cart"]["incVat"] == 250


def test_stock_falls_and_comes_back(shop) -> None:
    plain = shop.goods(stock={"useStock": True, "stock": 10})
    loose = shop.goods(stock={"useStock": False, "stock": 10})
    shop.goods(stock={"useStock": True, "stock": 0}, choiceOptions={"2001": [3001, 3002]})
    shop("ArticleVariant.set", 1501, {"stock": 5}, "uid")
    part = shop.goods(stock={"useStock": True, "stock": 20})
    package = shop.goods(content=[{"uid": part, "quantity": 3}])
    rows = [{"article": plain, "quantity": 2}, {"article": loose}, {"variant": 1501, "quantity": 4}]
    rows.append({"article": package, "quantity": 2})

    def stocks() -> list[Decimal]:
        return [
            *(shop("Article.get", uid, {"stock": "stock"})["stock"]["stock"] for uid in (plain, loose, part)),
            shop("ArticleVariant.get", 1501, "stock")["stock"],
        ]

    assert stocks() == [10, 10, 20, 5]
    shop.control.edit("place_order", rows=rows, cart=True)
    assert stocks() == [10, 10, 20, 5]
    changed = shop("Article.get", plain, "changed")
    shop.control.advance_clock(5)
    uid = shop.place(*rows)
    assert stocks() == [8, 10, 14, 1]
    assert shop("Article.get", plain, "numSold") == {"numSold": 2}
    assert shop("Article.get", plain, "changed") != changed
    assert shop("Order.set", uid, {"discarded": True}, ["discarded"]) == {"discarded": True}
    assert stocks() == [10, 10, 20, 5]
    shop.control.edit("discard_order", uid=uid)
    assert stocks() == [10, 10, 20, 5]
    assert shop.order(uid)["payments"][0]["status"] == "cancelled"
    shop.control.edit("discard_order", uid=uid, discarded=False)
    assert stocks() == [8, 10, 14, 1]


def test_stock_may_go_below_zero(shop) -> None:
    article = shop.goods(stock={"useStock": True, "stock": 1})
    shop.place({"article": article, "quantity": 3})
    assert shop("Article.get", article, {"stock": "stock"}) == {"stock": {"stock": -2}}


def test_a_row_taken_out(shop) -> None:
    article = shop.goods("100", stock={"useStock": True, "stock": 9})
    uid = shop.place({"article": article, "quantity": 2}, {"article": article}, shipping=50)
    first, second = shop("Order.get", uid, "items")["items"]
    assert shop("OrderItem.delete", first) is None
    shown = shop.order(uid)
    assert [one["uid"] for one in shown["items"]] == [second]
    assert shown["costs"]["cart"] == cost("100", "80", "20", "0.25")
    assert shown["costs"]["total"] == cost("150", "120", "30", "0.25")
    assert shop("Article.get", article, {"stock": "stock"}) == {"stock": {"stock": 8}}
    assert shop.fails("OrderItem.get", first).code == 9003
    assert shop.fails("OrderItem.delete", second).code == 1006


def test_delivery_price_by_weight_and_free_from(shop) -> None:
    light = shop.goods("100", weight=600)
    for quantity, price in ((1, 49), (4, 79), (5, 0)):
        edited = shop.control.edit(
            "place_order", rows=[{"article": light, "quantity": quantity}], delivery_method=4412
        )
        assert Decimal(edited["costs"]["shipment"]["incVat"]) == price
        assert edited["delivery"] == {"method": 4412}
    method = shop("DeliveryMethod.get", 4412, ["name", "rates"])
    assert method["name"]["sv"] == "Ombud" and method["rates"][0]["weightIntervals"][0]["price"]["SEK"] == 49
    assert shop("DeliveryMethod.list", "uid", {"filters": {"/name/sv": {"startsWith": "Hem"}}}) == [
        {"uid": 4413}
    ]
    assert shop("PaymentMethod.list", ["uid", {"fee": "SEK"}], True)[0] == {"uid": 9901, "fee": {"SEK": 29}}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"rows": []}, "at least one row"),
        ({"rows": [{"article": 999}]}, "no article 999"),
        ({"rows": [{"variant": 999}]}, "no variant 999"),
        ({"rows": [{"article": 1001, "amount": 3}]}, "an order row has no amount"),
        ({"rows": [{"article": 1001, "quantity": "many"}]}, "quantity is a number"),
        ({"rows": [{"article": 1001, "quantity": 0}]}, "more than 0"),
        ({"rows": [{"article": 1001, "discount_percent": 101}]}, "between 0 and 100"),
        ({"rows": [{"article": 1002}]}, "no price in SEK"),
        ({"rows": [{"article": 1003}]}, "order one of them"),
        ({"currency": "USD"}, "not active"),
        ({"customer": 5}, "no customer 5"),
        ({"payment_method": 5}, "no payment method 5"),
        ({"discount": {"name": "x"}}, "percent"),
        ({"discount": {"amount": 500}}, "price of the goods"),
        ({"ordered": "yesterday"}, "ordered is a time"),
        ({"colour": "red"}, "has no colour"),
    ],
)
def test_orders_that_cannot_be_placed(shop, wanted, words) -> None:
    shop.goods("100")
    shop.goods(price={"regular": {"EUR": 1}})
    shop.goods(choiceOptions={"2001": [3001]})
    with pytest.raises(Exception, match=words):
        shop.control.edit("place_order", **({"rows": [{"article": 1001}]} | wanted))
    assert shop("Order.count") == 0


ROWS = st.lists(
    st.tuples(
        st.integers(1, 999_999),
        st.sampled_from(["0.25", "0.12", "0.06", "0"]),
        st.integers(1, 20),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS,
    percent=st.integers(0, 100),
    shape=st.sampled_from(["items", "negative_item", "property"]),
    stores=st.booleans(),
)
def test_amounts_always_add_up(shop, rows, percent, shape, stores) -> None:
    shop.switch(order_discount=shape)
    shop.control.edit("Webshop", patch={"priceStoredWithVat": stores})
    wanted = [
        {
            "article": shop.goods(str(Decimal(ore).scaleb(-2)), rate),
            "quantity": quantity,
            "discount_percent": off,
        }
        for ore, rate, quantity, off in rows
    ]
    shown = shop.order(shop.place(*wanted, discount={"percent": percent}, shipping="49.50", fee=29))
    costs = shown["costs"]
    every = [*costs.values(), *(item["costs"][part] for item in shown["items"] for part in ("unit", "total"))]
    for one in every:
        assert one["incVat"] == one["exVat"] + one["vat"]
        assert all(one[name] * 100 % 1 == 0 for name in ("incVat", "exVat", "vat"))
    for name in ("incVat", "exVat", "vat"):
        assert sum(item["costs"]["total"][name] for item in shown["items"]) == costs["cart"][name]
        rest = sum(costs[part][name] for part in ("cart", "shipment", "payment")) - costs["total"][name]
        assert rest == 0 if shape != "property" or percent == 0 else rest >= 0
    assert sum(one["amount"] for one in shown["payments"]) == costs["total"]["incVat"]
