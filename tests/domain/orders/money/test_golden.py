"""The two golden examples, to the öre, in every shape in which the shop may show them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from maker import (
    ZERO_COST,
    Basket,
    D,
    brief,
    build,
    held,
    item,
    negative,
    settings,
    specter_total,
    with_vat,
    without_vat,
)

from abicart_specter.domain.orders.records import Cost, OrderItem, RateProof, ShopDiscount, ShopOrder

SOLD = {"gift_cards_sold": ["GC-[0-9]+"]}
FREIGHT = Cost(D("55.20"), D("49.00"), D("6.20"), D("0.1265"))
FREIGHT_WITH_LEFT_OVER = Cost(D("55.21"), D("49.00"), D("6.21"), D("0.1267"))
"""As a shop shows it that makes the order's VAT right on the sums per rate: 37.01 + 83.03."""


def off_ex(row: OrderItem, amount: str) -> OrderItem:
    """The row with an amount without VAT taken off."""
    before, after = row.total, without_vat(row.total.ex - D(amount), row.total.rate)
    discount = ShopDiscount("TIO", before.inc - after.inc, before.ex - after.ex, D("0.1"))
    return replace(row, total=after, unit=after, discount=discount)


def first(shape: str, cards: str = "payment", freight: Cost = FREIGHT_WITH_LEFT_OVER) -> ShopOrder:
    """649.90 at 6 % and 349.95 at 25 %, 10 % off, freight 49 split; a gift card bought for 300, one used for 500."""
    book, lamp = item(1, without_vat("649.90", "0.06")), item(2, without_vat("349.95", "0.25"))
    rows = [book, lamp]
    if shape == "items":
        rows = [off_ex(book, "64.99"), off_ex(lamp, "35.00")]
    rows.append(item(3, with_vat("300", "0"), product_number="GC-300"))
    discount = None
    if shape == "negative":
        rows += [negative(4, "Rabattkod", without_vat("-64.99", "0.06"))]
        rows += [negative(5, "Rabattkod", without_vat("-35.00", "0.25"))]
    if shape == "property":
        discount = ShopDiscount("Rabattkod", D("68.89") + D("43.75"), D("99.99"), D("0.1"))
    total = Cost(D("1368.90"), D("1248.86"), D("120.04"), D("0.1"))
    if cards == "row":
        rows += [negative(6, "Presentkort", with_vat("-500", "0"))]
        total = Cost(D("868.90"), D("748.86"), D("120.04"), D("0.1"))
    used = ["500"] if cards == "payment" else []
    return Basket(rows, shipment=freight, discount=discount, cards=used, total=total).order()


@pytest.mark.parametrize("freight", [FREIGHT, FREIGHT_WITH_LEFT_OVER], ids=["rounded", "left-over"])
@pytest.mark.parametrize("cards", ["payment", "row"])
@pytest.mark.parametrize("in_percent", [False, True], ids=["negative-rows", "percent"])
@pytest.mark.parametrize("shape", ["items", "negative", "property"])
def test_first_example(shape: str, in_percent: bool, cards: str, freight: Cost) -> None:
    found = build(first(shape, cards, freight), settings(orders=SOLD | {"discount_in_percent": in_percent}))
    assert specter_total(found) == D("868.90") == found.proof.sent_total == found.proof.shop_total
    assert (found.proof.rounding, found.proof.gift_cards_used, found.proof.gift_cards_sold) == (0, 500, 300)
    taxable = [(one.percent, one.sent_ex, one.sent_vat) for one in found.proof.rates]
    assert taxable == [
        (25, D("332.10"), D("83.03")),
        (6, D("616.76"), D("37.01")),
        (0, D("300.00"), D("0.00")),
    ]
    assert [one.shop_ex for one in found.proof.rates] == [D("332.10"), D("616.76"), D("300")]
    rows = brief(found)
    assert ("delivery", "FRAKT", "1", "31.850", "6") in rows and (
        "delivery",
        "FRAKT",
        "1",
        "17.150",
        "25",
    ) in rows
    assert ("gift card used", "PRESENTKORT", "1", "-500.000", "0") in rows
    assert ("gift card sold", "GC-300", "1", "300.000", "0") in rows
    discounts = [row for row in found.rows if row.role.value == "discount"]
    if in_percent:
        assert discounts == []
        assert [row.discount_percent for row in found.rows[:2]] == [10, 10]
    else:
        assert [(row.price, row.vat_percent) for row in discounts] == [(D("-35.000"), 25), (D("-64.990"), 6)]


def second(freight: Cost) -> ShopOrder:
    """600 at 6 %, 400 at 25 % less 200 on that row, freight 100 split."""
    lamp = item(2, without_vat("400", "0.25"))
    after = without_vat("200", "0.25")
    lowered = replace(
        lamp, total=after, unit=after, discount=ShopDiscount("KAMPANJ", D(250), D(200), D("0.5"))
    )
    return Basket([item(1, without_vat("600", "0.06")), lowered], shipment=freight).order()


@pytest.mark.parametrize("in_percent", [False, True])
def test_second_example(in_percent: bool) -> None:
    order = second(Cost(D("110.75"), D("100"), D("10.75"), D("0.1075")))
    assert order.total.inc == D("996.75")
    found = build(order, settings(orders={"discount_in_percent": in_percent}))
    assert specter_total(found) == D("996.75")
    assert found.proof.rates == (
        RateProof(D(25), D("225"), D("56.25"), D("225.00"), D("56.25")),
        RateProof(D(6), D("675"), D("40.50"), D("675.00"), D("40.50")),
    )
    shipped = [(row.price, row.vat_percent) for row in found.rows if row.role.value == "delivery"]
    assert shipped == [(25, 25), (75, 6)]
    assert not any(flag.rule == "freight_vat" for flag in found.flags)


def test_second_example_split_over_undiscounted_amounts_is_no_split_that_the_shop_made() -> None:
    """60 / 40 gives VAT 13.60; the shop charged 10.75, so such an order would come to 999.60."""
    order = second(Cost(D("113.60"), D("100"), D("13.60"), D("0.136")))
    assert order.total.inc == D("999.60")
    error = held(order)
    assert error.rule == "vat_split_impossible" and "13.60" in error.message


def test_no_freight_no_row() -> None:
    found = build(Basket([item(1, with_vat("125", "0.25"))], shipment=ZERO_COST))
    assert brief(found) == [("product", "ART-1", "1", "100.000", "25")]
