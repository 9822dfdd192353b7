"""Placing orders: amounts to the öre, stock, and the switches that shape orders."""

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


def place(shop, *rows, **wanted) -> int:
    wanted = {"shipping": 0, "fee": 0, **wanted}
    return shop.control.edit("place_order", rows=list(rows), **wanted)["uid"]


def order(shop, uid) -> dict[str, Any]:
    return shop("Order.get", uid, {"items": {}, "payments": {}, "costs": True})


def goods(shop, price: str | dict[str, Any] = "199", rate: str = "0.25", **patch) -> int:
    whole = price if isinstance(price, dict) else {"regular": {"SEK": price}}
    patch = {"price": whole, "vatRate": rate, "name": {"sv": "Vara"}, **patch}
    return int(shop.control.edit("Article", patch=patch)["uid"])


def test_the_example_of_the_reference(shop) -> None:
    article = goods(shop, name={"sv": "Blå mössa"}, choiceOptions={"2001": [3001]}, articleNumber="ART-001")
    shop("ArticleVariant.set", 1501, {"articleNumber": "ART-001-M", "stock": 10}, "uid")
    assert article == 1001
    uid = place(shop, {"variant": 1501, "quantity": 2}, shipping=49)
    shown = order(shop, uid)
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
    book = goods(shop, "100.05", "0.06")
    food = goods(shop, "33.33", "0.12")
    lamp = goods(shop, price={"regular": {"SEK": 500}, "specialOffer": {"SEK": 399}})
    uid = place(shop, {"article": book, "quantity": 3}, {"article": food}, {"article": lamp}, fee=29)
    costs = order(shop, uid)["costs"]
    assert costs["cart"] == cost("732.48", "632.12", "100.36", "0.1588")
    assert costs["payment"] == cost("29", "23.2", "5.8", "0.25")
    assert costs["total"]["incVat"] == Decimal("761.48") and costs["total"]["vat"] == Decimal("106.16")


def test_a_shop_without_vat_in_its_prices(shop) -> None:
    shop.control.edit("Webshop", patch={"priceStoredWithVat": False})
    uid = place(shop, {"article": goods(shop, "0.33"), "quantity": 3})
    assert order(shop, uid)["costs"]["cart"] == cost("1.24", "0.99", "0.25", "0.25")


def test_an_order_without_vat(shop) -> None:
    uid = place(shop, {"article": goods(shop, "100")}, has_vat=False, shipping=50)
    shown = order(shop, uid)
    assert shown["costs"]["total"] == cost("120", "120", "0", "0")
    assert shop("Order.get", uid, "hasVat") == {"hasVat": False}


def test_an_order_in_another_currency(shop) -> None:
    article = goods(shop, price={"regular": {"SEK": 100, "EUR": "9.9"}})
    uid = place(shop, {"article": article, "quantity": 2}, currency="EUR")
    shown = shop("Order.get", uid, ["currency", "exchangeRate", "costs"])
    assert (shown["currency"], shown["exchangeRate"]) == ("EUR", Decimal("0.088"))
    assert shown["costs"]["total"]["incVat"] == Decimal("19.8")
    assert shown["costs"]["total"]["currency"] == "EUR"


def test_option_surcharge(shop) -> None:
    goods(shop, "100", choiceOptions={"2001": [3001, 3002]}, choiceOptionPrices={"3002": {"SEK": 25}})
    uid = place(shop, {"variant": 1502, "quantity": 2})
    assert order(shop, uid)["costs"]["cart"]["incVat"] == 250


def test_stock_falls_and_comes_back(shop) -> None:
    plain = goods(shop, stock={"useStock": True, "stock": 10})
    loose = goods(shop, stock={"useStock": False, "stock": 10})
    goods(shop, stock={"useStock": True, "stock": 0}, choiceOptions={"2001": [3001, 3002]})
    shop("ArticleVariant.set", 1501, {"stock": 5}, "uid")
    part = goods(shop, stock={"useStock": True, "stock": 20})
    package = goods(shop, content=[{"uid": part, "quantity": 3}])
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
    uid = place(shop, *rows)
    assert stocks() == [8, 10, 14, 1]
    assert shop("Article.get", plain, "numSold") == {"numSold": 2}
    assert shop("Article.get", plain, "changed") != changed
    assert shop("Order.set", uid, {"discarded": True}, ["discarded"]) == {"discarded": True}
    assert stocks() == [10, 10, 20, 5]
    shop.control.edit("discard_order", uid=uid)
    assert stocks() == [10, 10, 20, 5]
    assert order(shop, uid)["payments"][0]["status"] == "cancelled"
    shop.control.edit("discard_order", uid=uid, discarded=False)
    assert stocks() == [8, 10, 14, 1]


def test_stock_may_go_below_zero(shop) -> None:
    article = goods(shop, stock={"useStock": True, "stock": 1})
    place(shop, {"article": article, "quantity": 3})
    assert shop("Article.get", article, {"stock": "stock"}) == {"stock": {"stock": -2}}


def test_row_discount_and_where_costs_show_it(shop) -> None:
    uid = place(shop, {"article": goods(shop, "199"), "quantity": 3, "discount_percent": 10})
    item = order(shop, uid)["items"][0]
    assert item["costs"]["total"] == cost("537.3", "429.84", "107.46", "0.25")
    assert item["discountInfo"] == {
        "discount": 801,
        "name": "Rabatt 10 %",
        "rate": Decimal("0.1"),
        "incVat": Decimal("59.7"),
        "exVat": Decimal("47.76"),
    }
    shop.switch(item_costs="before_discount")
    assert order(shop, uid)["items"][0]["costs"]["total"]["incVat"] == 597
    assert order(shop, uid)["costs"]["cart"]["incVat"] == Decimal("537.3")


@pytest.mark.parametrize("shape", ["items", "negative_item", "property"])
def test_order_discount(shop, shape) -> None:
    shop.switch(order_discount=shape)
    rows = [{"article": goods(shop, "100", "0.06"), "quantity": 2}, {"article": goods(shop, "99.99")}]
    uid = place(shop, *rows, discount={"name": "VÅR10", "percent": 10}, shipping=50)
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


@pytest.mark.parametrize("shape", ["payment", "negative_item", "total_reduced"])
def test_gift_card(shop, shape) -> None:
    shop.switch(gift_card=shape)
    uid = place(shop, {"article": goods(shop, "400")}, gift_cards=[100, 50])
    shown = order(shop, uid)
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
    uid = place(shop, {"article": goods(shop, "400")}, gift_cards=[500])
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
    first = goods(shop, "50", articleNumber="A", stock={"useStock": True, "stock": 9})
    second = goods(shop, "50", articleNumber="B", stock={"useStock": True, "stock": 9})
    package = goods(
        shop, "90", articleNumber="PAKET", content=[{"uid": first, "quantity": 2}, {"uid": second}]
    )
    shop.switch(package_rows=shape)
    shown = order(shop, place(shop, {"article": package, "quantity": 2}))
    rows = [(item["articleNumber"], item["costs"]["total"]["incVat"]) for item in shown["items"]]
    assert rows == expected and shown["costs"]["cart"]["incVat"] == 180
    stocks = [shop("Article.get", uid, {"stock": "stock"})["stock"]["stock"] for uid in (first, second)]
    assert stocks == [5, 7]


def test_whole_kronor(shop) -> None:
    shop.switch(order_rounding="whole_kronor")
    total = order(shop, place(shop, {"article": goods(shop, "99.50")}))["costs"]["total"]
    assert total == cost("100", "80.1", "19.9", "0.25")


@pytest.mark.parametrize(
    ("stands", "choices", "top"), [("choices", 2, None), ("top_level", None, 2), ("both", 2, 2)]
)
def test_where_the_quantity_is(shop, stands, choices, top) -> None:
    uid = place(shop, {"article": goods(shop), "quantity": 2})
    shop.switch(item_quantity=stands)
    item = order(shop, uid)["items"][0]
    assert item["choices"].get("quantity") == choices and item.get("quantity") == top


def test_number_of_a_row(shop) -> None:
    goods(shop, articleNumber="T", choiceOptions={"2001": [3001, 3002]})
    shop("ArticleVariant.set", 1501, {"articleNumber": "T-SVA"}, "uid")
    uid = place(shop, {"variant": 1501}, {"variant": 1502})

    def numbers() -> list[str]:
        return [item["articleNumber"] for item in order(shop, uid)["items"]]

    assert numbers() == ["T-SVA", "T"]
    shop.switch(item_number="base")
    assert numbers() == ["T", "T"]
    shop.switch(item_number="variant")
    shop("ArticleVariant.set", 1501, {"articleNumber": "NY"}, "uid")
    assert numbers() == ["T-SVA", "T"]


def test_rows_outlive_their_article(shop) -> None:
    article = goods(shop, articleNumber="A")
    uid = place(shop, {"article": article})
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
    uid = place(
        shop, {"article": goods(shop)}, customer={**person, "custom": custom, "address": {"town": "Ystad"}}
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
    uid = place(shop, {"article": goods(shop)}, customer=customer)
    before = shop("Order.get", uid, {"customer": "address"})
    shop("Customer.set", customer, {"address": {"town": "Annanstans"}}, "uid")
    assert shop("Order.get", uid, {"customer": "address"}) == before


def test_status_words(shop) -> None:
    article = goods(shop)
    paid = place(shop, {"article": article}, paid=True)
    reserved = place(shop, {"article": article}, payment_method=9902)
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
    uid = place(shop, {"article": goods(shop, "400")}, gift_cards=[100], payment_method=9902)
    payment = order(shop, uid)["payments"][0]["uid"]
    assert shop("Order.get", uid, "paymentStatus") == {"paymentStatus": "unpaid"}
    patch = {"status": "paid", "externalRef": "K-7"}
    assert shop("Payment.set", payment, patch, ["status", "externalRef"]) == patch
    assert shop("Order.get", uid, "paymentStatus") == {"paymentStatus": "paid"}
    assert shop.fails("Payment.set", payment, {"status": "gone"}, "uid").pointers == ["/status"]
    assert shop.fails("Payment.set", payment, {"amount": 1}, "uid").pointers == ["/amount"]
    other = place(shop, {"article": goods(shop, "400")})
    assert shop("Payment.capture", order(shop, other)["payments"][0]["uid"]) is None
    assert shop("Order.get", other, "paymentStatus") == {"paymentStatus": "paid"}
    shop.control.edit("discard_order", uid=place(shop, {"article": goods(shop)}))
    assert shop.fails("Payment.capture", 8804).code == 2010


def test_shipments_make_an_order_sent(shop) -> None:
    article = goods(shop)
    uid = place(shop, {"article": article, "quantity": 3}, {"article": article})
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


def test_a_row_taken_out(shop) -> None:
    article = goods(shop, "100", stock={"useStock": True, "stock": 9})
    uid = place(shop, {"article": article, "quantity": 2}, {"article": article}, shipping=50)
    first, second = shop("Order.get", uid, "items")["items"]
    assert shop("OrderItem.delete", first) is None
    shown = order(shop, uid)
    assert [one["uid"] for one in shown["items"]] == [second]
    assert shown["costs"]["cart"] == cost("100", "80", "20", "0.25")
    assert shown["costs"]["total"] == cost("150", "120", "30", "0.25")
    assert shop("Article.get", article, {"stock": "stock"}) == {"stock": {"stock": 8}}
    assert shop.fails("OrderItem.get", first).code == 9003
    assert shop.fails("OrderItem.delete", second).code == 1006


def test_delivery_price_by_weight_and_free_from(shop) -> None:
    light = goods(shop, "100", weight=600)
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
    goods(shop, "100")
    goods(shop, price={"regular": {"EUR": 1}})
    goods(shop, choiceOptions={"2001": [3001]})
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
            "article": goods(shop, str(Decimal(ore).scaleb(-2)), rate),
            "quantity": quantity,
            "discount_percent": off,
        }
        for ore, rate, quantity, off in rows
    ]
    shown = order(shop, place(shop, *wanted, discount={"percent": percent}, shipping="49.50", fee=29))
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
