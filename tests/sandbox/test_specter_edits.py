"""What a person does in Specter's own pages, and where it shows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop_sandbox.core.errors import UsageError


def queues(specter) -> tuple[list[str], list[str], list[int]]:
    waiting = specter.control.inspect("queues")
    return waiting["stock"], waiting["article_info"], waiting["orders"]


def test_article_edits_go_onto_the_right_queues(specter) -> None:
    edit = specter.control.edit
    edit("article.new", number="A-1", name="Skål", price="12.50", vat_percent=12)
    assert queues(specter) == ([], ["A-1"], [])
    edit("article.stock", number="A-1", available="2.5")
    assert queues(specter) == (["A-1"], ["A-1"], [])
    edit("queue.clear", queue="article_info")
    edit(
        "article.change",
        number="A-1",
        price="13",
        name="Fat",
        vat_percent="25",
        old_price=20,
        show_old_price=True,
    )
    assert queues(specter) == (["A-1"], ["A-1"], [])
    stored = specter.article("A-1")
    assert (stored["name"], Decimal(stored["price"]), Decimal(stored["available"])) == (
        "Fat",
        13,
        Decimal("2.5"),
    )
    edit("article.renumber", number="A-1", to="B-1")
    assert queues(specter) == (["B-1"], ["B-1"], []) and specter.numbers() == ["B-1"]
    edit("article.delete", number="B-1")
    assert queues(specter) == ([], [], []) and specter.numbers() == []


def test_available_and_shelf(specter) -> None:
    specter.control.edit("article.new", number="A-1", price=80, available=10)
    specter.call.customer()
    specter.call.order("5001", {"articleNo": "A-1", "noOfItems": "4"})
    assert Decimal(specter.control.edit("article.stock", number="A-1", shelf=10)["stock"]["1"]["shelf"]) == 10
    assert Decimal(specter.article("A-1")["available"]) == 6
    specter.control.edit("article.stock", number="A-1", available=10)
    assert Decimal(specter.article("A-1")["available"]) == 10
    specter.control.edit("article.stock", number="A-1", available=None)
    assert specter.article("A-1")["available"] is None


def test_delivery_cancellation_and_deletion_of_orders(specter) -> None:
    specter.control.edit("article.new", number="A-1", price=80, available=10)
    specter.call.customer()
    for number in ("W-1", "W-2", "W-3"):
        specter.call.order("5001", {"articleNo": "A-1", "noOfItems": "2"}, externalOrderNo=number)
    specter.control.edit("queue.clear", queue="stock")
    specter.control.edit("order.deliver", number=70001, tracking="SE1")
    assert queues(specter) == ([], ["A-1"], [70001])
    assert specter.article("A-1")["stock"]["1"] == {"shelf": "8", "reserved": "4"}
    specter.control.edit("order.cancel", number=70002)
    assert queues(specter) == (["A-1"], ["A-1"], [70001, 70002])
    assert Decimal(specter.article("A-1")["available"]) == 6
    specter.control.edit("order.delete", number=70003)
    assert queues(specter)[2] == [70001, 70002]
    assert Decimal(specter.article("A-1")["available"]) == 8
    assert specter.call.order("5001", {"articleNo": "A-1"}, externalOrderNo="W-3")[:2] == ("1", "70004")


def test_order_delete_event_switch(specter) -> None:
    specter.control.reset(seed={"articles": 1}, switches={"order_delete_event": "queued"})
    specter.call.customer()
    specter.call.order("5001", {"articleNo": "SP-000001"})
    specter.control.edit("order.delete", number=70001)
    status = specter.call.tree("getOrdersExternalNeedUpdate", "b1").find("orders/order/orderstatus")
    assert status.get("statusId") == "5"


def test_customer_change_and_bulk(specter) -> None:
    specter.call.customer(emailAddress="a@example.se")
    specter.control.edit("customer.change", number=5001, emailAddress="b@example.se")
    assert specter.call.customer(emailAddress="b@example.se")[1] == "5001"
    assert specter.call.customer(emailAddress="a@example.se")[1] == "5002"
    edits = [{"what": "article.new", "number": f"A-{index}", "price": 1} for index in range(3)]
    assert specter.control.edit("bulk", edits=edits) == {"done": 3}
    assert specter.numbers() == ["A-0", "A-1", "A-2"]


def test_edits_in_another_account(specter) -> None:
    specter.control.edit("article.new", number="A-1", account=1001)
    assert specter.numbers() == []
    assert [one["number"] for one in specter.control.inspect("articles", account=1001)] == ["A-1"]


@pytest.mark.parametrize(
    ("what", "values", "words"),
    [
        ("article.change", {"number": "none", "price": 1}, "no article 'none'"),
        ("article.change", {"number": "SP-000001", "prize": 1}, "prize"),
        ("article.change", {"number": "SP-000001", "price": "x"}, "price is a number"),
        ("article.change", {"price": 1}, "number is missing"),
        ("article.new", {"number": "SP-000001"}, "already"),
        ("article.renumber", {"number": "SP-000001", "to": "SP-000002"}, "already"),
        ("article.stock", {"number": "SP-000001", "available": 1, "site": 9}, "no stock site"),
        ("order.cancel", {"number": 1}, "no order 1"),
        ("order.cancel", {"number": "1"}, "whole number"),
        ("customer.change", {"number": 1}, "no customer 1"),
        ("queue.clear", {"queue": "x"}, "queue is one of"),
        ("queue.open_batch", {"queue": "stock", "batch": "b"}, "nothing waits"),
        ("bulk", {"edits": [{"what": "bulk"}]}, "no edit 'bulk'"),
        ("price.change", {}, "no edit 'price.change'"),
        ("article.touch", {"number": "SP-000001", "account": 5}, "no account"),
    ],
)
def test_impossible_edits(specter, what: str, values: dict[str, object], words: str) -> None:
    specter.control.reset(seed={"articles": 2})
    with pytest.raises(UsageError, match=words):
        specter.control.edit(what, **values)
    assert queues(specter) == ([], [], [])


def test_seed_of_articles_is_repeatable(specter) -> None:
    specter.control.reset(seed={"articles": 30, "seed": 7})
    first = specter.control.inspect("articles")
    specter.control.reset(seed={"articles": 30, "seed": 7})
    assert specter.control.inspect("articles") == first and len(first) == 30
    assert [one["number"] for one in specter.control.inspect("articles", after=28)] == [
        "SP-000029",
        "SP-000030",
    ]
    for wrong in ({"articles": -1}, {"items": 3}, {"accounts": []}, {"accounts": [{"sbm_id": 1}]}):
        with pytest.raises(UsageError):
            specter.control.reset(seed=wrong)
