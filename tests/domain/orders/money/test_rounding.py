"""Rule 19 and 21: rows are fitted to the account's rounding; what no figure gives is one row within the limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from maker import Basket, D, brief, build, held, item, settings, specter_total, with_vat, without_vat

from abicart_specter.domain.orders.records import Cost, OrderRows, RowRole


def rounding(found: OrderRows) -> list[Decimal]:
    return [row.price for row in found.rows if row.role is RowRole.ROUNDING]


def priced(**changes: Any) -> Any:
    return settings(prices=changes)


def test_the_case_that_three_decimals_cannot_hold() -> None:
    """199.00 with 12 % × 100: one price gives 19,900.05; two rows an öre apart give 19,900.00."""
    found = build(Basket([item(1, with_vat("19900", "0.12"), 100)]))
    assert brief(found) == [
        ("product", "ART-1", "14", "177.670", "12"),
        ("product", "ART-1", "86", "177.680", "12"),
    ]
    assert specter_total(found) == 19900


@pytest.mark.parametrize("decimals", [2, 3, 4])
def test_decimals_of_the_account(decimals: int) -> None:
    found = build(Basket([item(1, with_vat("100", "0.12"), 7)]), priced(order_decimals=decimals))
    assert specter_total(found) == 100
    assert all(-row.price.as_tuple().exponent == decimals for row in found.rows)  # type: ignore[operator]
    assert found.proof.model == f"rate, {decimals} decimals"
    assert len(found.rows) == (2 if decimals == 2 else 1)


def test_a_row_moves_by_an_öre_where_the_sum_misses() -> None:
    """Ten times 199.00 with 12 %: 177.68 each would come to 1,990.02."""
    found = build(Basket([item(n, with_vat("199", "0.12")) for n in range(1, 11)]))
    assert specter_total(found) == 1990 and not rounding(found)
    assert sorted(row.price for row in found.rows) == [D("177.67"), *[D("177.68")] * 9]


@pytest.mark.parametrize(
    ("incs", "prices"),
    [
        (["87.97", "204.19", "188.33"], ["78.550", "182.310", "168.150"]),
        (["31.47", "208.44", "14.31"], ["28.100", "186.110", "12.770"]),
    ],
    ids=["78.5446 up", "12.7768 down"],
)
def test_the_row_that_moves_is_the_one_nearest_to_the_next_öre(incs: list[str], prices: list[str]) -> None:
    rows = [item(n, with_vat(inc, "0.12")) for n, inc in enumerate(incs, 1)]
    found = build(Basket(rows))
    assert [f"{row.price}" for row in found.rows] == prices
    assert specter_total(found) == sum(D(inc) for inc in incs)


def test_an_amount_that_no_figure_without_vat_gives() -> None:
    """167.27 at 25 %: 133.82 gives 167.28 and 133.81 gives 167.26."""
    found = build(Basket([item(1, with_vat("167.27", "0.25"))]))
    assert brief(found) == [
        ("product", "ART-1", "1", "133.820", "25"),
        ("rounding", "AVRUNDNING", "1", "-0.010", "0"),
    ]
    assert specter_total(found) == D("167.27") and found.proof.rounding == D("-0.01")
    assert found.proof.difference == 0


def test_misses_of_two_rates_cancel() -> None:
    """Neither 167.27 at 25 % nor 10.03 at 12 % can be met; one goes an öre over and the other under."""
    rows = [item(1, with_vat("167.27", "0.25")), item(2, with_vat("10.03", "0.12"))]
    assert all(abs(build(Basket([row])).proof.rounding) == D("0.01") for row in rows)
    found = build(Basket(rows))
    assert specter_total(found) == D("177.30") and not rounding(found)


@pytest.mark.parametrize(("vat_rounding", "prices"), [("rate", ["0.500"] * 5), ("row", ["0.500"] * 5)])
def test_vat_by_rate_or_by_row(vat_rounding: str, prices: list[str]) -> None:
    """Five rows of 0.53 at 6 %: VAT 0.03 each, and 0.15 on the sum."""
    found = build(
        Basket([item(n, with_vat("0.53", "0.06")) for n in range(1, 6)]), priced(vat_rounding=vat_rounding)
    )
    assert [f"{row.price}" for row in found.rows] == prices
    assert specter_total(found, vat_rounding) == D("2.65")


def test_the_model_decides_what_is_proved() -> None:
    """Three rows of 0.10 without VAT at 25 %: VAT 0.08 on the sum, 3 × 0.03 row by row."""
    basket = Basket([item(n, without_vat("0.10", "0.25")) for n in range(1, 4)])
    by_row = build(basket, priced(vat_rounding="row"))
    assert specter_total(by_row, "row") == D("0.39") and by_row.proof.rates[0].sent_vat == D("0.09")
    assert not rounding(by_row) and by_row.proof.model.startswith("row")
    by_rate = build(basket, priced(vat_rounding="rate"))
    assert specter_total(by_rate, "rate") == D("0.39") and by_rate.proof.rates[0].sent_ex == D("0.31")


def test_rows_that_miss_by_themselves_cancel_in_the_row_model() -> None:
    found = build(
        Basket([item(n, with_vat("167.27", "0.25")) for n in range(1, 5)]), priced(vat_rounding="row")
    )
    assert specter_total(found, "row") == D("669.08") and not rounding(found)
    assert sorted(row.price for row in found.rows) == [D("133.81")] * 2 + [D("133.82")] * 2


def whole(inc: str, total: str) -> Basket:
    row = item(1, with_vat(inc, "0.25"))
    return Basket([row], total=Cost(D(total), D(total) - row.total.vat, row.total.vat, D("0.25")))


@pytest.mark.parametrize(("inc", "total", "rest"), [("199.49", "199", "-0.490"), ("199.50", "200", "0.500")])
def test_totals_in_whole_kronor(inc: str, total: str, rest: str) -> None:
    found = build(whole(inc, total))
    assert specter_total(found) == D(total)
    last = found.rows[-1]
    assert (last.role, last.product_number, last.vat_percent) == (RowRole.ROUNDING, "AVRUNDNING", 0)
    assert f"{last.price}" == rest


def test_more_than_half_a_krona_is_no_rounding() -> None:
    assert held(whole("199.49", "200")).rule == "amounts_do_not_add_up"
    assert held(whole("199.49", "199.90")).rule == "amounts_do_not_add_up"


def test_limits_can_be_lowered() -> None:
    error = held(whole("199.50", "200"), priced(rounding_limit_whole_kronor=D("0.20")))
    assert error.rule == "amounts_do_not_add_up"
    basket = Basket([item(1, with_vat("167.27", "0.25"))])
    error = held(basket, priced(rounding_limit=D(0)))
    assert error.rule == "rounding_too_large" and "0.01" in error.message
    assert held(basket, priced(rounding_limit_per_row=D(0))).rule == "rounding_too_large"


def test_a_rounding_row_needs_its_number() -> None:
    basket = Basket([item(1, with_vat("167.27", "0.25"))])
    error = held(basket, settings(product_numbers={"rounding": None}))
    assert error.rule == "special_number_missing" and "product_numbers.special.rounding" in error.remedy


@pytest.mark.parametrize("vat_rounding", ["rate", "row"])
@pytest.mark.parametrize("decimals", [2, 3, 4])
def test_six_hundred_rows(vat_rounding: str, decimals: int) -> None:
    rows = [
        item(n, with_vat(D(n * 37 % 9973) / 100, ["0.25", "0.12", "0.06", "0"][n % 4]), n % 13 + 1)
        for n in range(1, 601)
    ]
    found = build(Basket(rows), priced(vat_rounding=vat_rounding, order_decimals=decimals))
    assert specter_total(found, vat_rounding) == sum(row.total.inc for row in rows)
    assert abs(found.proof.rounding) <= D("0.02")
    for row in rows:
        mine = [one for one in found.rows if one.item_uid == row.uid]
        sent = sum(one.quantity * one.price for one in mine)
        assert abs(sent - row.total.ex) < D("0.03"), row


@pytest.mark.parametrize("quantity", ["0.5", "1.5", "0.333", "12.75", "150.25", "0.001"])
@pytest.mark.parametrize("decimals", [2, 3, 4])
def test_fractions(quantity: str, decimals: int) -> None:
    found = build(Basket([item(1, with_vat("249.95", "0.25"), quantity)]), priced(order_decimals=decimals))
    assert specter_total(found) == D("249.95")
    assert sum(row.quantity for row in found.rows if row.item_uid) == D(quantity)
