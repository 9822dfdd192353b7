"""Regular prices from Specter: what is news, what is equal, what is written, what is held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.domain.imports.cases import (
    ARTICLE,
    NUMBER,
    Both,
    fields,
    held_rules,
    only,
    shop_facts,
    shop_settings,
)

from abicart_specter.domain.imports.records import ImportPart, SettledPair
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind

KEY = ItemKey(Kind.ARTICLE, ARTICLE)


def test_a_new_price_is_written_with_the_shops_vat() -> None:
    both = Both("125.00")
    both.tell(price="120,00")
    change = only(both.plan())
    assert change.part is ImportPart.PRICE and change.article_uid == ARTICLE
    assert change.keys == ((KEY, NUMBER),)
    assert fields(change) == {Master.PRICE: ("125", "150")}
    both.night()
    assert both.price == Decimal("150.00")
    assert both.pairs[KEY]["price"].shop_value == "150"
    assert both.pairs[KEY]["price"].specter_value == "120,00"


def test_a_shop_that_stores_prices_without_vat_gets_specters_price() -> None:
    both = Both("100.00", facts=shop_facts(prices_with_vat=False))
    both.tell(price="119.99", vat="25")
    both.night()
    assert both.price == Decimal("119.99")


def test_after_an_import_nothing_is_left_to_do() -> None:
    both = Both("125.00")
    both.tell(price="120", vat="25")
    assert both.night().changes
    both.later()
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


def test_an_equal_price_is_agreed_and_leaves_the_shops_ore() -> None:
    # 167.27 with VAT is 133.82 without, which alone would come back as 167.28.
    both = Both("167.27")
    both.tell(price="133,82", vat="25")
    plan = both.night()
    assert plan.changes == () and plan.held == ()
    assert both.price == Decimal("167.27")
    assert both.pairs[KEY]["price"].shop_value == "167.27"
    assert both.pairs[KEY]["price"].specter_value == "133,82"


def test_the_exports_own_price_coming_back_is_no_news() -> None:
    both = Both("167.27")
    sent = both.export()
    both.tell(price=sent[NUMBER].replace(".", ","), vat="25,000", name="Blå mössa")
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


def test_what_was_told_before_the_pair_was_settled_is_no_news() -> None:
    both = Both("125.00")
    both.tell(price="90", vat="25")
    both.export()
    assert both.plan().changes == ()


def test_news_of_the_very_moment_of_the_settlement_counts() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="110")
    settled = both.pairs[KEY]["price"]
    both.pairs[KEY]["price"] = replace(settled, settled_at=both.now)
    assert fields(only(both.plan())) == {Master.PRICE: ("125", "137.5")}


def test_a_change_back_to_an_older_value_is_seen() -> None:
    both = Both("125.00")
    both.export()
    for price, shop in (("110", "137.50"), ("100", "125.00"), ("110", "137.50")):
        both.tell(price=price, vat="25")
        both.night()
        assert both.price == Decimal(shop)


def test_only_the_newest_price_counts() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="200", vat="25")
    both.tell(price="100", vat="25")
    assert both.plan().changes == ()


def test_an_edit_in_the_shop_is_no_reason_to_write() -> None:
    both = Both("125.00")
    both.tell(price="100.00", vat="25")
    both.night()
    both.edit(price="99.00")
    assert both.plan().changes == ()


def test_a_price_that_was_only_intended_is_planned_again() -> None:
    both = Both("125.00")
    both.tell(price="120", vat="25")
    both.pairs[KEY] = {"price": SettledPair(None, None, None)}
    assert fields(only(both.plan())) == {Master.PRICE: ("125", "150")}


def test_a_product_without_a_price_in_the_shop_gets_one() -> None:
    both = Both(None)
    both.tell(price="100", vat="25")
    both.night()
    assert both.price == Decimal("125.00")


@pytest.mark.parametrize("price", ["", "  ", "noItemsAvailable", "NOITEMSAVAILABLE"])
def test_what_stands_for_unknown_is_never_a_price(price: str) -> None:
    both = Both("125.00")
    both.export()
    both.tell(price=price, vat="25")
    plan = both.plan()
    assert (plan.changes, plan.held) == ((), ())


@pytest.mark.parametrize("price", ["gratis", "1 000", "12.5kr", "1e3", "-", "9" * 30, "0." + "1" * 30])
def test_what_is_no_number_is_held(price: str) -> None:
    both = Both("125.00")
    both.export()
    both.tell(price=price, vat="25")
    plan = both.plan()
    assert plan.changes == ()
    assert held_rules(plan) == {("price", "number_unreadable")}
    (held,) = plan.held
    assert held.specter_value == price and held.shop_value == "125" and held.product_number == NUMBER


def test_nothing_is_planned_while_the_import_is_off() -> None:
    both = Both("125.00", settings=shop_settings(price=False, extra_price=False, vat=False))
    both.tell(price="1", vat="6", name="Annat")
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


def test_a_price_finer_than_the_shops_ore_settles_once() -> None:
    both = Both("125.00", settings=shop_settings(decimals=4))
    both.tell(price="100,0051", vat="25")
    both.night()
    assert both.price == Decimal("125.01")
    both.later()
    both.tell(price="100,0051", vat="25")
    plan = both.plan()
    assert (plan.changes, plan.agreed) == ((), ())


def test_zero_and_negative_prices_are_planned_for_a_person_to_see() -> None:
    for price in ("0", "-5"):
        both = Both("125.00")
        both.tell(price=price, vat="25")
        assert Decimal(fields(only(both.plan()))[Master.PRICE][1] or "1") <= 0


def test_a_shops_price_that_cannot_be_read_holds_the_import() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="120", vat="25")
    both.document["pricing"][0]["regular"]["exVat"]["SEK"] = Decimal("50.00")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "shop_value_unreadable")}


def test_the_plan_names_the_rows_it_rests_on() -> None:
    both = Both("125.00")
    both.tell(price="120", vat="25")
    rows = only(both.plan()).row_ids
    assert rows == {
        f"{NUMBER}/price": 1,
        f"{NUMBER}/vat": 2,
        f"{NUMBER}/former_price": 0,
        f"{NUMBER}/show_former_price": 0,
    }


def test_an_ambiguous_number_is_listed_with_all_owners_and_never_written_to() -> None:
    both = Both("125.00")
    both.tell(price="120", vat="12")
    owners = (KEY, ItemKey(Kind.VARIANT, 77))
    plan = both.plan(ambiguous={NUMBER: owners})
    assert plan.changes == () and plan.agreed == ()
    assert held_rules(plan) == {("price", "number_ambiguous"), ("vat", "number_ambiguous")}
    assert all("article 1001, variant 77" in one.message for one in plan.held)
