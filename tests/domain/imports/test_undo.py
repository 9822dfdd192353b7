"""Taking an import back (rule 34): only where nobody changed the value since, and for good."""

from __future__ import annotations

from decimal import Decimal

from tests.domain.imports.cases import NUMBER, Both, fields, only, shop_settings

from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import PlannedChange
from abicart_specter.domain.imports.undo import undo_change
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind


def imported(both: Both) -> PlannedChange:
    change = only(both.night())
    both.later()
    return change


def undo(both: Both, change: PlannedChange) -> PlannedChange:
    plan = undo_change(change, both.items, both.facts)
    assert plan.left == () and plan.change is not None
    both.apply(plan.change)
    both.later()
    return plan.change


def nothing_to_do(both: Both) -> bool:
    plan = both.plan()
    return (plan.changes, plan.held, plan.agreed) == ((), (), ())


def test_a_price_is_restored_to_the_ore_and_stays() -> None:
    both = Both("167.27")
    both.export()
    both.tell(price="120", vat="25")
    change = imported(both)
    undone = undo(both, change)
    assert fields(undone) == {Master.PRICE: ("150", "167.27")}
    assert both.price == Decimal("167.27")
    pair = both.pairs[ItemKey(Kind.ARTICLE, 1001)]["price"]
    assert (pair.shop_value, pair.specter_value) == ("167.27", "120")
    assert nothing_to_do(both)
    both.tell(price="120", vat="25")
    assert nothing_to_do(both)
    both.tell(price="130", vat="25")
    both.night()
    assert both.price == Decimal("162.50")


def test_a_price_that_was_changed_since_is_left() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="120", vat="25")
    change = imported(both)
    both.edit(price="149.00")
    plan = undo_change(change, both.items, both.facts)
    assert plan.change is None
    assert plan.left == (
        "The price was changed since: it is 149.00 kr and the import had written 150.00 kr.",
    )


def test_a_rate_is_restored_with_its_price_or_not_at_all() -> None:
    both = Both("112.00", "0.12")
    both.export()
    both.tell(price="100", vat="6")
    change = imported(both)
    both.edit(price="99.00")
    assert undo_change(change, both.items, both.facts).change is None
    both.edit(price="106.00")
    undo(both, change)
    assert (both.rate, both.price) == (Decimal("0.12"), Decimal("112.00"))
    assert nothing_to_do(both)


def test_a_rate_goes_back_only_while_its_price_stands_though_that_did_not_change() -> None:
    both = Both("100.00", "0.25", facts=None)
    both.export()
    both.tell(price="89.29", vat="12")  # 100.00 with 12 %, so only the rate changes
    change = imported(both)
    assert set(fields(change)) == {Master.VAT}
    both.edit(price="101.00")
    assert undo_change(change, both.items, both.facts).change is None


def test_a_product_that_had_no_rate_keeps_the_imported_one() -> None:
    both = Both("125.00", None)
    both.tell(price="100", vat="6")
    change = imported(both)
    plan = undo_change(change, both.items, both.facts)
    assert plan.change is None and "no VAT rate before" in plan.left[0]


def test_a_campaign_that_began_is_ended_and_one_that_ended_comes_back() -> None:
    both = Both("125.00")
    both.sale("80", "100")
    began = imported(both)
    undo(both, began)
    assert (both.price, both.campaign) == (Decimal("125.00"), None)
    assert nothing_to_do(both)
    both.sale("79", "100")
    imported(both)
    both.sale("100", "100", shown="0")
    ended = imported(both)
    assert both.campaign is None
    undo(both, ended)
    assert both.campaign == Decimal("98.75")
    assert nothing_to_do(both)


def test_a_campaign_the_shop_began_since_stays_if_it_fits() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="120", vat="25")
    change = imported(both)
    both.edit(campaign="99.00")
    undo(both, change)
    assert (both.price, both.campaign) == (Decimal("125.00"), Decimal("99.00"))
    other = Both("125.00")
    other.export()
    other.tell(price="120", vat="25")
    change = imported(other)
    other.edit(campaign="130.00")
    plan = undo_change(change, other.items, other.facts)
    assert plan.change is None and "130.00" in plan.left[0]


def test_variants_are_restored_through_their_article() -> None:
    both = Both("125.00", variants=(("A", "0"), ("B", "25")))
    both.export()
    both.tell("A", price="110", vat="25")
    both.tell("B", price="130", vat="25")
    undo(both, imported(both))
    assert [item.price_regular for item in both.items] == [Decimal("125"), Decimal("150")]
    pair = both.pairs[ItemKey(Kind.VARIANT, 5001)]["price"]
    assert (pair.shop_value, pair.specter_value) == ("150", "130")
    assert nothing_to_do(both)


def test_texts_are_restored_one_by_one() -> None:
    both = Both(settings=shop_settings(name=True, description=True))
    both.export()
    both.tell(name="Ny", description="<p>Ny.</p>")
    change = imported(both)
    both.write({"name": {"sv": "Egen"}})
    plan = undo_change(change, both.items, both.facts)
    assert plan.change is not None and set(fields(plan.change)) == {Master.DESCRIPTION}
    assert plan.left == ("The name was changed since: it is Egen and the import had written Ny.",)
    both.apply(plan.change)
    assert both.document["description"] == {"sv": "<p>Varm.</p>"}


def test_a_name_of_variants_comes_back_with_its_options() -> None:
    both = Both(variants=(("A", "0"), ("B", "25")), settings=shop_settings(name=True))
    both.export()
    both.tell("A", name="Ny, val 3000")
    both.tell("B", name="Ny, val 3001")
    undo(both, imported(both))
    assert [item.name for item in both.items] == ["Blå mössa, val 3000", "Blå mössa, val 3001"]
    assert nothing_to_do(both)


def test_what_is_gone_or_was_undone_already_is_left() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="120", vat="25")
    change = imported(both)
    assert undo_change(change, [], both.facts).change is None
    undo(both, change)
    assert undo_change(change, both.items, both.facts).change is None


def test_no_price_before_is_restored_as_none() -> None:
    both = Both(None)
    both.tell(price="100", vat="25")
    change = imported(both)
    plan = undo_change(change, both.items, both.facts)
    assert plan.change is not None
    patch = article_patch(plan.change, both.document, both.facts)
    assert patch == {"price": {"regular": {"SEK": None}}}
    assert plan.change.keys == ((ItemKey(Kind.ARTICLE, 1001), NUMBER),)
