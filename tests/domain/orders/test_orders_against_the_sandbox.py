"""Real orders of a seeded shop, read over HTTP under every way in which the shop may answer; customers into Specter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.domain.orders.order_cases import MAPPING, SECRET, SHOP, rows_of, shop, whole

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions, SpecterConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.orders.content import content_hash, snapshot
from abicart_specter.domain.orders.customer import customer_key, customer_key_of, customer_write
from abicart_specter.domain.orders.differences import differences
from abicart_specter.domain.orders.header import order_write
from abicart_specter.domain.orders.order_mapping import main_payment
from abicart_specter.domain.orders.records import PaymentRole, ShopOrder
from abicart_specter.domain.orders.ripeness import not_ripe
from shop_sandbox.abicart.switches import ORDERS, PLACEMENT, PRODUCTS, READING, TRANSPORT, VALUES

SEED = {"items": 200, "orders": 60}

SHOWN_OTHERWISE = {"item_costs", "status_words", "package_quantity"}
"""Switches that change what an order says, not only how."""


@pytest.fixture(scope="module")
def seeded(abicart_session: Any) -> Iterator[Any]:
    """A shop with orders of every kind, rows with discounts, packages and text among them."""
    abicart_session.control.reset(seed=SEED)
    yield abicart_session
    abicart_session.control.reset()


@pytest.fixture(scope="module")
def usual(seeded: Any) -> dict[int, ShopOrder]:
    """The orders as the shop answers by default."""
    return whole(seeded)


def alternatives() -> Iterator[tuple[str, str]]:
    for switch in (*TRANSPORT, *VALUES, *READING, *PRODUCTS, *ORDERS):
        if switch.name not in (*PLACEMENT, *SHOWN_OTHERWISE, "secure_connection"):
            yield from ((switch.name, value) for value in switch.choices if value != switch.default)


@pytest.fixture
def switched(seeded: Any) -> Iterator[Any]:
    """Sets switches, and sets them back."""
    before = seeded.control.switches()
    yield lambda **wanted: seeded.control.switches(**wanted)
    seeded.control.switches(**before)


def test_every_order_of_the_seed_can_be_read_and_made_ready(usual: dict[int, ShopOrder]) -> None:
    assert len(usual) == SEED["orders"]
    for read in usual.values():
        assert all(item.problems == () for item in read.items)
        facts = MAPPING.payments(read, {})
        customer = customer_write(read, SHOP, MAPPING, order_number=read.number)
        order = order_write(read, rows_of(), main_payment(read, facts), SHOP, MAPPING, read.number)
        assert customer.fields["name"]
        assert {flag.rule for flag in customer.flags} <= {"vat_number_unusual"}
        assert order.fields["externalOrderNo"] == read.number
        document = read.document["customer"]
        assert customer_key(read, SHOP, SECRET) == customer_key_of(
            document, read.uid, SHOP, MAPPING.names, SECRET
        )
        assert not_ripe(read, SHOP) == ""


def test_the_seed_has_something_of_everything(usual: dict[int, ShopOrder]) -> None:
    orders = usual.values()
    items = [item for read in orders for item in read.items]
    assert {read.buyer.is_company for read in orders} == {True, False}
    assert {read.has_vat for read in orders} == {True, False}
    assert any(read.buyer.delivery for read in orders)
    assert any(read.buyer.custom for read in orders)
    assert any(read.note for read in orders)
    assert any(item.variant_uid for item in items)
    assert any(item.discount for item in items)
    assert any(item.quantity > 1 for item in items)
    assert any(len(read.payments) > 1 for read in orders)


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_orders_are_the_same_however_the_shop_answers(
    seeded: Any, usual: dict[int, ShopOrder], switched: Any, switch: str, value: str
) -> None:
    switched(**{switch: value})
    found = whole(seeded)
    assert found == usual
    for uid, read in found.items():
        assert content_hash(read) == content_hash(usual[uid])
        assert differences(snapshot(usual[uid], SECRET), read, SECRET) == []


@pytest.mark.parametrize("seed", range(10))
def test_orders_are_the_same_under_mixes_of_answers(
    seeded: Any, usual: dict[int, ShopOrder], switched: Any, seed: int
) -> None:
    draw = random.Random(seed)
    switched(**{name: value for name, value in alternatives() if draw.random() < 0.3})
    assert whole(seeded) == usual


@pytest.mark.parametrize("value", ["capitalised", "extra"])
def test_other_words_for_status(seeded: Any, usual: dict[int, ShopOrder], switched: Any, value: str) -> None:
    switched(status_words=value)
    for uid, read in whole(seeded).items():
        assert read.payment_status in {"paid", "unpaid", "reserved"}
        assert replace(read, payment_status=usual[uid].payment_status) == usual[uid]
        assert content_hash(read) == content_hash(usual[uid])
        for ripe in ("placed", "reserved", "paid"):
            settings = shop(orders={"ripe": {"otherwise": ripe}})
            assert (not_ripe(read, settings) == "") is (not_ripe(usual[uid], settings) == "")


def test_costs_before_the_discount_are_read_beside_the_discount(
    seeded: Any, usual: dict[int, ShopOrder], switched: Any
) -> None:
    switched(item_costs="before_discount")
    for uid, read in whole(seeded).items():
        for before, after in zip(read.items, usual[uid].items, strict=True):
            off = before.discount.inc if before.discount else 0
            assert off is not None
            assert before.total.inc - off == after.total.inc
            assert replace(before, unit=after.unit, total=after.total) == after


@pytest.mark.parametrize("switches", [{}, {"customer_key": "first"}, {"too_long": "refuse"}])
def test_specter_takes_every_customer(
    usual: dict[int, ShopOrder], specter_server: Any, switches: dict[str, str]
) -> None:
    specter_server.control.switches(**switches)
    connection = SpecterConnection(
        "demo", specter_server.url, 1000, 2, 12, "demo-user-key", "demo-integration-key"
    )
    numbers: dict[str, int | None] = {}
    with SpecterClient(connection, HttpOptions()) as client:
        for read in usual.values():
            write = customer_write(read, SHOP, MAPPING, order_number=read.number)
            answer = client.submit_customer(
                write.fields,
                force=False,
                ignore_email=write.ignore_email,
                ignore_organisation_number=write.ignore_organisation_number,
            )
            key = customer_key(read, SHOP, SECRET)
            assert numbers.setdefault(key, answer.number) == answer.number
    assert len(set(numbers.values())) == len(numbers)


def test_gift_cards_are_told_from_other_payments(seeded: Any, usual: dict[int, ShopOrder]) -> None:
    with AbicartClient(AbicartConnection("demo", seeded.url, 22222, "demo-token-1"), HttpOptions()) as client:
        types = {one["uid"]: one["type"] for one in client.orders.payment_methods()}
    roles = {
        role for read in usual.values() for role in (f.role for f in MAPPING.payments(read, types).values())
    }
    assert roles == set(PaymentRole)
    for read in usual.values():
        facts = MAPPING.payments(read, types)
        main = main_payment(read, facts)
        assert main.role is not PaymentRole.GIFT_CARD
        assert all(MAPPING.knows_payment(one.method_uid, types[one.method_uid]) for one in read.payments)
        order = order_write(read, rows_of(), main, SHOP, MAPPING, read.number)
        assert order.flags == ()
