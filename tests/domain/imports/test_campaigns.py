"""Campaign prices (rule 23): set from a sale in Specter, ended only if they came that way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.domain.imports.cases import ARTICLE, Both, fields, held_rules, only, shop_settings

from abicart_specter.domain.imports.records import Settles
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind

KEY = ItemKey(Kind.ARTICLE, ARTICLE)


def test_a_sale_sets_a_campaign_and_keeps_the_regular_price() -> None:
    both = Both("125.00")
    both.export()
    both.sale("80,00", "100,00")
    assert fields(only(both.plan())) == {Master.EXTRA_PRICE: (None, "100")}
    both.night()
    assert (both.price, both.campaign) == (Decimal("125.00"), Decimal("100.00"))
    assert both.pairs[KEY]["price"].specter_value == "80,00"
    assert both.pairs[KEY]["extra_price"].shop_value == "100"
    assert both.pairs[KEY]["extra_price"].specter_value == "100,00"
    both.later()
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


@pytest.mark.parametrize("shown", ["0", "", "0,00"])
def test_the_end_of_a_sale_ends_the_campaign_that_came_from_it(shown: str) -> None:
    both = Both("125.00")
    both.sale("80", "100")
    both.night()
    both.sale("100", "100", shown=shown)
    both.night()
    assert (both.price, both.campaign) == (Decimal("125.00"), None)
    both.later()
    assert both.plan().changes == ()


@pytest.mark.parametrize("told", [{"shown": "0"}, {"shown": ""}])
def test_a_former_price_that_is_not_shown_is_no_sale(told: dict[str, str]) -> None:
    both = Both("125.00")
    both.export()
    both.sale("100", "130", **told)
    plan = both.plan()
    assert plan.changes == () and plan.held == ()


@pytest.mark.parametrize("former", ["100", "99", "", "0"])
def test_a_former_price_not_above_the_price_is_no_sale(former: str) -> None:
    both = Both("125.00")
    both.export()
    both.sale("100", former)
    plan = both.plan()
    assert plan.changes == () and plan.held == ()


def test_a_campaign_of_the_shops_own_is_left_alone() -> None:
    both = Both("125.00", campaign="99.00")
    both.export()
    both.sale("120", "0", shown="0")
    assert fields(only(both.plan())) == {Master.PRICE: ("125", "150")}
    both.night()
    assert (both.price, both.campaign) == (Decimal("150"), Decimal("99"))
    both.sale("110", "0", shown="0")
    both.night()
    assert both.campaign == Decimal("99")


def test_an_unchanged_price_leaves_regular_and_campaign_alone() -> None:
    both = Both("125.00", campaign="99.00")
    both.sale("100", "0", shown="0")
    plan = both.night()
    assert plan.changes == ()
    assert (both.price, both.campaign) == (Decimal("125.00"), Decimal("99.00"))


def test_without_the_campaigns_import_a_sale_keeps_the_regular_price_alone() -> None:
    both = Both("125.00", campaign="99.00", settings=shop_settings(extra_price=False))
    both.export()
    both.sale("80", "100")
    assert both.night().changes == ()
    assert (both.price, both.campaign) == (Decimal("125.00"), Decimal("99.00"))
    assert both.pairs[KEY]["price"].specter_value == "80"
    both.sale("80", "110")
    both.night()
    assert (both.price, both.campaign) == (Decimal("137.50"), Decimal("99.00"))
    both.sale("105", "110", shown="0")
    both.night()
    assert (both.price, both.campaign) == (Decimal("131.25"), Decimal("99.00"))


def test_a_campaign_of_the_shops_own_beside_a_sale_is_not_ended_by_switching_the_import_on() -> None:
    both = Both("125.00", campaign="99.00", settings=shop_settings(extra_price=False))
    both.sale("80", "100")
    both.night()
    both.with_imports(extra_price=True)
    both.sale("100", "100", shown="0")
    both.night()
    assert both.campaign == Decimal("99.00")


def test_a_former_price_that_is_hidden_ends_the_sale_at_the_price_it_had() -> None:
    both = Both("125.00")
    both.sale("80", "100")
    both.night()
    both.sale("80", "100", shown="")
    both.night()
    assert (both.price, both.campaign) == (Decimal("100.00"), None)


def test_a_changed_former_price_moves_the_regular_price_only() -> None:
    both = Both("125.00")
    both.sale("80", "100")
    both.night()
    both.sale("80", "112")
    assert fields(only(both.plan())) == {Master.PRICE: ("125", "140")}


def test_a_campaign_not_below_the_regular_price_is_held() -> None:
    both = Both("125.00", campaign="99.00")
    both.export()
    both.sale("79", "0", shown="0")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "campaign_not_below")}
    assert "98.75" in plan.held[0].message and "99.00" in plan.held[0].message


def test_a_sale_whose_prices_become_one_in_the_shop_is_held() -> None:
    both = Both("200.00", settings=shop_settings(decimals=4))
    both.sale("100,0001", "100,0002")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "campaign_not_below")}


def test_prices_told_at_different_times_make_no_sale() -> None:
    both = Both("125.00")
    both.export()
    both.sale("80", "100")
    both.tell(price="70", vat="25")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "sale_unclear")}
    both.sale("70", "100")
    both.night()
    assert (both.price, both.campaign) == (Decimal("125.00"), Decimal("87.50"))


def test_a_price_alone_during_a_sale_is_unclear_and_above_the_former_price_it_is_not() -> None:
    both = Both("125.00")
    both.sale("80", "100")
    both.night()
    both.tell(price="70", vat="25")
    assert held_rules(both.plan()) == {("price", "sale_unclear")}
    both.tell(price="104", vat="25")
    both.night()
    assert (both.price, both.campaign) == (Decimal("130.00"), None)


def test_a_former_price_from_before_an_export_of_another_price_is_unclear() -> None:
    both = Both("112.50", settings=shop_settings(price=False, extra_price=False))
    both.sale("80", "100")
    both.export()
    both.with_imports(price=True, extra_price=True)
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "sale_unclear")}


def test_a_sale_that_began_before_an_export_of_the_same_price_is_not_lost() -> None:
    both = Both("100.00")
    both.export()
    both.sale("80", "100")
    both.export()
    both.night()
    assert (both.price, both.campaign) == (Decimal("125.00"), Decimal("100.00"))


@pytest.mark.parametrize("values", [{"shown": "ja"}, {"shown": "2"}, {"former": "x"}])
def test_an_unreadable_sale_is_held(values: dict[str, str]) -> None:
    both = Both("125.00")
    both.export()
    both.sale(**({"price": "80", "former": "100"} | values))
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "number_unreadable")}


def test_a_sale_that_was_settled_as_none_since_is_no_news() -> None:
    both = Both("125.00")
    both.export()
    both.sale("80", "100")
    both.settle([Settles(KEY, Master.PRICE, "125", "80"), Settles(KEY, Master.EXTRA_PRICE, None, None)])
    plan = both.plan()
    assert {one.field for change in plan.changes for one in change.fields} == set() and plan.held == ()


def test_a_campaign_is_known_as_specters_also_without_any_settled_rate() -> None:
    both = Both("112.00", "0.12")
    both.tell(price="80", former_price="100", show_former_price="1")
    both.night()
    assert both.campaign == Decimal("89.60") and "vat" not in both.pairs[KEY]
    both.sale("100", "100", shown="0", vat="6")
    both.night()
    assert (both.price, both.campaign) == (Decimal("106.00"), None)


def test_a_campaign_is_known_as_specters_after_the_rate_was_changed_in_both_systems() -> None:
    both = Both("125.00")
    both.sale("80", "100")
    both.night()
    both.edit(rate="0.12")
    both.sale("100", "100", shown="0", vat="12")
    both.night()
    assert (both.price, both.campaign, both.rate) == (Decimal("112.00"), None, Decimal("0.12"))


def test_a_sale_leaves_a_regular_price_that_is_equal_by_rounding() -> None:
    # 133.82 would be 167.28 with VAT; the shop's 167.27 is equal to it.
    both = Both("167.27")
    both.export()
    both.sale("80", "133.82")
    assert fields(only(both.plan())) == {Master.EXTRA_PRICE: (None, "100")}
    both.night()
    assert (both.price, both.campaign) == (Decimal("167.27"), Decimal("100.00"))


def test_a_sale_with_another_price_changes_both() -> None:
    both = Both("125.00")
    both.export()
    both.sale("72", "90")
    both.night()
    assert (both.price, both.campaign) == (Decimal("112.50"), Decimal("90.00"))
