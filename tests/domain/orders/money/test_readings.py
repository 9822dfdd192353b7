"""Rule 18: the reading of the shop's amounts that adds up is used; none or two: held."""

from __future__ import annotations

from dataclasses import replace
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
    plus,
    settings,
    specter_total,
    with_vat,
    without_vat,
)

from abicart_specter.domain.orders.records import Cost, OrderItem, ShopDiscount


def before(row: OrderItem) -> OrderItem:
    """The row as a shop shows it that gives costs before the discount."""
    off = row.discount
    assert off is not None and off.inc is not None and off.ex is not None
    inc, ex = row.total.inc + off.inc, row.total.ex + off.ex
    return replace(
        row, total=Cost(inc, ex, inc - ex, row.total.rate), unit=Cost(inc, ex, inc - ex, row.total.rate)
    )


@pytest.mark.parametrize("in_percent", [False, True])
def test_row_costs_before_or_after_discount_give_the_same_rows(in_percent: bool) -> None:
    shop = settings(orders={"discount_in_percent": in_percent})
    after = lowered(item(1, with_vat("200", "0.25")), "50")
    plain = item(2, with_vat("106", "0.06"))
    cart = plus((after.total, plain.total))
    found = [build(Basket([row, plain], cart=cart), shop) for row in (after, before(after))]
    assert found[0].rows == found[1].rows
    assert [one.proof.reading for one in found] == ["row costs after discount", "row costs before discount"]
    assert specter_total(found[0]) == 256


def test_no_reading_adds_up() -> None:
    row = lowered(item(1, with_vat("200", "0.25")), "50")
    error = held(Basket([row], cart=with_vat("175", "0.25"), total=with_vat("175", "0.25")))
    assert error.rule == "amounts_do_not_add_up"
    assert (
        "Shop demo, order 10023" in error.message and "150.00" in error.message and "175.00" in error.message
    )


def test_a_rest_in_the_total_is_never_classified() -> None:
    """A total that somebody lowered without a row or payment: gift card or discount? Held, with the difference."""
    error = held(Basket([item(1, with_vat("200", "0.25"))], total=with_vat("150.5", "0.25")))
    assert error.rule == "amounts_do_not_add_up" and "difference -49.50" in error.message


@pytest.mark.parametrize("difference", ["0.06", "-0.06", "0.49"])
def test_a_rest_beyond_the_limit_is_held(difference: str) -> None:
    row = item(1, with_vat("200.25", "0.25"))
    total = Cost(row.total.inc + D(difference), row.total.ex, row.total.vat, D("0.25"))
    assert held(Basket([row], total=total)).rule in {"amounts_do_not_add_up", "rounding_too_large"}


def test_two_readings_add_up() -> None:
    """The cart is rounded so that before and after discount are both within an öre a row."""
    row = lowered(item(1, with_vat("200", "0.25")), "0.02")
    other = item(2, with_vat("100", "0.25"))
    middle = Cost(D("299.99"), D("239.99"), D("60"), D("0.25"))
    error = held(Basket([row, other], cart=middle, total=middle))
    assert error.rule == "amounts_ambiguous" and "before" in error.message and "after" in error.message


def test_exact_sums_win_over_near_ones() -> None:
    row = lowered(item(1, with_vat("200", "0.25")), "0.01")
    found = build(Basket([row]), settings(orders={"discount_in_percent": False}))
    assert found.proof.reading == "row costs after discount" and specter_total(found) == D("199.99")


def test_order_discount_as_property_apart_or_in_the_rows_already() -> None:
    rows = [item(1, with_vat("125", "0.25")), item(2, with_vat("106", "0.06"))]
    off = ShopDiscount("Rabattkod", D("23.10"), D("20.00"), D("0.1"))
    apart = build(Basket(rows, discount=off))
    assert specter_total(apart) == D("207.90") and apart.proof.reading.endswith("order discount apart")
    folded = [lowered(rows[0], "12.50"), lowered(rows[1], "10.60")]
    cart = plus(row.total for row in folded)
    inside = build(Basket(folded, discount=off, total=cart))
    assert specter_total(inside) == D("207.90") and inside.proof.reading.endswith(
        "order discount in the rows"
    )
    assert (
        [one.sent_ex for one in apart.proof.rates] == [one.sent_ex for one in inside.proof.rates] == [90, 90]
    )


def test_cart_less_the_order_discount_already() -> None:
    row = item(1, with_vat("125", "0.25"))
    off = ShopDiscount("Rabattkod", D("25"), D("20"), None)
    lower = with_vat("100", "0.25")
    assert specter_total(build(Basket([row], discount=off, cart=lower, total=lower))) == 100


@pytest.mark.parametrize(
    "off",
    [
        ShopDiscount("Rabatt", D("50"), None, None),
        ShopDiscount("Rabatt", None, D("40"), None),
        ShopDiscount("Rabatt", None, None, D("0.25")),
    ],
)
def test_a_discount_told_in_part(off: ShopDiscount) -> None:
    row = replace(item(1, with_vat("150", "0.25")), discount=off)
    found = build(Basket([row]))
    assert [one[3] for one in brief(found)] == ["160.000", "-40.000"]


def test_amounts_and_rate_of_a_row_contradict() -> None:
    row = item(1, Cost(D("112"), D("100"), D("12"), D("0.25")))
    error = held(Basket([row]))
    assert error.rule == "amounts_do_not_add_up" and "row 1" in error.message and "25 %" in error.message


def test_a_rate_worked_out_from_amounts_becomes_the_usual_one() -> None:
    row = item(1, Cost(D("12.90"), D("12.17"), D("0.73"), D("0.05998356614626")))
    assert brief(build(Basket([row])))[0][4] == "6"


def test_vat_of_the_total_must_fit_too() -> None:
    row = item(1, with_vat("125", "0.25"))
    error = held(Basket([row], total=Cost(D("125"), D("111.61"), D("13.39"), D("0.12"))))
    assert error.rule == "amounts_do_not_add_up"


def test_shop_that_reckons_vat_on_the_sum() -> None:
    """Ten rows of 0.10 without VAT: 0.13 each with VAT, but 1.25 for all."""
    rows = [item(n, without_vat("0.10", "0.25")) for n in range(1, 11)]
    assert plus(row.total for row in rows).inc == D("1.30")
    total = Cost(D("1.25"), D("1.00"), D("0.25"), D("0.25"))
    found = build(Basket(rows, cart=total, total=total))
    assert specter_total(found) == D("1.25") and not found.proof.rounding
    assert {row.price for row in found.rows} == {D("0.100")}


@pytest.mark.parametrize("name", ["Okänd rad", "rabattkod", "Presentkort 500"])
def test_a_negative_row_of_unknown_name_is_held(name: str) -> None:
    error = held(Basket([item(1, with_vat("200", "0.25")), negative(2, name, with_vat("-50", "0.25"))]))
    assert error.rule == "negative_row_unclear" and "row 2" in error.message and "50.00" in error.message
    assert name not in error.message


def test_a_name_in_both_lists_is_held() -> None:
    rows = [item(1, with_vat("200", "0.25")), negative(2, "Avdrag", with_vat("-50", "0"))]
    error = held(Basket(rows), gift_card_row_names={"Avdrag"}, discount_row_names={"Avdrag"})
    assert error.rule == "gift_card_unclear"


def test_a_product_with_a_negative_price_is_a_product() -> None:
    rows = [item(1, with_vat("200", "0.25")), item(2, with_vat("-50", "0.25"))]
    found = build(Basket(rows))
    assert brief(found)[1] == ("product", "ART-2", "1", "-40.000", "25") and specter_total(found) == 150


def test_amounts_without_rounding() -> None:
    """A shop that does not round what it shows: 133.816 without VAT."""
    row = item(1, Cost(D("167.27"), D("133.816"), D("33.454"), D("0.25")))
    total = Cost(D("167.27"), D("133.816"), D("33.454"), D("0.25"))
    found = build(Basket([row], total=total))
    assert specter_total(found) == D("167.27") and abs(found.proof.rounding) == D("0.01")


@pytest.mark.parametrize("rate", [Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), Decimal(0)])
def test_one_öre(rate: Decimal) -> None:
    assert specter_total(build(Basket([item(1, with_vat("0.01", rate))]))) == D("0.01")


def test_amounts_without_vat_lead_where_those_with_vat_are_for_show() -> None:
    """1,000 at 1.43 without VAT: the row shows 1,000 × 1.79 with VAT, the total has VAT on the sum."""
    row = item(1, Cost(D("1790"), D("1430"), D("360"), D("0.25")), 1000)
    cart = Cost(D("1787.50"), D("1430"), D("357.50"), D("0.25"))
    found = build(Basket([row], cart=cart, total=cart))
    assert specter_total(found) == D("1787.50") and not found.proof.rounding
    assert brief(found) == [("product", "ART-1", "1000", "1.430", "25")]
    assert found.proof.reading == "row costs after discount, amounts without VAT"
    odd = Cost(D("1787.50"), D("1429"), D("358.50"), D("0.25"))
    assert held(Basket([row], cart=odd, total=cart)).rule == "amounts_do_not_add_up"
