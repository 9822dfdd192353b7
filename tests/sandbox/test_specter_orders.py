"""newOrderSubmit: duplicate control, rows, stock, totals (reference 5.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def shop(specter):
    """One customer 5001, stock article A-1 with 10 pieces at 25 %, service article S-1."""
    specter.call.article("A-1", createArticleStock="1", noItemsInStock="10")
    specter.call.article("S-1", vatPercent="6")
    specter.call.customer()
    return specter


def test_an_order_reserves_stock_and_reports_it(shop) -> None:
    answer = shop.call.order(
        "5001", {"articleNo": "A-1", "noOfItems": "3"}, {"articleNo": "S-1"}, externalOrderNo="W-1"
    )
    assert answer[:2] == ("1", "70001")
    assert Decimal(shop.article("A-1")["available"]) == 7 and shop.article("S-1")["available"] is None
    assert shop.control.inspect("queues") == {"stock": ["A-1"], "article_info": [], "orders": []}
    rows = shop.call.get("getArticleExternalNeedUpdate", "b1", xml="").split(b"\r")
    assert rows[1] == b"1;A-1;7;b1"
    order = shop.control.inspect("orders", external_number="W-1")[0]
    assert (order["status_id"], order["delivery_status"], len(order["rows"])) == (1, "N", 2)


def test_a_repeated_external_number_is_refused_and_names_the_old_order(shop) -> None:
    shop.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-1")
    answer = shop.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-1")
    assert answer[:2] == ("0", "9005") and "70001" in answer[2] and "'W-1'" in answer[2]
    assert Decimal(shop.article("A-1")["available"]) == 9
    again = shop.call.order(
        "5001", {"articleNo": "A-1"}, externalOrderNo="W-1", ignoreExternalOrderNoControl="1"
    )
    assert again[:2] == ("1", "70002")


@pytest.mark.parametrize(("switch", "number", "orders"), [("return_old", "70001", 1), ("off", "70002", 2)])
def test_duplicate_order_switch(shop, switch: str, number: str, orders: int) -> None:
    shop.control.switches(duplicate_order=switch)
    shop.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-1")
    assert shop.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-1")[:2] == ("1", number)
    assert len(shop.control.inspect("orders")) == orders
    assert Decimal(shop.article("A-1")["available"]) == 10 - orders


def test_duplicate_scope_switch(shop) -> None:
    orders = [{"externalOrderNo": "W-1", "webshopId": shop_id} for shop_id in ("1", "2", "2")]
    assert [shop.call.order("5001", {"articleNo": "A-1"}, **one)[0] for one in orders] == ["1", "0", "0"]
    shop.control.switches(duplicate_scope="webshop")
    assert [shop.call.order("5001", {"articleNo": "A-1"}, **one)[0] for one in orders] == ["0", "1", "0"]


def test_orders_without_an_external_number_are_never_duplicates(shop) -> None:
    assert [shop.call.order("5001", {"articleNo": "A-1"})[1] for _ in range(2)] == ["70001", "70002"]


def test_unknown_article_switch(shop) -> None:
    answer = shop.call.order("5001", {"articleNo": "A-1"}, {"articleNo": "discount", "priceExclVAT": "-5"})
    assert answer[:2] == ("0", "9006") and "'discount'" in answer[2]
    assert Decimal(shop.article("A-1")["available"]) == 10 and shop.control.inspect("orders") == []
    shop.control.switches(order_unknown_article="accept")
    assert shop.call.order("5001", {"articleNo": "discount", "priceExclVAT": "-5"})[0] == "1"
    assert shop.control.inspect("orders")[0]["rows"][0]["article_id"] is None


@pytest.mark.parametrize(
    ("customer", "row", "code"),
    [
        ("5009", {"articleNo": "A-1"}, "9004"),
        ("x", {"articleNo": "A-1"}, "9007"),
        ("5001", {"articleNo": "A-1", "noOfItems": ""}, "9003"),
        ("5001", {"articleNo": "A-1", "priceExclVAT": "1 000"}, "9007"),
    ],
)
def test_refused_orders(shop, customer: str, row: dict[str, str], code: str) -> None:
    assert shop.call.order(customer, row)[:2] == ("0", code)
    assert shop.control.inspect("orders") == []


def test_order_without_rows_and_unknown_stock_site(shop) -> None:
    assert shop.call.order("5001")[:2] == ("0", "9003")
    assert shop.call.order("5001", {"articleNo": "A-1"}, stocksiteid="9")[:2] == ("0", "9007")


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, {"without_vat": "2.12", "vat": {"25": "0.53"}, "total": "2.65", "rounding": "0.00"}),
        (
            {"order_vat": "row"},
            {"without_vat": "2.12", "vat": {"25": "0.54"}, "total": "2.66", "rounding": "0.00"},
        ),
        (
            {"order_whole_krona": "on"},
            {"without_vat": "2.12", "vat": {"25": "0.53"}, "total": "3", "rounding": "0.35"},
        ),
        (
            {"order_row_vat": "article"},
            {"without_vat": "2.12", "vat": {"6": "0.13"}, "total": "2.25", "rounding": "0.00"},
        ),
        (
            {"order_row_decimals": "2"},
            {"without_vat": "2.12", "vat": {"25": "0.53"}, "total": "2.65", "rounding": "0.00"},
        ),
    ],
)
def test_totals_under_each_way_of_rounding(
    shop, switches: dict[str, str], expected: dict[str, object]
) -> None:
    shop.control.switches(**switches)
    rows = [{"articleNo": "S-1", "priceExclVAT": "1.064"}, {"articleNo": "S-1", "priceExclVAT": "1.0584"}]
    shop.call.order("5001", *rows)
    assert shop.control.inspect("orders")[0]["totals"] == expected


@pytest.mark.parametrize(("decimals", "kept"), [("2", "1.06"), ("3", "1.065"), ("4", "1.0645")])
def test_order_row_decimals_switch(shop, decimals: str, kept: str) -> None:
    shop.control.switches(order_row_decimals=decimals)
    shop.call.order("5001", {"articleNo": "S-1", "priceExclVAT": "1.06450"})
    assert shop.control.inspect("orders")[0]["rows"][0]["price"] == kept
