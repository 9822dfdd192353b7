"""Customers and orders made by hand, and what tests look at: totals, doubles, customers by their keys."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from shop_sandbox.core.errors import UsageError


@pytest.fixture
def shop(specter):
    """One customer 5001, stock article A-1 with 10 pieces at 25 %."""
    specter.call.article("A-1", createArticleStock="1", noItemsInStock="10")
    specter.call.customer(emailAddress="asa@example.se", orgNo="559999-0017")
    return specter


def test_an_order_by_hand_may_repeat_a_number(shop) -> None:
    assert shop.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-1")[0] == "1"
    assert shop.control.inspect("order_doubles") == {}
    row = {"article": "A-1", "quantity": 2, "price": "99.50"}
    made = shop.control.edit("order.new", customer=5001, external_number="W-1", rows=[row])
    assert (made["number"], made["customer_number"], made["rows"][0]["vat_percent"]) == (70002, 5001, "25")
    assert Decimal(shop.article("A-1")["available"]) == 7
    assert shop.control.inspect("order_doubles") == {"W-1": [70001, 70002]}
    totals = {
        external: [(number, Decimal(total)) for number, total in orders]
        for external, orders in shop.control.inspect("order_totals").items()
    }
    assert totals == {"W-1": [(70001, 100), (70002, Decimal("248.75"))]}
    assert shop.control.inspect("order_count") == 2
    found = shop.control.inspect("orders", external_number="W-1")
    assert [one["number"] for one in found] == [70001, 70002]
    assert [Decimal(one["totals"]["total"]) for one in found] == [100, Decimal("248.75")]
    # The interface's own control sees it.
    answer = shop.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-1")
    assert answer[0] == "0"


def test_a_text_row_by_hand_and_an_order_without_a_number(shop) -> None:
    made = shop.control.edit("order.new", customer=5001, rows=[{"name": "Enligt ök", "price": 10}])
    assert made["external_number"] == "" and made["rows"][0]["article_id"] is None
    assert shop.control.inspect("order_doubles") == {}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"customer": 9}, "no customer 9"),
        ({"rows": []}, "rows is a list"),
        ({"rows": [{"article": "X"}]}, "no article 'X'"),
        ({"rows": [{"colour": "red"}]}, "unknown: colour"),
        ({"rows": [{"article": "A-1", "price": "much"}]}, "price is a number"),
        ({"site": 4}, "no stock site 4"),
        ({"number": 4}, "unknown: number"),
    ],
)
def test_orders_that_cannot_be_made(shop, wanted, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        shop.control.edit("order.new", **({"customer": 5001, "rows": [{"article": "A-1"}]} | wanted))
    assert shop.control.inspect("order_count") == 0


def test_customers_by_their_keys_and_doubles(shop) -> None:
    assert [one["number"] for one in shop.control.inspect("customers", email=" ASA@example.se ")] == [5001]
    assert [one["number"] for one in shop.control.inspect("customers", orgno="5599990017")] == [5001]
    assert shop.control.inspect("customers", email="") == []
    assert shop.control.inspect("customer_doubles") == {"email": {}, "orgno": {}}
    made = shop.control.edit("customer.new", name="Åsa igen", emailAddress="asa@example.se")
    assert made["number"] == 5002 and shop.control.inspect("customer_count") == 2
    assert shop.control.inspect("customer_doubles") == {
        "email": {"asa@example.se": [5001, 5002]},
        "orgno": {},
    }
    assert shop.call.customer("Vem", emailAddress="asa@example.se")[1] == "5001"
    page = shop.control.inspect("customers", after=5001, limit=5)
    assert [one["number"] for one in page] == [5002]
    with pytest.raises(UsageError, match="whole numbers"):
        shop.control.inspect("customers", limit="all")


def test_rate_limit(shop) -> None:
    shop.control.switches(rate_limit=3)
    answers = [shop.call.send("getInfo.asp", "checkAccountSettings", "", {}) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[3].headers["Retry-After"] == "1"
    shop.control.advance_clock(1)
    assert shop.call.send("getInfo.asp", "checkAccountSettings", "", {}).status_code == 200
    shop.control.switches(rate_limit=0)
    assert {shop.call.send("getInfo.asp", "checkAccountSettings", "", {}).status_code for _ in range(9)} == {
        200
    }


def test_a_refused_request_does_nothing(shop) -> None:
    shop.control.switches(rate_limit=1)
    shop.call.send("getInfo.asp", "checkAccountSettings", "", {})
    answer = shop.call.send("putInfo.asp", "newCustomerSubmit", "B", {"name": "B"})
    assert answer.status_code == 429 and shop.control.inspect("customer_count") == 1


def test_a_slow_order(shop) -> None:
    shop.control.latency(actions_ms={"newOrder*": 150})
    started = time.monotonic()
    shop.call.order("5001", {"articleNo": "A-1"})
    assert time.monotonic() - started >= 0.15
    assert shop.control.inspect("order_count") == 1
