"""Reading back, and whether a planned change still stands (rule 30)."""

from __future__ import annotations

from decimal import Decimal

from tests.domain.imports.cases import NUMBER, Both, only, shop_settings

from abicart_specter.domain.catalogue import normalise
from abicart_specter.domain.imports.applied import applied, outdated, unchanged
from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import PlannedChange


def planned(**options: object) -> tuple[Both, PlannedChange]:
    both = Both("125.00", **options)  # type: ignore[arg-type]
    both.export()
    both.tell(price="120", vat="25")
    return both, only(both.plan())


def test_what_was_not_written_is_named() -> None:
    both, change = planned()
    assert applied(change, both.items, both.facts) == ("the price is 125 instead of 150",)
    both.write(article_patch(change, both.document, both.facts))
    assert applied(change, both.items, both.facts) == ()


def test_a_campaign_and_a_rate_are_read_back_too() -> None:
    both = Both("125.00")
    both.sale("80", "100", vat="12")
    change = only(both.plan())
    both.write({"price": article_patch(change, both.document, both.facts)["price"]})
    assert applied(change, both.items, both.facts) == ("the VAT rate is 0.25 instead of 0.12",)
    both.edit(rate="0.12")
    assert applied(change, both.items, both.facts) == ()
    both.edit(campaign="89.00")
    assert applied(change, both.items, both.facts) == ("the campaign price is 89 instead of 89.6",)


def test_a_surcharge_that_moved_meanwhile_is_found() -> None:
    both = Both("125.00", variants=(("A", "0"), ("B", "10")))
    both.export()
    both.tell("A", price="120", vat="25")
    both.tell("B", price="128", vat="25")
    change = only(both.plan())
    both.write(article_patch(change, both.document, both.facts))
    both.document["choiceOptionPrices"]["3001"] = {"SEK": Decimal("11")}
    assert applied(change, both.items, both.facts) == ("the price of variant 5001 is 161 instead of 160",)
    both.document["variants"].pop()
    assert applied(change, both.items, both.facts) == ("variant 5001 is not there any more",)


def test_texts_are_compared_without_regard_to_blanks() -> None:
    both = Both(settings=shop_settings(name=True, description=True))
    both.export()
    both.tell(name="Ny mössa", description="<p>Ny.</p>\n<p>Två.</p>")
    change = only(both.plan())
    both.write({"name": {"sv": "Ny  mössa"}, "description": {"sv": "<p>Ny.</p> \r\n<p>Två.</p>"}})
    assert applied(change, both.items, both.facts) == ()
    both.write({"description": {"sv": "<p>Ny.</p>"}})
    (words,) = applied(change, both.items, both.facts)
    assert words.startswith("the description is <p>Ny.</p> instead of")


def test_a_planned_change_stands_until_something_moves() -> None:
    both, change = planned()
    assert outdated(change, both.told_items(), both.facts) == ""
    both.tell(price="120", vat="25")
    assert "newer" in outdated(change, both.told_items(), both.facts)


def test_a_first_row_of_a_field_voids_too() -> None:
    both, change = planned()
    assert change.row_ids[f"{NUMBER}/show_former_price"] == 0
    both.tell(show_former_price="1")
    assert outdated(change, both.told_items(), both.facts)


def test_a_changed_shop_value_voids() -> None:
    both, change = planned()
    both.edit(price="126")
    assert "126" in outdated(change, both.told_items(), both.facts)
    assert unchanged(change, both.items, both.facts) == ("the price is now 126 and was 125",)
    both.edit(price="125")
    both.edit(campaign="99")
    assert unchanged(change, both.items, both.facts) == ("the campaign price is now 99 and was nothing",)


def test_a_changed_rate_in_the_shop_voids_a_price_computed_with_it() -> None:
    both, change = planned()
    both.edit(rate="0.12")
    assert "VAT rate" in outdated(change, both.told_items(), both.facts)


def test_a_renumbered_product_voids() -> None:
    both, change = planned()
    both.document["articleNumber"] = "NEW"
    both.rows = {"NEW": both.rows[NUMBER]}
    assert "another product number" in outdated(change, both.told_items(), both.facts)


def test_variants_that_came_or_went_void() -> None:
    both = Both("125.00", variants=(("A", "0"), ("B", "10")))
    both.export()
    both.tell("A", price="120", vat="25")
    both.tell("B", price="128", vat="25")
    change = only(both.plan())
    both.document["variants"].pop()
    assert unchanged(change, both.items, both.facts) == ("variant 5001 is not there any more",)
    both.document["variants"].append({"uid": 5009, "definedBy": {}, "overrides": {}})
    assert "variant 5009 is new" in unchanged(change, normalise(both.document, both.facts), both.facts)
