"""Every setting about when an order goes and with what head, by what Specter received for it.

Numbers in the names are those of Abicart's settings page; what has none is a setting of ours.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import yaml
from desk import Desk
from harness import REPO
from order_set import CARD, COD, INVOICE, KLARNA, START, SWISH, person
from wire import customer_calls, order_calls

from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import BaseCurrencyError, ConfigurationError
from abicart_specter.flows.orders.switched_off import require_not_off
from abicart_specter.settings import load_shop_by_name

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


# Which version of the settings counts


def test_held_can_make_a_run_red(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    guest = person("Karin") | {"info": {"email": None}}
    assert desk.buy(customer=guest).ran.errors == []
    desk.use(held_makes_run_red=True)
    [error] = desk.lab.run().errors
    assert "1 orders are held" in str(error)
    assert customer_calls(desk.lab.specter_server) == []
