"""What people do to placed orders: edit them, give money back, take a cancelling back. ``changed`` always moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from shop_sandbox.core.errors import UsageError


@contextmanager
def moves_changed(shop, uid: int) -> Iterator[None]:
    before = shop("Order.get", uid, "changed")
    shop.control.advance_clock(5)
    yield
    assert shop("Order.get", uid, "changed") != before


def stock(shop, uid: int) -> Decimal:
    return shop("Article.get", uid, {"stock": "stock"})["stock"]["stock"]


@pytest.fixture
def lamp(shop) -> int:
    return shop.goods("100", articleNumber="LAMPA", stock={"useStock": True, "stock": 50})


def test_rows_added_changed_and_taken_out(shop, lamp) -> None:
    vase = shop.goods("40", stock={"useStock": True, "stock": 10})
    uid = shop.place({"article": lamp, "quantity": 2}, {"article": vase}, shipping=50)
    first, second = shop("Order.get", uid, "items")["items"]
    with moves_changed(shop, uid):
        shop.control.edit("edit_order", uid=uid, add=[{"article": vase, "price": 30}], quantity={first: 5})
    shown = shop.order(uid)
    assert [item["costs"]["total"]["incVat"] for item in shown["items"]] == [500, 40, 30]
    assert shown["costs"]["total"]["incVat"] == 620 == shown["payments"][0]["amount"]
    assert (stock(shop, lamp), stock(shop, vase)) == (45, 8)
    with moves_changed(shop, uid):
        shop.control.edit("edit_order", uid=uid, remove=[second], quantity={first: 1, second: 9})
    assert (stock(shop, lamp), stock(shop, vase)) == (49, 9)
    shown = shop.order(uid)
    assert shown["costs"]["total"]["incVat"] == 180 and len(shown["items"]) == 2
    assert shop.fails("OrderItem.get", second).code == 9003


def test_a_changed_quantity_keeps_the_share_taken_off(shop, lamp) -> None:
    uid = shop.place({"article": lamp, "quantity": 2, "discount_percent": 25})
    item = shop("Order.get", uid, "items")["items"][0]
    shop.control.edit("edit_order", uid=uid, quantity={item: "3"})
    row = shop.order(uid)["items"][0]
    assert row["costs"]["total"]["incVat"] == 225 and row["discountInfo"]["incVat"] == 75


def test_buyer_and_delivery_changed_in_the_orders_own_copy(shop, lamp) -> None:
    person = {"info": {"email": "gammal@example.se"}, "address": {"town": "Ystad", "postcode": "27100"}}
    uid = shop.place({"article": lamp}, customer=person)
    with moves_changed(shop, uid):
        shop.control.edit(
            "edit_order",
            uid=uid,
            customer={"info": {"email": "ny@example.se"}, "address": {"town": "Umeå"}},
            custom=[{"name": "Portkod", "value": "1"}],
            delivery_method=4413,
            shipping={"ex": 80},
        )
    shown = shop("Order.get", uid, {"customer": True, "delivery": True, "costs": "shipment"})
    customer = shown["customer"]
    assert customer["info"]["email"] == "ny@example.se" and customer["info"]["type"] == "private"
    assert customer["address"] == {"town": "Umeå", "postcode": "27100"}
    assert customer["custom"] == [{"name": "Portkod", "value": "1"}]
    assert shown["delivery"]["method"] == 4413 and shown["costs"]["shipment"]["incVat"] == 100
    own = shop("Customer.get", customer["uid"], {"info": "email"})
    assert own == {"info": {"email": "gammal@example.se"}}


def test_a_paid_payment_stays_when_the_order_grows(shop, lamp) -> None:
    uid = shop.place({"article": lamp}, paid=True)
    shop.control.edit("edit_order", uid=uid, fee=20)
    shown = shop.order(uid)
    assert shown["costs"]["total"]["incVat"] == 120 and shown["payments"][0]["amount"] == 100


def test_gift_cards_stay_when_the_order_grows(shop, lamp) -> None:
    uid = shop.place({"article": lamp}, gift_cards=[30])
    shop.control.edit("edit_order", uid=uid, shipping=20)
    assert [one["amount"] for one in shop.order(uid)["payments"]] == [90, 30]
    shop.switch(gift_card="total_reduced")
    uid = shop.place({"article": lamp}, gift_cards=[30])
    shop.control.edit("edit_order", uid=uid, shipping=20)
    assert shop.order(uid)["costs"]["total"]["incVat"] == 90


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"remove": [70001]}, "one row has to stay"),
        ({"quantity": {"70001": 0}}, "more than 0"),
        ({"quantity": {"70009": 1}}, "no row '70009'"),
        ({"colour": 1}, "has no colour"),
        ({"customer": {"uid": 1}}, "customer is"),
        ({"add": [{"article": 9}]}, "no article 9"),
        ({"quantity": {"70001": 3}, "delivery_method": 9}, "no delivery method 9"),
    ],
)
def test_edits_that_change_nothing(shop, lamp, wanted: dict[str, Any], words: str) -> None:
    uid = shop.place({"article": lamp})
    before = shop("Order.get", uid, {"items": {}, "costs": True})
    with pytest.raises(UsageError, match=words):
        shop.control.edit("edit_order", uid=uid, **wanted)
    assert shop("Order.get", uid, {"items": {}, "costs": True}) == before and stock(shop, lamp) == 49


def test_carts_and_cancelled_orders_are_not_edited(shop, lamp) -> None:
    uid = shop.place({"article": lamp})
    shop.control.edit("discard_order", uid=uid)
    with pytest.raises(UsageError, match="cart or cancelled"):
        shop.control.edit("edit_order", uid=uid, fee=1)


def test_a_cancelling_taken_back_brings_the_payment_back(shop, lamp) -> None:
    uid = shop.place({"article": lamp}, payment_method=9902)
    shop.control.edit("discard_order", uid=uid)
    assert shop.order(uid)["payments"][0]["status"] == "cancelled"
    with moves_changed(shop, uid):
        shop.control.edit("discard_order", uid=uid, discarded=False)
    assert shop("Order.get", uid, "discarded") == {"discarded": False}
    assert shop.order(uid)["payments"][0]["status"] == "reserved" and stock(shop, lamp) == 49


@pytest.mark.parametrize(
    ("shape", "part", "whole"),
    [
        ("negative_payment", [(100, "paid"), (-30, "paid")], [(100, "paid"), (-30, "paid"), (-70, "paid")]),
        (
            "cancelled_payment",
            [(100, "cancelled"), (70, "paid")],
            [(100, "cancelled"), (70, "cancelled")],
        ),
        ("lowered_amount", [(70, "paid")], [(0, "paid")]),
    ],
)
def test_refund_shapes(shop, lamp, shape: str, part: list[Any], whole: list[Any]) -> None:
    shop.switch(refund_shape=shape)
    uid = shop.place({"article": lamp}, paid=True)

    def payments() -> list[tuple[Decimal, str]]:
        return [(one["amount"], one["status"]) for one in shop.order(uid)["payments"]]

    with moves_changed(shop, uid):
        shop.control.edit("refund", uid=uid, amount=30)
    assert payments() == part
    with moves_changed(shop, uid):
        shop.control.edit("refund", uid=uid)
    assert payments() == whole
    assert shop.order(uid)["costs"]["total"]["incVat"] == 100
    with pytest.raises(UsageError, match="amount lies between"):
        shop.control.edit("refund", uid=uid, amount=1)


def test_a_gift_card_is_given_back_last(shop, lamp) -> None:
    uid = shop.place({"article": lamp}, gift_cards=[40], paid=True)
    shop.control.edit("refund", uid=uid, amount=70)
    amounts = [(one["method"], one["amount"]) for one in shop.order(uid)["payments"]]
    assert amounts == [(9901, 60), (9905, 40), (9901, -60), (9905, -10)]
