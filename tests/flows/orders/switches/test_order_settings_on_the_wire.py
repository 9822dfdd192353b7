"""Every setting about orders and customers, by what it changes in the requests as Specter received them.

Numbers in the names are those of Abicart's settings page; what has none is a setting of ours.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from desk import Desk
from harness import REPO
from order_set import CARD, COD, COMPANY, INVOICE, KLARNA, START, SWISH, new_article, person
from wire import customer_calls, order_calls

from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import BaseCurrencyError, ConfigurationError
from abicart_specter.flows.orders.switched_off import require_not_off
from abicart_specter.settings import load_shop_by_name

MOVED = person("Karin", address="Nygatan 2")


# Customers: settings 2 to 5


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({}, {}),
        ({"customers__ignore_email": True}, {"ignoreControlEmail": "1"}),
        ({"customers__ignore_organisation_number": True}, {"ignoreControlOrgNo": "1"}),
    ],
)
def test_2_and_3_what_specter_matches_a_customer_by(
    desk: Desk, changes: dict[str, object], sent: dict[str, str]
) -> None:
    """As the flag stands, so Specter finds the customer that somebody made there by hand, or makes a new one."""
    desk.specter.edit("customer.new", name="Roos", emailAddress="inkop@roos.example", orgNo="5560000001")
    desk.specter.edit("customer.new", name="Roos 2", emailAddress="annan@roos.example", orgNo="5599994802")
    desk.use(**changes)
    found = desk.buy(customer=COMPANY)
    for call in found.customers:
        assert {name: call.fields[name] for name in call.fields if name.startswith("ignore")} == sent
    by_email, by_number = 5001, 5002
    expected = by_number if "ignoreControlEmail" in sent else by_email
    assert found.order.fields["customerId"] == str(expected)


def test_4_with_both_every_order_has_a_customer_of_its_own_and_a_retry_none(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.use(customers__ignore_email=True, customers__ignore_organisation_number=True)
    first = desk.buy()
    desk.specter.fault("too_many", action="newOrderSubmit", seconds=0, count=1)
    second = desk.buy()
    assert second.outcome[0] == "failed"
    again = desk.lab.run()
    assert again.outcomes[second.number] == ("sent", "")
    assert [call.fields["ignoreControlEmail"] for call in first.customers + second.customers] == ["1", "1"]
    assert len(desk.lab.customers()) == 2
    assert "the main cause of duplicate customers" in caplog.text


def test_5_a_matched_customer_is_updated_or_left_alone(desk: Desk) -> None:
    desk.specter.edit("customer.new", name="Karin B", emailAddress="karin@example.com", address="Gamla vägen")
    first = desk.buy()
    assert [call.fields.get("forceCustomerUpdate") for call in first.customers] == [None, "1"]
    [customer] = desk.lab.customers()
    assert customer["fields"]["address"] == "Ängsvägen 1"
    desk.use(customers__update_matched=False)
    moved = desk.buy(customer=MOVED)
    assert moved.customers == []
    [customer] = desk.lab.customers()
    assert customer["fields"]["address"] == "Ängsvägen 1"
    # So that the goods find their way, the address goes with the order.
    assert "Nygatan 2" in moved.order.fields["internalComment"]
    desk.use()
    moved = desk.buy(customer=MOVED)
    assert [call.fields.get("forceCustomerUpdate") for call in moved.customers] == ["1"]
    assert "Nygatan 2" not in moved.order.fields.get("internalComment", "")
    [customer] = desk.lab.customers()
    assert customer["fields"]["address"] == "Nygatan 2"


@pytest.mark.parametrize(("kind", "buyer"), [("private", person("Karin")), ("company", COMPANY)])
def test_customer_groups(desk: Desk, kind: str, buyer: dict[str, Any]) -> None:
    assert "customerGroupId" not in desk.buy(customer=buyer).customers[0].fields
    desk.use(**{f"customers__group__{kind}": 37})
    moved = buyer | {"address": buyer["address"] | {"town": "Kiruna"}}
    assert desk.buy(customer=moved).customers[0].fields["customerGroupId"] == "37"


def test_an_order_without_address_is_held_or_gets_one_of_its_own(desk: Desk) -> None:
    guest = person("Karin") | {"info": {"email": None}}
    held = desk.buy(customer=guest)
    assert (held.outcome, held.customers, held.orders) == (("held", "email_missing"), [], [])
    desk.use(
        customers__missing_email="placeholder",
        customers__placeholder_email="kund-{order_number}@butik.invalid",
    )
    found = desk.export({"uid": held.uid, "orderNumber": held.number, "costs": {"total": {"incVat": "125"}}})
    assert found.outcome == ("sent", "")
    assert found.customers[0].fields["emailAddress"] == f"kund-{held.number}@butik.invalid"
    assert {call.fields["ignoreControlEmail"] for call in found.customers} == {"1"}


# Confirmations: settings 6 and 7


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ("confirmation_to_customer", "sendOrderMail"),
        ("confirmation_to_administrator", "sendOrderMailToUser"),
    ],
)
def test_6_and_7_confirmations(
    desk: Desk, caplog: pytest.LogCaptureFixture, setting: str, field: str
) -> None:
    assert desk.buy().order.fields[field] == "0"
    desk.use(**{f"orders__{setting}": True})
    assert desk.buy().order.fields[field] == "1"
    assert "confirmation" in caplog.text
    caplog.clear()
    desk.use(**{f"orders__{setting}": True, "orders__shop_confirmation_is_off": True})
    assert desk.buy().order.fields[field] == "1"
    assert "confirmation" not in caplog.text


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


# When an order goes: setting 21, orders_from, ripeness


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        ({"when": "registered", "update": "directly"}, ("sent", "")),
        ({"when": "manual", "update": "directly"}, ("held", "manual_export")),
    ],
)
def test_21_by_itself_or_by_hand(desk: Desk, event: dict[str, str], outcome: tuple[str, str]) -> None:
    desk.use(**{f"events__export_order__{name}": value for name, value in event.items()})
    found = desk.buy()
    assert found.outcome == outcome
    assert len(found.orders) == (outcome[0] == "sent")
    assert desk.lab.single(found.number)[Outcome.SENT] == (outcome[0] == "held")
    assert desk.total(found.number) == 125


@pytest.mark.parametrize(
    ("event", "by_hand"),
    [
        ({"when": "inactive", "update": "directly"}, True),
        ({"when": "registered", "update": "inactive"}, False),
    ],
)
def test_21_inactive(desk: Desk, event: dict[str, str], by_hand: bool) -> None:
    """The schedule reads nothing. By number an order still goes, unless the second list is inactive too."""
    desk.use(**{f"events__export_order__{name}": value for name, value in event.items()})
    order = desk.place()
    reads = desk.shop.counters()["requests"]
    assert desk.lab.run().outcomes == {}
    assert desk.shop.counters()["requests"] == reads
    if by_hand:
        assert desk.lab.single(order["orderNumber"])[Outcome.SENT] == 1
    else:
        with pytest.raises(ConfigurationError, match="not even by hand"):
            require_not_off(desk.lab.export.settings)
    assert len(order_calls(desk.lab.specter_server)) == by_hand


def test_orders_from(desk: Desk) -> None:
    desk.use(orders__orders_from=START + timedelta(minutes=90))
    early, late = (
        desk.place(ordered=(START + timedelta(minutes=89)).isoformat()),
        desk.place(ordered=(START + timedelta(minutes=90)).isoformat()),
    )
    found = desk.export(late)
    assert found.ran.outcomes == {
        early["orderNumber"]: ("excluded", "before_orders_from"),
        late["orderNumber"]: ("sent", ""),
    }
    assert [call.fields["externalOrderNo"] for call in found.orders] == [late["orderNumber"]]


@pytest.mark.parametrize(
    ("ripe", "sent"), [("placed", {"a", "b", "c"}), ("reserved", {"b", "c"}), ("paid", {"c"})]
)
def test_ripeness(desk: Desk, ripe: str, sent: set[str]) -> None:
    """An invoice is unpaid, a card reserved, Swish paid."""
    desk.use(orders__ripe__otherwise=ripe)
    placed = {name: desk.place(payment_method=method) for name, method in (("a", INVOICE), ("b", CARD))}
    placed["c"] = desk.place(payment_method=SWISH)
    found = desk.export(placed["a"])
    by_number = {order["orderNumber"]: name for name, order in placed.items()}
    assert {by_number[call.fields["externalOrderNo"]] for call in found.orders} == sent
    assert {
        found.ran.outcomes[order["orderNumber"]] for name, order in placed.items() if name not in sent
    } <= {("held", "awaiting_payment")}


def test_ripeness_of_one_payment_method_and_payment_that_comes(desk: Desk) -> None:
    desk.use(orders__ripe__payment_methods={KLARNA: "paid"})
    order = desk.place(payment_method=KLARNA)
    found = desk.export(order)
    assert (found.outcome, found.orders) == (("held", "awaiting_payment"), [])
    [payment] = desk.shop.inspect("Order", uid=order["uid"])["payments"]
    desk.shop.edit("Payment", uid=payment, patch={"status": "paid"})
    assert desk.export(order).outcome == ("sent", "")


# The head of the order: setting 23, prefix, stock site, payment codes


def test_23_the_delivery_method_goes_along_or_not(desk: Desk) -> None:
    assert desk.buy(delivery_method=4413).order.fields["externalDeliveryMethod"] == "4413"
    desk.use(orders__send_delivery_method=False)
    assert "externalDeliveryMethod" not in desk.buy(delivery_method=4413).order.fields


def test_prefix_and_stock_site(desk: Desk) -> None:
    fields = desk.buy().order.fields
    assert "stocksiteid" not in fields
    desk.use(orders__number_prefix="LH-", orders__stock_site=1)
    found = desk.buy()
    assert found.order.fields["externalOrderNo"] == f"LH-{found.number}"
    assert found.order.fields["customerOrderReference"] == found.number
    assert found.order.fields["stocksiteid"] == "1"


@pytest.mark.parametrize(
    ("method", "code"), [(INVOICE, "I"), (CARD, "DP"), (SWISH, "SW"), (KLARNA, "KG"), (COD, "P")]
)
def test_payment_codes(desk: Desk, method: int, code: str) -> None:
    desk.use(orders__ripe__payment_methods={})
    assert desk.buy(payment_method=method).order.fields["payTypeIdentifier"] == code


def test_a_shops_own_mappings(desk: Desk, tmp_path, monkeypatch) -> None:
    """Files beside the shop's own: a payment code by the method's id, a checkout field, a customer's field."""
    shop = yaml.safe_load((REPO / "include/shops/demo.yaml").read_text(encoding="utf-8"))
    shop["orders"]["include_customer_fields"] = True
    folder = tmp_path / "shops" / "mappings"
    folder.mkdir(parents=True)
    for name, change in (
        ("payment_methods", lambda one: one["by_id"].update({CARD: {"code": "PE"}})),
        (
            "order",
            lambda one: one["fields"].append({"to": "publishedComment", "from": "order.custom.Meddelande"}),
        ),
        ("customer", lambda one: one["fields"].append({"to": "homepage", "from": "buyer.custom.Hemsida"})),
    ):
        mapping = yaml.safe_load((REPO / f"include/mappings/{name}.yaml").read_text(encoding="utf-8"))
        change(mapping)
        (folder / f"own_{name}.yaml").write_text(
            yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8"
        )
        shop["mappings"][name] = f"own_{name}.yaml"
    (tmp_path / "shops" / "demo.yaml").write_text(yaml.safe_dump(shop, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path / "shops"))
    desk.lab.export.settings = load_shop_by_name("demo")
    desk.lab.mapping = order_mapping(desk.lab.export.settings)
    custom = [{"name": "Meddelande", "value": "Ring på"}, {"name": "Hemsida", "value": "karin.example"}]
    found = desk.buy(custom=custom)
    assert found.order.fields["payTypeIdentifier"] == "PE"
    assert found.order.fields["publishedComment"] == "Ring på"
    assert found.customers[0].fields["homepage"] == "karin.example"


# Currency, numbers in the shop, edits: settings 27, 28, 30


def test_27_another_base_currency_stops_everything_and_an_order_in_another_is_held(desk: Desk) -> None:
    held = desk.buy(rows=[{"article": desk.lamp, "price": "20"}], currency="EUR")
    assert (held.outcome, held.orders) == (("held", "currency_not_sek"), [])
    desk.shop.edit("Webshop", patch={"baseCurrency": "EUR"})
    order = desk.place(rows=[{"article": desk.lamp, "price": "20"}])
    ran = desk.lab.run()
    assert isinstance(ran.errors[0], BaseCurrencyError)
    assert order_calls(desk.lab.specter_server) == []
    assert order["orderNumber"] not in ran.outcomes


def test_28_specters_number_on_the_shops_order_or_not(desk: Desk) -> None:
    found = desk.buy()
    [in_specter] = desk.specter.inspect("orders", external_number=found.number)
    assert desk.shop.inspect("Order", uid=found.uid)["externalOrderNumber"] == str(in_specter["number"])
    desk.use(orders__write_number_to_shop=False)
    found = desk.buy()
    assert found.outcome == ("sent", "")
    assert not desk.shop.inspect("Order", uid=found.uid)["externalOrderNumber"]


@pytest.mark.parametrize(("report", "flagged"), [(True, 1), (False, 0)])
def test_30_an_edited_order_is_never_sent_again_and_listed_or_not(
    desk: Desk, report: bool, flagged: int
) -> None:
    desk.use(orders__report_edited=report)
    found = desk.buy()
    row = desk.shop.inspect("Order", uid=found.uid)["items"][0]
    desk.shop.edit("edit_order", uid=found.uid, quantity={row: 4})
    ran = desk.lab.run()
    assert len(order_calls(desk.lab.specter_server)) == 1
    assert ran.report is not None and ran.report.flags.get("order_edited", 0) == flagged
    assert len(desk.lab.orders.open_changes("demo")) == flagged


@pytest.mark.parametrize("shape", ["negative_payment", "cancelled_payment", "lowered_amount"])
def test_a_refund_is_listed_once_and_never_sent_however_the_shop_shows_it(desk: Desk, shape: str) -> None:
    desk.shop.switches(refund_shape=shape)
    found = desk.buy(payment_method=SWISH)
    assert found.outcome == ("sent", "")
    desk.shop.edit("refund", uid=found.uid, amount="25")
    for _ in range(2):
        ran = desk.lab.run()
        assert ran.errors == []
        assert [one.kind for one in desk.lab.orders.open_changes("demo")] == ["refunded"]
    assert len(order_calls(desk.lab.specter_server)) == 1


# Once only


@pytest.mark.parametrize(
    ("changes", "tries", "end"),
    [
        ({}, 1, ("unconfirmed", "")),
        (
            {
                "orders__duplicate_control": "trusted",
                "orders__duplicate_answer": r"finns redan: order (?P<number>\d+)",
            },
            2,
            ("linked", ""),
        ),
    ],
)
def test_duplicate_control(desk: Desk, changes: dict[str, object], tries: int, end: tuple[str, str]) -> None:
    """The answer is lost. Untrusted: a person is asked. Trusted: repeated once, and Specter's refusal links it."""
    desk.use(**changes)
    desk.specter.fault("drop_after", action="newOrderSubmit", count=1)
    found = desk.buy()
    assert found.outcome[0] == "unconfirmed"
    desk.lab.now += timedelta(minutes=10)  # the first write has settled, wherever it was held up
    ran = desk.lab.run()
    assert ran.outcomes[found.number][0] == end[0]
    again = desk.lab.run()
    assert again.outcomes.get(found.number, end)[0] in (end[0], "unchanged")
    calls = order_calls(desk.lab.specter_server)
    assert [call.fields["externalOrderNo"] for call in calls] == [found.number] * tries
    assert desk.specter.inspect("order_count") == 1
    assert all("ignoreExternalOrderNoControl" not in call.fields for call in calls)


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


# Which version of the settings counts


def test_held_can_make_a_run_red(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    guest = person("Karin") | {"info": {"email": None}}
    assert desk.buy(customer=guest).ran.errors == []
    desk.use(held_makes_run_red=True)
    [error] = desk.lab.run().errors
    assert "1 orders are held" in str(error)
    assert customer_calls(desk.lab.specter_server) == []
