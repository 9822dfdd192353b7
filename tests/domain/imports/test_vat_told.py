"""VAT rates (rule 32): only together with the price, or neither."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.domain.imports.cases import ARTICLE, Both, fields, held_rules, only, shop_facts, shop_settings

from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind

KEY = ItemKey(Kind.ARTICLE, ARTICLE)


def test_a_new_rate_goes_with_the_price_that_follows_from_it() -> None:
    both = Both("112.00", "0.12")
    both.export()
    both.tell(price="100", vat="6")
    change = only(both.plan())
    assert change.part is ImportPart.VAT
    assert fields(change) == {Master.VAT: ("0.12", "0.06"), Master.PRICE: ("112", "106")}
    patch = article_patch(change, both.document, both.facts)
    assert list(patch) == ["vatRate", "price"]
    both.night()
    assert (both.rate, both.price) == (Decimal("0.06"), Decimal("106.00"))
    assert both.pairs[KEY]["vat"].shop_value == "0.06" and both.pairs[KEY]["vat"].specter_value == "6"
    both.later()
    assert both.plan().changes == ()


def test_a_new_rate_alone_takes_the_last_known_price() -> None:
    both = Both("112.00", "0.12")
    both.export()
    both.tell(vat="6")
    both.night()
    assert (both.rate, both.price) == (Decimal("0.06"), Decimal("106.00"))
    assert both.pairs[KEY]["price"].shop_value == "106"
    assert both.pairs[KEY]["price"].specter_value == "100.00"


def test_the_price_stays_where_it_is_equal_under_the_new_rate() -> None:
    both = Both("100.00", "0.25", facts=shop_facts(prices_with_vat=False))
    both.export()
    both.tell(price="100", vat="12")
    assert fields(only(both.plan())) == {Master.VAT: ("0.25", "0.12")}


def test_a_rate_without_any_known_price_is_held() -> None:
    both = Both("112.00", "0.12")
    both.tell(vat="6")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("vat", "price_unknown")}


def test_with_the_vat_import_off_a_price_under_another_rate_is_held() -> None:
    both = Both("112.00", "0.12", settings=shop_settings(vat=False))
    both.export()
    both.tell(price="90", vat="6")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "vat_differs")}
    assert "12 %" in plan.held[0].message and "6 %" in plan.held[0].message
    both.tell(price="90", vat="12,00")
    both.night()
    assert both.price == Decimal("100.80")


def test_a_rate_that_somebody_changed_in_the_shop_holds_the_price() -> None:
    both = Both("125.00")
    both.export()
    both.edit(rate="0.12")
    both.tell(price="110", vat="25")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "vat_differs")}


def test_with_the_price_import_off_a_rate_is_only_listed() -> None:
    both = Both("112.00", "0.12", settings=shop_settings(price=False, extra_price=False))
    both.export()
    both.tell(price="90", vat="6")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("vat", "vat_without_price")}


def test_a_read_only_rate_is_listed_and_its_price_held() -> None:
    both = Both("112.00", "0.12")
    both.export()
    both.tell(price="90", vat="6")
    plan = both.plan(vat_read_only=True)
    assert plan.changes == ()
    assert held_rules(plan) == {("vat", "vat_read_only"), ("price", "vat_read_only")}
    assert {(one.shop_value, one.specter_value) for one in plan.held} == {("0.12", "6"), ("112", "90")}


def test_a_read_only_rate_does_not_hold_prices_under_the_same_rate() -> None:
    both = Both("112.00", "0.12")
    both.tell(price="90", vat="12")
    both.night(vat_read_only=True)
    assert both.price == Decimal("100.80")


def test_an_equal_rate_is_agreed() -> None:
    both = Both("125.00")
    both.tell(vat="25,000")
    plan = both.night()
    assert plan.changes == () and plan.held == ()
    assert both.pairs[KEY]["vat"].specter_value == "25,000"


@pytest.mark.parametrize("vat", ["moms", "-6", "100.01", "25 %"])
def test_what_is_no_rate_holds_rate_and_price(vat: str) -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="90", vat=vat)
    plan = both.plan()
    assert plan.changes == ()
    assert held_rules(plan) == {("vat", "number_unreadable"), ("price", "number_unreadable")}


def test_a_product_without_a_rate_gets_specters() -> None:
    both = Both("125.00", None)
    both.tell(price="100", vat="6")
    both.night()
    assert (both.rate, both.price) == (Decimal("0.06"), Decimal("106.00"))


def test_a_product_without_a_rate_is_held_while_the_vat_import_is_off() -> None:
    both = Both("125.00", None, settings=shop_settings(vat=False))
    both.tell(price="100", vat="6")
    assert held_rules(both.plan()) == {("price", "shop_vat_unknown")}


def test_a_shop_without_vat_is_given_no_rate() -> None:
    both = Both("125.00", "0.25", facts=shop_facts(vat_supported=False))
    both.tell(price="100", vat="25")
    plan = both.plan()
    assert plan.changes == ()
    assert held_rules(plan) == {("vat", "vat_not_supported"), ("price", "vat_not_supported")}


def test_a_campaign_from_specter_follows_the_new_rate_and_the_shops_own_stays() -> None:
    ours = Both("112.00", "0.12")
    ours.sale("80", "100", vat="12")
    ours.night()
    ours.sale("80", "100", vat="6")
    ours.night()
    assert (ours.price, ours.campaign) == (Decimal("106.00"), Decimal("84.80"))
    shops = Both("112.00", "0.12", campaign="95.00")
    shops.sale("100", "0", shown="0", vat="6")
    shops.night()
    assert (shops.price, shops.campaign) == (Decimal("106.00"), Decimal("95.00"))


def test_the_end_of_a_sale_at_a_change_of_rate_ends_the_campaign() -> None:
    both = Both("112.00", "0.12")
    both.sale("80", "100", vat="12")
    both.night()
    both.sale("100", "100", shown="0", vat="6")
    both.night()
    assert (both.price, both.campaign, both.rate) == (Decimal("106.00"), None, Decimal("0.06"))


def test_an_unusual_rate_is_planned_for_a_person_to_see() -> None:
    both = Both("125.00")
    both.tell(price="100", vat="17,5")
    assert fields(only(both.plan()))[Master.VAT] == ("0.25", "0.175")
