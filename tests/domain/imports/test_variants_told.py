"""Variants share their article's price, rate and texts: one that suits all of them, or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.domain.imports.cases import Both, fields, held_rules, only, shop_settings

from abicart_specter.domain.imports.records import ItemTold
from abicart_specter.domain.imports.sizes import changed_fields
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind

SMALL, LARGE = ItemKey(Kind.VARIANT, 5000), ItemKey(Kind.VARIANT, 5001)
VARIANTS = (("M-S", "0"), ("M-L", "25.00"))


def sized(**options: object) -> Both:
    """A cap at 125.00, the large one at 150.00."""
    return Both("125.00", variants=VARIANTS, **options)  # type: ignore[arg-type]


def test_prices_that_move_together_change_the_articles_price() -> None:
    both = sized()
    both.export()
    both.tell("M-S", price="110", vat="25")
    both.tell("M-L", price="130", vat="25")
    change = only(both.plan())
    assert fields(change) == {Master.PRICE: ("125", "137.5")}
    assert [key for key, _ in change.keys] == [SMALL, LARGE]
    both.night()
    assert [item.price_regular for item in both.items] == [Decimal("137.50"), Decimal("162.50")]
    assert both.pairs[LARGE]["price"].shop_value == "162.5"
    assert both.pairs[LARGE]["price"].specter_value == "130"
    both.later()
    assert both.plan().changes == ()


def test_one_variant_alone_is_held_with_all_prices_named() -> None:
    both = sized()
    both.export()
    both.tell("M-S", price="110", vat="25")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "variant_prices_differ")}
    (held,) = plan.held
    assert held.key == SMALL and "M-S 110" in held.message and "M-L 120.00" in held.message
    both.tell("M-L", price="130", vat="25")
    assert both.plan().changes


def test_a_variant_of_which_nothing_is_known_holds_the_others() -> None:
    both = sized()
    both.tell("M-S", price="110", vat="25")
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("price", "variant_unknown")}
    assert "M-L" in plan.held[0].message


def test_news_that_the_shop_has_already_agrees_whatever_is_known_of_the_others() -> None:
    both = sized()
    both.tell("M-L", price="120", vat="25")
    plan = both.night()
    assert plan.changes == () and plan.held == ()
    assert both.pairs[LARGE]["price"].shop_value == "150" and SMALL not in both.pairs


def test_one_price_is_found_where_no_variants_own_rounding_gives_it() -> None:
    # At 12 % each price of Specter's alone would be rounded to 27.69 or 27.71 for the article; 27.70 suits all three.
    extras = {"A": ("1.56", "26.13"), "B": ("1.93", "26.46"), "C": ("0.07", "24.79")}
    both = Both("20.00", "0.12", variants=[(number, extra) for number, (extra, _) in extras.items()])
    for number, (_, price) in extras.items():
        both.tell(number, price=price, vat="12")
    both.night()
    assert both.price == Decimal("27.70")


def test_a_sale_must_be_one_of_all_variants() -> None:
    both = sized()
    both.export()
    both.sale("80", "100", "M-S")
    both.sale("120", "0", "M-L", shown="0")
    assert held_rules(both.plan()) == {("price", "variant_prices_differ")}
    both.sale("100", "120", "M-L")
    both.night()
    assert [item.price_campaign for item in both.items] == [Decimal("100.00"), Decimal("125.00")]
    assert both.pairs[LARGE]["extra_price"].shop_value == "125"


def test_rates_of_variants_must_agree() -> None:
    both = sized()
    both.export()
    both.tell("M-S", price="100", vat="12")
    plan = both.plan()
    assert held_rules(plan) == {("vat", "variant_vat_differs")}
    assert "M-S 12 %" in plan.held[0].message and "M-L 25 %" in plan.held[0].message
    both.tell("M-L", price="120", vat="12")
    # The surcharge stays 25 kr with VAT, which is 22.32 without: 100 and 120 do not fit one price at 12 %.
    assert held_rules(both.plan()) == {("vat", "variant_prices_differ")}
    both.tell("M-L", price="122.32", vat="12")
    change = only(both.plan())
    assert [one.field for one in changed_fields(change)] == [Master.VAT, Master.PRICE]
    both.apply(change)
    assert both.rate == Decimal("0.12") and both.price == Decimal("112.00")


def test_a_rate_of_which_one_variant_is_unknown_is_held() -> None:
    both = sized()
    both.tell("M-S", price="100", vat="12")
    assert held_rules(both.plan()) == {("vat", "variant_unknown"), ("price", "variant_unknown")}


def test_an_ambiguous_variant_counts_as_unknown_to_its_siblings() -> None:
    both = sized()
    both.export()
    both.tell("M-S", price="110", vat="25")
    both.tell("M-L", price="130", vat="25")
    plan = both.plan(ambiguous={"M-L": (LARGE, ItemKey(Kind.ARTICLE, 9))})
    assert plan.changes == ()
    assert {(one.key, one.rule) for one in plan.held} == {
        (LARGE, "number_ambiguous"),
        (SMALL, "variant_unknown"),
    }


def test_a_variant_without_a_number_of_its_own_is_listed() -> None:
    both = sized()
    del both.document["variants"][1]["overrides"]["articleNumber"]
    both.tell("ART-001", price="130", vat="25")
    plan = both.plan()
    assert plan.changes == ()
    assert {(one.key, one.rule) for one in plan.held} == {(LARGE, "variant_without_number")}


def test_variants_without_a_price_in_the_shop_are_held() -> None:
    both = Both(None, variants=VARIANTS)
    for number in ("M-S", "M-L"):
        both.tell(number, price="100", vat="25")
    assert held_rules(both.plan()) == {("price", "shop_price_unknown")}


def test_the_order_of_items_changes_nothing() -> None:
    both = sized()
    both.tell("M-S", price="110", vat="25")
    both.tell("M-L", price="130", vat="25")
    from abicart_specter.domain.imports.plan_article import plan_article

    items: list[ItemTold] = both.told_items()
    assert plan_article(items[::-1], both.facts, both.settings) == plan_article(
        items, both.facts, both.settings
    )


@pytest.fixture
def named() -> Both:
    """Caps with Specter's names as exported."""
    both = sized(settings=shop_settings(name=True, description=True))
    both.export()
    return both


def test_names_of_variants_change_their_articles_name(named: Both) -> None:
    named.tell("M-S", name="Röd mössa, val 3000")
    assert held_rules(named.plan()) == {("name", "variant_names_differ")}
    named.tell("M-L", name="Röd mössa, val 3001")
    assert fields(only(named.plan())) == {Master.NAME: ("Blå mössa", "Röd mössa")}
    named.night()
    assert [item.name for item in named.items] == ["Röd mössa, val 3000", "Röd mössa, val 3001"]
    assert named.pairs[LARGE]["name"].shop_value == "Röd mössa, val 3001"
    named.later()
    assert named.plan().changes == ()


def test_a_variants_name_without_its_option_is_held(named: Both) -> None:
    named.tell("M-S", name="Röd mössa")
    named.tell("M-L", name="Röd mössa")
    assert held_rules(named.plan()) == {("name", "variant_names_differ")}


def test_descriptions_of_variants_must_be_one(named: Both) -> None:
    named.tell("M-S", description="<p>Ny.</p>")
    assert held_rules(named.plan()) == {("description", "variant_unknown")}
    named.tell("M-L", description="<p>Annan.</p>")
    assert held_rules(named.plan()) == {("description", "variant_descriptions_differ")}
    named.tell("M-L", description="<p>Ny.</p>")
    assert fields(only(named.plan())) == {Master.DESCRIPTION: ("<p>Varm.</p>", "<p>Ny.</p>")}
