"""Every setting about an order's rows and their amounts, by what it changes in the requests as Specter received them.

Numbers in the names are those of Abicart's settings page; what has none is a setting of ours.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from desk import Desk
from order_set import CARD, COD, COMPANY, INVOICE
from shelf import new_article

# Rows: settings 8 to 10, 12, 14 to 19, 29


@pytest.mark.parametrize(
    ("setting", "number", "method"),
    [
        ("delivery", "FRAKT", CARD),
        ("payment_fee", "AVGIFT", INVOICE),
        ("cash_on_delivery", "POSTFORSKOTT", COD),
    ],
)
def test_8_to_10_rows_of_nothing(desk: Desk, setting: str, number: str, method: int) -> None:
    assert number not in desk.buy(payment_method=method).order.numbers
    desk.use(**{f"orders__include_zero__{setting}": True})
    found = desk.buy(payment_method=method)
    assert Decimal(found.order.row(number)["priceExclVAT"]) == 0
    assert desk.total(found.number) == 125


def test_11_checkout_fields_follow_or_not(desk: Desk) -> None:
    custom = [{"name": "Portkod", "value": "4711"}]
    desk.use(orders__include_customer_fields=False)
    assert "internalComment" not in desk.buy(custom=custom).order.fields
    desk.use(orders__include_customer_fields=True)
    assert "Portkod: 4711" in desk.buy(custom=custom).order.fields["internalComment"]


def test_12_a_discount_in_percent_or_as_negative_rows(desk: Desk) -> None:
    order: dict[str, Any] = {
        "rows": [{"article": desk.lamp, "price": "200"}, {"article": desk.food, "price": "112"}],
        "discount": {"name": "Rabattkod", "percent": 10},
    }
    desk.use(orders__discount_in_percent=False)
    found = desk.buy(**order)
    off = [row for row in found.order.rows if row["articleNo"] == "RABATT"]
    assert {(row["priceExclVAT"], row["vatPercent"]) for row in off} == {("-16.000", "25"), ("-10.000", "12")}
    assert {row.get("discount", "") for row in found.order.rows} <= {"", "0"}
    desk.use(orders__discount_in_percent=True)
    in_percent = desk.buy(**order)
    assert "RABATT" not in in_percent.order.numbers
    assert [row["discount"] for row in in_percent.order.rows] == ["10", "10"]
    assert desk.total(found.number) == desk.total(in_percent.number) == Decimal("280.80")


def test_13_the_company_in_address_row_1(desk: Desk) -> None:
    fields = desk.buy(customer=COMPANY).customers[0].fields
    assert (fields["invoiceCompanyName"], fields["address"]) == ("Roos Redovisning AB", "Furuvägen 63")
    desk.use(orders__company_in_address_row_1=True)
    fields = desk.buy(customer=COMPANY).customers[0].fields
    assert (fields["address"], fields["addressRow2"]) == ("Roos Redovisning AB", "Furuvägen 63")
    assert (fields["deliveryAddress"], fields["deliveryAddressRow2"]) == ("Roos Lager", "Kvarngatan 40")


SPECIAL: dict[str, dict[str, Any]] = {
    "gift_card": {"gift_cards": [50]},
    "discount": {"discount": {"percent": 10}},
    "payment_fee": {"payment_method": INVOICE, "fee": 29},
    "delivery": {"shipping": 49},
    "cash_on_delivery": {"payment_method": COD, "fee": 49},
    "rounding": {},
}
"""Setting 14 to 18 → an order that needs a row of it."""


def order_for(desk: Desk, key: str) -> dict[str, Any]:
    if key != "rounding":
        return SPECIAL[key]
    desk.shop.switches(order_rounding="whole_kronor")
    return {"rows": [{"article": desk.lamp, "price": "125.30"}]}


@pytest.mark.parametrize("key", SPECIAL)
def test_14_to_19_each_special_number_is_the_settings_and_is_made_first(desk: Desk, key: str) -> None:
    number = f"EGET-{key.upper().replace('_', '-')}"
    desk.use(**{f"product_numbers__special__{key}": number})
    found = desk.buy(**order_for(desk, key))
    assert found.outcome == ("sent", "")
    assert found.order.numbers.count(number) == 1
    assert [one["number"] for one in desk.specter.inspect("articles", number=number)] == [number]
    desk.use(**{f"product_numbers__special__{key}": None})
    held = desk.buy(**order_for(desk, key))
    assert (held.outcome, held.orders) == (("held", "special_number_missing"), [])


def test_19_numbers_that_we_may_not_make_are_named_until_somebody_made_them(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.use(product_numbers__special__create=False)
    held = desk.buy(shipping=49)
    assert held.outcome == ("held", "refused_by_specter")
    assert "FRAKT" in held.ran.reasons[held.number]
    assert "FRAKT (delivery) is not confirmed in Specter" in caplog.text
    desk.specter.edit("article.new", number="FRAKT", name="Frakt")
    assert desk.lab.run().outcomes[held.number] == ("sent", "")
    assert "FRAKT" not in {
        one["number"] for one in desk.specter.inspect("articles") if one["name"] == "Leverans"
    }


def test_29_gift_cards_as_rows_or_not(desk: Desk) -> None:
    order: dict[str, Any] = {"gift_cards": ["50"]}
    found = desk.buy(**order)
    row = found.order.row("PRESENTKORT")
    assert (row["priceExclVAT"], row["vatPercent"], row["noOfItems"]) == ("-50.000", "0", "1")
    assert desk.total(found.number) == 75
    desk.use(orders__payments_as_rows=False)
    found = desk.buy(**order)
    assert "PRESENTKORT" not in found.order.numbers
    assert (desk.total(found.number), "gift_card_not_a_row" in found.flags) == (125, True)


# Money


def test_rounding_limits_can_be_lowered(desk: Desk) -> None:
    desk.shop.switches(order_rounding="whole_kronor")
    found = desk.buy(rows=[{"article": desk.lamp, "price": "125.30"}])
    assert Decimal(found.order.row("AVRUNDNING")["priceExclVAT"]) == Decimal("-0.30")
    assert found.order.row("AVRUNDNING")["vatPercent"] == "0"
    assert desk.total(found.number) == 125
    desk.use(prices__rounding_limit_whole_kronor=Decimal("0.20"))
    held = desk.buy(rows=[{"article": desk.lamp, "price": "125.30"}])
    assert (held.outcome, held.orders) == (("held", "amounts_do_not_add_up"), [])


@pytest.mark.parametrize(("decimals", "price"), [(2, "159.99"), (3, "159.992"), (4, "159.9920")])
def test_decimals_of_an_order_rows_price(desk: Desk, decimals: int, price: str) -> None:
    desk.specter.switches(order_row_decimals=str(decimals))
    desk.use(prices__order_decimals=decimals)
    found = desk.buy(rows=[{"article": desk.lamp, "price": "199.99"}])
    assert len(found.order.rows[0]["priceExclVAT"].partition(".")[2]) == decimals
    assert desk.total(found.number) == Decimal("199.99")


@pytest.mark.parametrize(("model", "sent"), [("rate", ["0.260", "0.270"]), ("row", ["0.260", "0.260"])])
def test_how_the_account_rounds_vat(desk: Desk, model: str, sent: list[str]) -> None:
    """Two rows of 0.33 with 25 %: 0.26 + 0.07 each by the row; 0.53 and 0.13 of VAT on the sum."""
    desk.specter.switches(order_vat={"rate": "sum", "row": "row"}[model])
    desk.use(prices__vat_rounding=model)
    rows = [
        {"article": desk.lamp, "price": "0.33"},
        {"article": desk.shelf.of_rate["0.25"][1], "price": "0.33"},
    ]
    found = desk.buy(rows=rows)
    assert sorted(row["priceExclVAT"] for row in found.order.rows) == sent
    assert desk.total(found.number) == Decimal("0.66")


@pytest.mark.parametrize(
    ("freight_vat", "rows"), [("as_shop", {("40.000", "25")}), ("split", {("22.222", "25"), ("22.222", "6")})]
)
def test_freight_vat_as_in_the_shop_or_split(
    desk: Desk, freight_vat: str, rows: set[tuple[str, str]]
) -> None:
    """50.00 at 25 % on goods of which half is at 6 %."""
    desk.use(orders__freight_vat=freight_vat)
    found = desk.buy(
        rows=[{"article": desk.lamp, "price_ex": "100"}, {"article": desk.book, "price_ex": "100"}],
        shipping="50",
    )
    freight = {
        (row["priceExclVAT"], row["vatPercent"]) for row in found.order.rows if row["articleNo"] == "FRAKT"
    }
    assert len(freight) == len(rows)
    assert {vat for _, vat in freight} == {vat for _, vat in rows}
    assert "freight_vat" in found.flags
    assert desk.total(found.number) == found.to_pay == 281


@pytest.mark.parametrize(
    ("changes", "vat"),
    [
        ({"orders__gift_cards_sold": []}, "25"),
        ({"orders__gift_cards_sold": ["KORT-[0-9]+"]}, "0"),
        ({"orders__gift_cards_sold": ["KORT-[0-9]+"], "orders__gift_card_sold_vat": "as_shop"}, "25"),
    ],
)
def test_vat_of_gift_cards_sold(desk: Desk, changes: dict[str, object], vat: str) -> None:
    """Sold with 25 % in the shop: which numbers are gift cards, and what becomes of their VAT, are settings."""
    desk.use(**changes)
    card = new_article(desk.shop, "KORT-500", price={"regular": {"SEK": "500"}})
    found = desk.buy(rows=[{"article": card}])
    assert {row["vatPercent"] for row in found.order.rows} == {vat}
    assert desk.total(found.number) == 500


def test_packages_held_or_in_parts(desk: Desk) -> None:
    parts = desk.shelf.of_rate["0.25"][:2]
    package = new_article(desk.shop, "PAKET-1", price={"regular": {"SEK": "400"}}, content=parts)
    order: dict[str, Any] = {"rows": [{"article": package}]}
    desk.use(orders__packages="hold")
    held = desk.buy(**order)
    assert (held.outcome, held.orders) == (("held", "package_held"), [])
    desk.use(orders__packages="explode")
    found = desk.buy(**order)
    numbers = {one["product_number"] for one in desk.shop.inspect("items", limit=100) if one["uid"] in parts}
    assert set(found.order.numbers) == numbers
    assert desk.total(found.number) == 400
