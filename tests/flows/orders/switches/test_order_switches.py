"""Every open question of both interfaces, each alone, with an order of every kind.

Each order goes with rows that come, in Specter's own reckoning, to what the buyer has to pay by the shop's figures,
or it is held for the reason it is held by default. The next run writes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from order_set import FEW, OrderSet, expected_outcomes
from order_switches import (
    ABOUT_ORDERS,
    DIFFERENT,
    NEEDS_XML,
    UNTOUCHED,
    Different,
    Tried,
    different,
    known,
    other_values,
    tried,
)
from switch_lab import Ran, SwitchLab, comparable, lab_of_orders, set_settings

from abicart_specter.errors import ConfigurationError

WRITES = ("newOrderSubmit", "newCustomerSubmit", "newArticleSubmit")
AFTERWARDS = {"sent": "unchanged", "held": "held", "excluded": "excluded"}
MISREAD = {
    "specter-order_row_vat=article": "the account takes its article's VAT, whatever the row says",
    "specter-order_whole_krona=on": "the account rounds to whole kronor itself",
}
"""Values under which Specter's total is not what was proved: no setting says so. Their tests say what happens."""


def contents(lab: SwitchLab, placed: OrderSet) -> dict[str, dict[str, Any]]:
    """Name → what Specter has of the order."""
    return {placed.name_of(number): comparable(order) for number, order in lab.in_specter().items()}


def check_outcomes(ran: Ran, placed: OrderSet, expected: dict[str, tuple[str, str]]) -> None:
    assert {name: ran.outcomes[number] for name, number in placed.numbers.items()} == expected
    assert ran.errors == []
    assert ran.report is not None
    counts = ran.report.as_dict()
    assert ran.report.found == len(placed.uids)
    assert sum(
        counts[name] for name in ("sent", "held", "excluded", "unchanged", "linked", "failed", "unconfirmed")
    ) == (ran.report.found)


def check_totals(lab: SwitchLab, placed: OrderSet, expected: dict[str, tuple[str, str]]) -> None:
    """Every order that went, to the öre."""
    found = {placed.name_of(number): total for number, total in lab.totals().items()}
    assert found == {name: total for name, total in placed.to_pay.items() if expected[name][0] == "sent"}


def writes(lab: SwitchLab) -> dict[str, int]:
    calls = lab.specter_server.control.counters()["calls"]
    return {name: calls.get(name, 0) for name in WRITES}


@pytest.fixture(scope="module")
def by_default(abicart_session: Any, specter_session: Any, ledgers: Any) -> dict[str, dict[str, Any]]:
    """What Specter has of each order when every question has its default answer."""
    with lab_of_orders(abicart_session, specter_session, ledgers) as (lab, placed):
        ran = lab.run()
        check_outcomes(ran, placed, expected_outcomes(placed))
        check_totals(lab, placed, expected_outcomes(placed))
        found = contents(lab, placed)
    assert (found["golden_868"]["total"], found["golden_996"]["total"]) == ("868.90", "996.75")
    return found


@pytest.mark.parametrize("system", ["abicart", "specter"])
def test_every_switch_is_known_here(system: str) -> None:
    """A new switch is tried by itself if it has choices; else it needs a sample, or a reason not to be tried."""
    names = {switch["name"] for switch in known(system)}
    assert [switch["name"] for switch in known(system) if not other_values(system, switch)] == []
    assert set(UNTOUCHED[system]) <= names
    assert {(one.system, one.name) for one in tried() if different(one) != Different("nothing")} == {
        (one_system, name) for one_system, name, _ in DIFFERENT
    }


@pytest.mark.parametrize(
    "one",
    [one for one in tried() if not different(one).stops and str(one) not in MISREAD],
    ids=str,
)
def test_every_order_ends_as_it_should(
    new_lab: Any, by_default: dict[str, Any], one: Tried, request: pytest.FixtureRequest
) -> None:
    other = different(one)
    whole = one.name in ABOUT_ORDERS or request.config.getoption("--whole-order-set")
    switches = {one.name: one.value} | ({"use_xml_1": "xml"} if one.name in NEEDS_XML else {})
    lab, placed = new_lab(
        **{f"{one.system}_switches": switches},
        settings=set_settings(**other.settings),
        names=None if whole else FEW,
    )
    expected = expected_outcomes(placed, **other.outcomes)
    ran = lab.run()
    check_outcomes(ran, placed, expected)
    check_totals(lab, placed, expected)
    found = contents(lab, placed)
    if not other.all_rows:
        changed = {name for name, content in found.items() if content != by_default[name]}
        assert changed == other.rows
    buyers = len(found) - ("same_buyer_again" in found)
    assert len(lab.customers()) == buyers
    written = writes(lab)
    again = lab.run()
    # A refused article is asked for again: nobody but Specter knows when it will be taken.
    refused = one.name == "article_name_max_length"
    assert writes(lab) == written | {"newArticleSubmit": written["newArticleSubmit"] + refused}
    check_outcomes(again, placed, {name: (AFTERWARDS[end], rule) for name, (end, rule) in expected.items()})


def test_switches_of_other_flows_change_nothing_even_all_at_once(
    new_lab: Any, by_default: dict[str, Any]
) -> None:
    values: dict[str, dict[str, object]] = {"abicart": {}, "specter": {}}
    for one in tried(untouched=True):
        values[one.system][one.name] = one.value  # of several values the last
    lab, placed = new_lab(abicart_switches=values["abicart"], specter_switches=values["specter"])
    check_outcomes(lab.run(), placed, expected_outcomes(placed))
    assert contents(lab, placed) == by_default
    # And the reason that is given holds: nothing was asked that these switches answer.
    assert set(lab.specter_server.control.counters()["calls"]) == {"checkAccountSettings", *WRITES}


def test_a_shop_that_takes_no_token_over_plain_http_stops_the_run(new_lab: Any) -> None:
    lab, _ = new_lab(abicart_switches={"secure_connection": "required"})
    ran = lab.run()
    assert isinstance(ran.errors[0], ConfigurationError)
    assert (ran.outcomes, lab.in_specter()) == ({}, {})


def test_customers_whose_number_cannot_be_read_hold_their_orders_and_are_not_doubled(new_lab: Any) -> None:
    """Accepted, number unknown (question 2): asked again by each run, until the answer can be read."""
    lab, placed = new_lab(specter_switches={"use_xml_1": "xml", "xml_success_id": "none"}, names=FEW)
    unreadable = ("held", "customer_number_unknown")
    expected = expected_outcomes(placed)
    stopped = {name: unreadable if one == ("sent", "") else one for name, one in expected.items()}
    check_outcomes(lab.run(), placed, stopped)
    customers = len(lab.customers())
    check_outcomes(lab.run(), placed, stopped)
    assert lab.in_specter() == {}
    lab.specter_server.control.switches(use_xml_1="text")
    check_outcomes(lab.run(), placed, expected)
    check_totals(lab, placed, expected)
    buyers = sum(one == ("sent", "") for one in expected.values()) - 1
    assert len(lab.customers()) == customers == buyers


# Accounts that reckon otherwise than the shop file says. Nobody can know: Specter returns no totals.

ORE, HALF_A_KRONA = Decimal("0.02"), Decimal("0.50")
FOLLOWS_THE_ROW = {
    "row_discount",
    "order_discount",
    "golden_868",
    "golden_996",
    "split_freight",
    "without_vat",
    "all_free",
}
"""Orders with rows at another VAT rate than their article: discounts, freight over several rates, without VAT."""

WRONG: dict[str, tuple[dict[str, Any], dict[str, object], Decimal | None]] = {
    "VAT by the row, set to rate": ({"order_vat": "row"}, {}, ORE),
    "VAT by rate, set to row": ({}, {"prices__vat_rounding": "row"}, ORE),
    "two decimals, set to three": ({"order_row_decimals": "2"}, {}, ORE),
    "two decimals, set to four": ({"order_row_decimals": "2"}, {"prices__order_decimals": 4}, ORE),
    "whole kronor": ({"order_whole_krona": "on"}, {}, HALF_A_KRONA),
    "the article's VAT": ({"order_row_vat": "article"}, {}, None),
}
"""What the account does, what the shop file says, and by how much an order is then off; any amount where ``None``."""


@pytest.mark.parametrize("case", WRONG)
def test_settings_that_are_not_the_accounts_are_noticed_by_nobody(new_lab: Any, case: str) -> None:
    """The orders go; the proof says under which model it was made, and some of Specter's totals are others.

    That is all that can be known: so an accountant compares the first orders with Specter's own pages.
    """
    switches, changes, most = WRONG[case]
    lab, placed = new_lab(specter_switches=switches, settings=set_settings(**changes))
    check_outcomes(lab.run(), placed, expected_outcomes(placed))
    found = {placed.name_of(number): total for number, total in lab.totals().items()}
    off = {
        name: abs(total - placed.to_pay[name])
        for name, total in found.items()
        if total != placed.to_pay[name]
    }
    assert off
    assert set(off) == FOLLOWS_THE_ROW if most is None else max(off.values()) <= most
    vat_rounding = changes.get("prices__vat_rounding", "rate")
    decimals = changes.get("prices__order_decimals", 3)
    for name in off:
        proof = lab.orders.proof("demo", placed.uids[name])
        assert proof is not None
        assert (Decimal(proof["difference"]), Decimal(proof["sent_total"])) == (0, placed.to_pay[name])
        assert proof["model"] == f"{vat_rounding}, {decimals} decimals"


def test_an_account_that_rounds_to_whole_kronor_itself_fits_a_shop_that_does(new_lab: Any) -> None:
    """Without whole kronor in the shop the account's own rounding is all that differs."""
    for shop_rounds in ("whole_kronor", "ore"):
        lab, placed = new_lab(
            abicart_switches={"order_rounding": shop_rounds}, specter_switches={"order_whole_krona": "on"}
        )
        lab.run()
        for number, order in lab.in_specter().items():
            total, rounding = (Decimal(order["totals"][name]) for name in ("total", "rounding"))
            assert total - rounding == placed.to_pay[placed.name_of(number)]
            assert not (rounding and shop_rounds == "whole_kronor")
