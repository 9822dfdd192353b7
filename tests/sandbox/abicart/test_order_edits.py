"""What people do to placed orders: edit them, give money back, take a cancelling back. ``changed`` always moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_heads_of_all_placed_orders(shop, lamp) -> None:
    shop.control.edit("place_order", rows=[{"article": lamp}], cart=True)
    first = shop.place({"article": lamp, "quantity": 2}, gift_cards=[50], payment_method=9902)
    second = shop.place({"article": lamp}, paid=True, ordered="2026-01-02T10:00:00+01:00")
    shop("Order.set", first, {"externalOrderNumber": "S-7"}, "uid")
    shop.control.edit("discard_order", uid=second)
    heads = shop.control.inspect("order_heads")
    assert [(one["uid"], one["externalOrderNumber"], one["discarded"], one["paid"]) for one in heads] == [
        (first, "S-7", False, False),
        (second, "", True, True),
    ]
    assert heads[0]["total"] == "200" and heads[0]["rows"] == 1
    assert heads[0]["payments"] == [["reserved", "150"], ["paid", "50"]]
    assert heads[1]["ordered"] == "2026-01-02T10:00:00+01:00"
    assert shop.control.inspect("order_heads", offset=1, limit=5) == heads[1:]


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 99_999), st.sampled_from(["0.25", "0.12", "0.06", "0"])),
        st.tuples(st.just("quantity"), st.integers(0, 9), st.integers(1, 30)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("shipping"), st.integers(0, 9999), st.booleans()),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=EDITS, shape=st.sampled_from(["items", "negative_item", "property"]), percent=st.integers(0, 100)
)
def test_amounts_add_up_after_any_edits(shop, edits, shape, percent) -> None:
    shop.switch(order_discount=shape)
    rows = [
        {"name": "A", "price": "99.99"},
        {"name": "B", "price_ex": "12.35", "vat_rate": "0.06", "quantity": 3},
    ]
    uid = shop.place(*rows, discount={"percent": percent}, shipping=49)
    for kind, *values in edits:
        items = shop("Order.get", uid, "items")["items"]
        if kind == "add":
            wanted = {
                "add": [{"name": "C", "price": str(Decimal(values[0]).scaleb(-2)), "vat_rate": values[1]}]
            }
        elif kind == "quantity":
            wanted = {"quantity": {items[values[0] % len(items)]: values[1]}}
        elif kind == "remove" and len(items) > 1:
            wanted = {"remove": [items[values[0] % len(items)]]}
        elif kind == "shipping":
            wanted = {"shipping": {"ex": str(Decimal(values[0]).scaleb(-2)), "split": values[1]}}
        else:
            continue
        shop.control.edit("edit_order", uid=uid, **wanted)
    whole = shop("Order.get", uid, {"items": {}, "payments": {}, "costs": True, "discarded": True})
    costs = whole["costs"]
    off = Decimal(0)
    if shape == "property":
        shown = shop("Order.get", uid, "discount")["discount"]
        off = Decimal(0) if shown is None else shown["incVat"]
    assert sum(item["costs"]["total"]["incVat"] for item in whole["items"]) == costs["cart"]["incVat"]
    parts = sum(costs[part]["incVat"] for part in ("cart", "shipment", "payment"))
    assert parts - off == costs["total"]["incVat"] == whole["payments"][0]["amount"]
    for one in costs.values():
        assert one["incVat"] == one["exVat"] + one["vat"]
