"""What holds an order before and beside its amounts; messages name row and remedy, never what the buyer wrote."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_DOWN, localcontext

import pytest
from maker import Basket, D, build, held, item, settings, specter_total, with_vat

from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity

ROW = item(1, with_vat("125", "0.25"))


def test_another_currency_is_held() -> None:
    error = held(Basket([ROW], changes={"currency": "EUR", "exchange_rate": D("0.088")}))
    assert error.rule == "currency_not_sek" and "EUR" in error.message


@pytest.mark.parametrize("number", [None, "", " "])
def test_a_row_without_product_number(number: str | None) -> None:
    rows = [ROW, replace(item(2, with_vat("125", "0.25")), product_number=number)]
    error = held(Basket(rows))
    assert error.rule == "product_number_missing" and "row 2" in error.message and "1002" in error.message


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_quantity_that_is_not_above_zero(quantity: str) -> None:
    error = held(Basket([replace(ROW, quantity=D(quantity))]))
    assert error.rule == "quantity_unclear" and "row 1" in error.message


@pytest.mark.parametrize("place", ["order", "item"])
def test_errors_of_the_reading_hold(place: str) -> None:
    flag = Flag(
        ItemKey(Kind.ORDER, 50023), "variant_conflict", Severity.ERROR, "row 1: two variants", "Look."
    )
    row = replace(ROW, problems=(flag,) if place == "item" else ())
    error = held(Basket([row], changes={"problems": (flag,) if place == "order" else ()}))
    assert error.rule == "variant_conflict" and "10023" in error.message and error.remedy == "Look."


def test_what_the_buyer_wrote_goes_along_and_stays_out_of_sight() -> None:
    row = replace(ROW, quantity=D(100), total=with_vat("19900", "0.12"), texts=("Till Åsa", "blå"))
    row = replace(row, unit=with_vat("199", "0.12"))
    found = build(Basket([row]))
    assert [one.comment for one in found.rows] == ["Till Åsa, blå", ""]
    assert "Åsa" not in repr(found)
    broken = replace(row, total=with_vat("19000", "0.25"), product_number=None)
    assert "Åsa" not in str(held(Basket([broken])))


def test_the_caller_s_decimal_context_changes_nothing() -> None:
    order = Basket([item(1, with_vat("167.27", "0.25"), 3), item(2, with_vat("19900", "0.12"), 100)]).order()
    usual = build(order)
    with localcontext() as context:
        context.prec, context.rounding = 5, ROUND_DOWN
        assert build(order) == usual
    assert specter_total(usual) == D("20067.27")


def test_the_proof_as_document_is_plain_text() -> None:
    proof = build(Basket([ROW], cards=["25"]), settings()).proof.as_document()
    assert proof["shop_total"] == proof["sent_total"] == "100.00"
    assert proof["rates"] == [
        {"percent": "25", "shop_ex": "100.00", "shop_vat": "25.00", "sent_ex": "100.00", "sent_vat": "25.00"}
    ]
    assert (proof["model"], proof["difference"]) == ("rate, 3 decimals", "0.00")
