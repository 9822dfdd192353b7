"""Delivery, fee and cash on delivery: their numbers, their VAT (rule 20), zero rows by setting (settings 8–10)."""

from __future__ import annotations

import pytest
from maker import (
    COD,
    INVOICE,
    METHODS,
    Basket,
    D,
    brief,
    build,
    held,
    item,
    lowered,
    rules,
    settings,
    specter_total,
    with_vat,
)

from abicart_specter.domain.orders.records import Cost, OrderRows, RowRole

LAMP, BOOK = item(1, with_vat("125", "0.25")), item(2, with_vat("106", "0.06"))
CHARGES = {RowRole.DELIVERY, RowRole.PAYMENT_FEE, RowRole.CASH_ON_DELIVERY}


def charges(found: OrderRows) -> list[tuple[str, str, str]]:
    return [
        (row.product_number, f"{row.price}", f"{row.vat_percent}")
        for row in found.rows
        if row.role in CHARGES
    ]


def test_delivery_and_fee() -> None:
    found = build(Basket([LAMP], shipment=with_vat("49", "0.25"), fee=with_vat("19", "0.25")))
    assert charges(found) == [("FRAKT", "39.200", "25"), ("AVGIFT", "15.200", "25")]
    assert specter_total(found) == 193 and not rules(found)


def test_the_fee_of_cash_on_delivery() -> None:
    found = build(Basket([LAMP], fee=with_vat("50", "0.25"), method=COD))
    assert charges(found) == [("POSTFORSKOTT", "40.000", "25")]


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        ("delivery", ("FRAKT", "0.000", "25")),
        ("payment_fee", ("AVGIFT", "0.000", "25")),
        ("cash_on_delivery", ("POSTFORSKOTT", "0.000", "25")),
    ],
)
def test_zero_rows_by_setting(setting: str, row: tuple[str, str, str]) -> None:
    shop = settings()
    assert charges(build(Basket([LAMP]), shop)) == []
    zero = shop.orders.include_zero.model_copy(update={setting: True})
    shop = settings(orders={"include_zero": zero})
    found = build(Basket([LAMP]), shop)
    assert charges(found) == [row] and specter_total(found) == 125
    if setting == "cash_on_delivery":
        without = {INVOICE: METHODS[INVOICE]}
        assert charges(build(Basket([LAMP]), shop, payments=without)) == []


@pytest.mark.parametrize(("key", "basket"), [("delivery", "shipment"), ("payment_fee", "fee")])
def test_a_charge_needs_its_number(key: str, basket: str) -> None:
    error = held(Basket([LAMP], **{basket: with_vat("49", "0.25")}), settings(product_numbers={key: None}))
    assert error.rule == "special_number_missing" and f"product_numbers.special.{key}" in error.remedy


def test_one_rate_on_mixed_goods_is_sent_as_charged_and_flagged() -> None:
    found = build(Basket([LAMP, BOOK], shipment=with_vat("50", "0.25")))
    assert charges(found) == [("FRAKT", "40.000", "25")]
    assert rules(found) == ["freight_vat"]
    assert "10.00" in found.flags[0].message and "6.71" in found.flags[0].message


def test_split_by_setting() -> None:
    shop = settings(orders={"freight_vat": "split"})
    found = build(Basket([LAMP, BOOK], shipment=with_vat("50", "0.25")), shop)
    assert charges(found) == [("FRAKT", "21.650", "25"), ("FRAKT", "21.640", "6")]
    assert specter_total(found) == 281 and rules(found) == ["freight_vat"]
    by_percent = {one.percent: one for one in found.proof.rates}
    assert (by_percent[D(25)].shop_ex, by_percent[D(6)].shop_ex) == (140, 100)
    one_rate = build(Basket([LAMP], shipment=with_vat("50", "0.25")), shop)
    assert charges(one_rate) == [("FRAKT", "40.000", "25")] and not rules(one_rate)


def test_a_mix_is_split_over_the_goods() -> None:
    found = build(Basket([LAMP, BOOK], shipment=Cost(D("46.20"), D("40"), D("6.20"), D("0.155"))))
    assert charges(found) == [("FRAKT", "20.000", "25"), ("FRAKT", "20.000", "6")]
    assert not rules(found)


def test_rounding_that_freight_takes_up() -> None:
    """The shop made the order's VAT right on the sum, so freight has 5.89 where 12 % are 5.88."""
    rows = [item(1, with_vat("134.25", "0.12")), item(2, with_vat("581.62", "0.12"))]
    freight = Cost(D("54.89"), D("49"), D("5.89"), D("0.1202"))
    found = build(Basket(rows, shipment=freight))
    assert [percent for _, _, percent in charges(found)] == ["12"] and specter_total(found) == D("770.76")
    wrong = Cost(D("54.92"), D("49"), D("5.92"), D("0.1208"))
    assert held(Basket(rows, shipment=wrong)).rule == "vat_split_impossible"


def test_a_fee_is_split_alike() -> None:
    found = build(Basket([LAMP, BOOK], fee=Cost(D("46.20"), D("40"), D("6.20"), D("0.155"))))
    assert charges(found) == [("AVGIFT", "20.000", "25"), ("AVGIFT", "20.000", "6")]


def test_vat_that_nothing_explains() -> None:
    error = held(Basket([LAMP, BOOK], shipment=Cost(D("48"), D("40"), D("8"), D("0.2"))), settings())
    assert error.rule == "vat_split_impossible" and "delivery of 48.00" in error.message


def test_a_stated_rate_that_is_wrong_does_not_count() -> None:
    """12 % in words, 25 % in amounts."""
    found = build(Basket([LAMP], shipment=Cost(D("50"), D("40"), D("10"), D("0.12"))))
    assert charges(found) == [("FRAKT", "40.000", "25")]


def test_one_rate_and_the_mix_both_explain() -> None:
    """Goods at 25 and 6 % in such a mix that freight at 12 % has the same VAT."""
    rows = [item(1, with_vat("750", "0.25")), item(2, with_vat("1378", "0.06"))]
    freight = Cost(D("112"), D("100"), D("12"), D("0.12"))
    error = held(Basket(rows, shipment=freight))
    assert error.rule == "amounts_ambiguous" and "12 %" in error.message


def test_foreign_freight() -> None:
    found = build(Basket([item(1, with_vat("124", "0.24"))], shipment=with_vat("12.40", "0.24")))
    assert charges(found) == [("FRAKT", "10.000", "24")]


def test_freight_on_free_goods_follows_their_price() -> None:
    """All goods 100 % off: the split goes by what they would have cost."""
    rows = [lowered(LAMP, "125"), lowered(BOOK, "106")]
    found = build(Basket(rows, shipment=Cost(D("46.20"), D("40"), D("6.20"), D("0.155"))))
    assert charges(found) == [("FRAKT", "20.000", "25"), ("FRAKT", "20.000", "6")]


def test_a_negative_freight_is_sent() -> None:
    """Free delivery shown as freight and the same amount back is one cost in the shop."""
    found = build(Basket([LAMP], shipment=with_vat("-25", "0.25")))
    assert charges(found) == [("FRAKT", "-20.000", "25")] and specter_total(found) == 100


def test_names() -> None:
    found = build(Basket([LAMP], shipment=with_vat("49", "0.25"), fee=with_vat("19", "0.25")))
    assert [row.name for row in found.rows] == ["Vara 1", "Frakt", "Betalningsavgift"]
    assert [one[0] for one in brief(found)] == ["product", "delivery", "payment fee"]
