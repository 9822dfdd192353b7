"""Setting 12: discounts in percent on each row, or as negative rows, one for each VAT rate (F19, F20)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from maker import (
    Basket,
    D,
    brief,
    build,
    held,
    item,
    lowered,
    negative,
    rules,
    settings,
    specter_total,
    with_vat,
)

from abicart_specter.domain.orders.records import Cost, OrderItem, OrderRows, RowRole, ShopDiscount

PERCENT = settings(orders={"discount_in_percent": True})


def rows_of_three_rates() -> list[OrderItem]:
    return [
        item(1, with_vat("125", "0.25")),
        item(2, with_vat("112", "0.12")),
        item(3, with_vat("106", "0.06")),
    ]


def discounts(found: OrderRows) -> list[tuple[str, str, str]]:
    return [
        (row.name, f"{row.price}", f"{row.vat_percent}") for row in found.rows if row.role is RowRole.DISCOUNT
    ]


def test_negative_rows_one_for_each_rate() -> None:
    rows = [lowered(one, one.total.inc / 10) for one in rows_of_three_rates()]
    rows.append(lowered(item(4, with_vat("250", "0.25")), "50"))
    found = build(Basket(rows))
    assert discounts(found) == [
        ("Rabatt", "-50.000", "25"),
        ("Rabatt", "-10.000", "12"),
        ("Rabatt", "-10.000", "6"),
    ]
    assert [row.price for row in found.rows[:4]] == [100, 100, 100, 200]
    assert specter_total(found) == sum(one.total.inc for one in rows)
    assert {row.product_number for row in found.rows[4:]} == {"RABATT"}


def test_percent_on_each_row() -> None:
    rows = [lowered(one, one.total.inc / 10) for one in rows_of_three_rates()]
    found = build(Basket(rows), PERCENT)
    assert [(row.price, row.discount_percent) for row in found.rows] == [(100, 10)] * 3
    assert specter_total(found) == D("308.70") and not discounts(found) and not rules(found)


@pytest.mark.parametrize("shape", ["items", "negative", "property"])
@pytest.mark.parametrize("in_percent", [False, True])
def test_discount_on_the_whole_order(shape: str, in_percent: bool) -> None:
    rows = rows_of_three_rates()
    off = [with_vat("12.50", "0.25"), with_vat("11.20", "0.12"), with_vat("10.60", "0.06")]
    basket = Basket(rows)
    if shape == "items":
        basket.items = [lowered(row, one.inc) for row, one in zip(rows, off, strict=True)]
    elif shape == "negative":
        basket.items = rows + [
            negative(10 + n, "Rabattkod", Cost(-one.inc, -one.ex, -one.vat, one.rate))
            for n, one in enumerate(off)
        ]
    else:
        basket.discount = ShopDiscount("Rabattkod", D("34.30"), D("30.00"), D("0.1"))
    found = build(basket, settings(orders={"discount_in_percent": in_percent}))
    assert specter_total(found) == D("308.70")
    assert [(one.sent_ex, one.sent_vat) for one in found.proof.rates] == [
        (90, D("22.50")),
        (90, D("10.80")),
        (90, D("5.40")),
    ]
    if in_percent:
        assert [row.discount_percent for row in found.rows] == [10, 10, 10]
    else:
        assert [price for _, price, _ in discounts(found)] == ["-10.000"] * 3


def test_a_discount_of_mixed_rates_in_one_row_is_split() -> None:
    rows = [
        *rows_of_three_rates(),
        negative(9, "Rabattkod", Cost(D("-34.30"), D("-30"), D("-4.30"), D("0.1433"))),
    ]
    assert [price for _, price, _ in discounts(build(Basket(rows)))] == ["-10.000"] * 3


def test_a_discount_whose_vat_is_not_the_goods() -> None:
    off = ShopDiscount("Rabattkod", D("34.30"), D("27.44"), D("0.1"))
    error = held(Basket(rows_of_three_rates(), discount=off))
    assert error.rule == "vat_split_impossible" and "34.30" in error.message and "6.86" in error.message


def test_a_discount_with_and_without_gift_cards_sold() -> None:
    """10 % of 125.00, not of the gift card; the VAT tells."""
    shop = settings(orders={"gift_cards_sold": ["GC-.*"]})
    rows = [item(1, with_vat("125", "0.25")), item(2, with_vat("300", "0"), product_number="GC-1")]
    goods = build(Basket(rows, discount=ShopDiscount("X", D("12.50"), D("10.00"), None)), shop)
    assert discounts(goods) == [("X", "-10.000", "25")]
    both = build(Basket(rows, discount=ShopDiscount("X", D("42.50"), D("40.00"), None)), shop)
    assert discounts(both) == [("X", "-10.000", "25"), ("X", "-30.000", "0")]


def test_a_percentage_that_cannot_give_the_amount_becomes_a_row() -> None:
    """33.33 off 100.00 three times over is no percentage of two decimals for 777 pieces."""
    row = lowered(item(1, with_vat("97125", "0.25"), 777), "33.33")
    found = build(Basket([row, lowered(item(2, with_vat("125", "0.25")), "12.50")]), PERCENT)
    assert specter_total(found) == D("97204.17")
    assert discounts(found) == [("Rabatt", "-26.660", "25")]
    assert [row.discount_percent for row in found.rows if row.item_uid == 2] == [10]
    assert rules(found) == ["discount_not_in_percent"] and "row 1 " in found.flags[0].message


def test_percent_with_two_decimals() -> None:
    found = build(Basket([lowered(item(1, with_vat("1000", "0.25")), "123.40")]), PERCENT)
    assert (found.rows[0].price, found.rows[0].discount_percent) == (800, D("12.34"))


def test_percent_over_many_pieces() -> None:
    row = lowered(item(1, with_vat("24995", "0.25"), 100), "8248.35")
    found = build(Basket([row]), PERCENT)
    assert specter_total(found) == D("16746.65")
    assert {one.discount_percent for one in found.rows} == {33}


def test_a_price_before_discount_stays_the_price() -> None:
    found = build(Basket([lowered(item(1, with_vat("99.95", "0.25"), 3), "14.99")]), PERCENT)
    assert found.rows[0].discount_percent == 15
    assert abs(found.rows[0].price * 3 - D("79.96")) <= D("0.015")


@pytest.mark.parametrize("in_percent", [False, True])
def test_everything_for_nothing(in_percent: bool) -> None:
    """F20: 100 % off; no division by zero, no 0.01 left."""
    rows = [lowered(one, one.total.inc) for one in rows_of_three_rates()]
    found = build(Basket(rows), settings(orders={"discount_in_percent": in_percent}))
    assert specter_total(found) == 0 and found.proof.rounding == 0
    if in_percent:
        assert [(row.price, row.discount_percent) for row in found.rows] == [(100, 100)] * 3
    else:
        assert [price for _, price, _ in discounts(found)] == ["-100.000"] * 3


def test_free_products() -> None:
    found = build(Basket([item(1, with_vat("0", "0.25"), 3)]))
    assert brief(found) == [("product", "ART-1", "3", "0.000", "25")] and specter_total(found) == 0


def test_nothing_but_freight() -> None:
    found = build(Basket([], shipment=with_vat("49", "0.25")))
    assert brief(found) == [("delivery", "FRAKT", "1", "39.200", "25")]


def test_nothing_at_all_is_held() -> None:
    assert held(Basket([])).rule == "order_empty"


def test_a_discount_row_needs_its_number() -> None:
    shop = settings(product_numbers={"discount": None})
    error = held(Basket([lowered(item(1, with_vat("125", "0.25")), "12.50")]), shop)
    assert error.rule == "special_number_missing" and "discount" in error.message


def test_a_discount_lowers_the_freight_share() -> None:
    """Taxable amounts after the discount: 200 and 100, not 400 and 100."""
    rows = [lowered(item(1, with_vat("500", "0.25")), "250"), item(2, with_vat("106", "0.06"))]
    freight = Cost(D("355.94"), D("300"), D("55.94"), D("0.1865"))
    assert held(Basket(rows, shipment=freight)).rule == "vat_split_impossible"
    freight = Cost(D("356.00"), D("300"), D("56.00"), D("0.1867"))
    found = build(Basket(rows, shipment=freight))
    shipped = [(row.price, row.vat_percent) for row in found.rows if row.role is RowRole.DELIVERY]
    assert shipped == [(Decimal(200), 25), (Decimal(100), 6)]
