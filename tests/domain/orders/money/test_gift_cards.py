"""Gift cards used are a means of payment; gift cards sold are a liability, or a sale by setting (F18)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from maker import (
    CARD,
    Basket,
    D,
    brief,
    build,
    held,
    item,
    negative,
    plus,
    rules,
    settings,
    specter_total,
    with_vat,
)

from abicart_specter.domain.orders.records import Cost, RowRole, ShopOrder, ShopPayment

GOODS = item(1, with_vat("125", "0.25"))
FREIGHT = with_vat("50", "0.25")
SOLD = {"gift_cards_sold": ["GC-[0-9]+"]}


@pytest.mark.parametrize("cards", [["100"], ["60.50", "39.50"], ["150"], ["175"]])
@pytest.mark.parametrize("shape", ["payment", "row"])
def test_gift_cards_used(shape: str, cards: list[str]) -> None:
    """One, two, one that covers freight too, one that covers everything."""
    if shape == "payment":
        basket = Basket([GOODS], shipment=FREIGHT, cards=cards)
    else:
        rows = [negative(10 + n, "Presentkort", with_vat("-" + card, 0)) for n, card in enumerate(cards)]
        basket = Basket([GOODS, *rows], shipment=FREIGHT)
    found = build(basket)
    used = [
        (row.price, row.vat_percent, row.product_number)
        for row in found.rows
        if row.role is RowRole.GIFT_CARD_USED
    ]
    assert used == [(-D(card), 0, "PRESENTKORT") for card in cards]
    assert specter_total(found) == 175 - sum(D(card) for card in cards) == found.proof.shop_total
    assert found.proof.gift_cards_used == sum(D(card) for card in cards)
    (rate,) = found.proof.rates
    assert (rate.sent_ex, rate.sent_vat) == (140, 35)


def test_total_reduced_without_a_sign_of_the_card_is_held() -> None:
    total = Cost(D("75"), D("40"), D("35"), D("0.25"))
    error = held(Basket([GOODS], shipment=FREIGHT, total=total))
    assert error.rule == "amounts_do_not_add_up"
    assert "difference -100.00" in error.message and "gift card" in error.remedy


def reduced(card_amount: str) -> ShopOrder:
    """The total is what is left after the card, and the card is among the payments."""
    order = Basket([GOODS], shipment=FREIGHT, total=Cost(D("75"), D("40"), D("35"), D("0.25"))).order()
    return replace(order, payments=(*order.payments, ShopPayment(9, CARD, "paid", D(card_amount))))


def test_total_reduced_by_a_card_that_is_a_payment_too() -> None:
    found = build(reduced("100"))
    assert specter_total(found) == 75 and found.proof.gift_cards_used == 100
    assert "total after gift cards" in found.proof.reading
    assert held(reduced("99")).rule == "amounts_do_not_add_up"


def test_the_same_card_shown_twice_is_held() -> None:
    basket = Basket([GOODS, negative(2, "Presentkort", with_vat("-100", 0))], cards=["25"])
    assert held(basket).rule == "gift_card_unclear"


def test_cards_worth_more_than_the_order() -> None:
    error = held(Basket([GOODS], cards=["200"]))
    assert error.rule == "gift_card_unclear" and "200.00" in error.message


@pytest.mark.parametrize("status", ["cancelled", "error"])
def test_a_payment_that_failed_is_no_payment(status: str) -> None:
    order = Basket([GOODS]).order()
    order = replace(order, payments=(*order.payments, ShopPayment(9, CARD, status, D("25"))))
    assert specter_total(build(order)) == 125


def test_a_card_with_vat_is_held() -> None:
    basket = Basket([GOODS, negative(2, "Presentkort", with_vat("-100", "0.25"))])
    error = held(basket)
    assert error.rule == "gift_card_unclear" and "row 2" in error.message


def test_gift_cards_not_as_rows() -> None:
    found = build(Basket([GOODS], cards=["100"]), settings(orders={"payments_as_rows": False}))
    assert [row.role for row in found.rows] == [RowRole.PRODUCT]
    assert rules(found) == ["gift_card_not_a_row"] and "100.00" in found.flags[0].message
    assert (found.proof.gift_cards_used, found.proof.sent_total, found.proof.shop_total) == (100, 25, 25)
    assert found.proof.difference == 0


def test_a_used_card_needs_its_number() -> None:
    error = held(Basket([GOODS], cards=["100"]), settings(product_numbers={"gift_card": None}))
    assert error.rule == "special_number_missing" and "product_numbers.special.gift_card" in error.remedy


def sold(rate: str) -> Basket:
    return Basket([GOODS, item(2, with_vat("300", rate), 2, product_number="GC-300")])


def test_gift_card_sold_without_vat() -> None:
    found = build(sold("0"), settings(orders=SOLD))
    assert brief(found)[1] == ("gift card sold", "GC-300", "2", "150.000", "0")
    assert found.proof.gift_cards_sold == 300 and not rules(found)


def test_gift_card_sold_with_vat_in_the_shop() -> None:
    found = build(sold("0.25"), settings(orders=SOLD))
    assert brief(found)[1] == ("gift card sold", "GC-300", "2", "150.000", "0")
    assert specter_total(found) == 425
    assert rules(found) == ["gift_card_sold_vat"] and "60.00" in found.flags[0].message
    by_percent = {one.percent: one for one in found.proof.rates}
    assert (by_percent[D(25)].shop_ex, by_percent[D(25)].sent_ex) == (340, 100)
    as_shop = build(sold("0.25"), settings(orders=SOLD | {"gift_card_sold_vat": "as_shop"}))
    assert brief(as_shop)[1] == ("gift card sold", "GC-300", "2", "120.000", "25")
    assert not rules(as_shop) and as_shop.proof.gift_cards_sold == 240


def test_only_whole_numbers_match() -> None:
    basket = Basket([item(2, with_vat("300", "0"), product_number="GC-300-X")])
    assert build(basket, settings(orders=SOLD)).rows[0].role is RowRole.PRODUCT


def test_a_card_bought_and_one_used() -> None:
    basket = Basket([GOODS, item(2, with_vat("300", "0"), product_number="GC-300")], cards=["425"])
    found = build(basket, settings(orders=SOLD))
    assert specter_total(found) == 0 and (found.proof.gift_cards_sold, found.proof.gift_cards_used) == (
        300,
        425,
    )


def test_freight_is_not_split_over_gift_cards_sold() -> None:
    rows = [GOODS, item(2, with_vat("106", "0.06")), item(3, with_vat("300", "0"), product_number="GC-300")]
    freight = Cost(D("46.20"), D("40"), D("6.20"), D("0.155"))
    found = build(Basket(rows, shipment=freight), settings(orders=SOLD))
    shipped = [(row.price, row.vat_percent) for row in found.rows if row.role is RowRole.DELIVERY]
    assert shipped == [(20, 25), (20, 6)]
    assert plus(row.total for row in rows).inc + freight.inc == specter_total(found)
