"""Names and descriptions from Specter."""

from __future__ import annotations

import pytest
from tests.domain.imports.cases import ARTICLE, Both, fields, held_rules, only, shop_settings

from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.plan_text import agrees, as_exported
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind

KEY = ItemKey(Kind.ARTICLE, ARTICLE)
TEXTS = {"price": False, "extra_price": False, "vat": False, "name": True, "description": True}


def texts(**options: str) -> Both:
    return Both(settings=shop_settings(**TEXTS), **options)  # type: ignore[arg-type]


def test_name_and_description_go_in_one_write_in_the_shops_language() -> None:
    both = texts()
    both.export()
    both.tell(name="Grön  mössa", description="<p>Ny &amp; varm.</p>")
    change = only(both.plan())
    assert change.part is ImportPart.TEXT
    assert fields(change) == {
        Master.NAME: ("Blå mössa", "Grön mössa"),
        Master.DESCRIPTION: ("<p>Varm.</p>", "<p>Ny &amp; varm.</p>"),
    }
    assert article_patch(change, both.document, both.facts) == {
        "name": {"sv": "Grön mössa", "en": "Blue cap"},
        "description": {"sv": "<p>Ny &amp; varm.</p>"},
    }
    both.night()
    both.later()
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())
    assert both.pairs[KEY]["name"].specter_value == "Grön  mössa"


def test_each_text_has_its_own_switch() -> None:
    both = texts()
    both.tell(name="Grön mössa", description="<p>Ny.</p>")
    both.with_imports(name=False)
    assert set(fields(only(both.plan()))) == {Master.DESCRIPTION}
    both.with_imports(name=True, description=False)
    assert set(fields(only(both.plan()))) == {Master.NAME}


@pytest.mark.parametrize("empty", ["", "   ", "noItemsAvailable"])
def test_an_empty_text_never_empties_the_shops(empty: str) -> None:
    both = texts()
    both.export()
    both.tell(name=empty, description=empty)
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


@pytest.mark.parametrize(
    ("shops", "specters"),
    [
        ("Mössa – blå", "Mössa - blå"),
        ("Mössa “Björn”", 'Mössa "Björn"'),
        ("<b>Mössa</b> 5 €", "Mössa 5 EUR"),
        ("Blå   mössa ", "Blå mössa"),
    ],
)
def test_a_name_as_far_as_specter_can_hold_it_is_agreed(shops: str, specters: str) -> None:
    both = texts(name=shops)
    both.tell(name=specters)
    plan = both.night()
    assert plan.changes == () and plan.held == ()
    assert both.document["name"]["sv"] == shops
    assert both.pairs[KEY]["name"].specter_value == specters


def test_a_text_that_is_agreed_is_compared_by_what_specter_can_hold() -> None:
    assert as_exported("Łódź – 5 €") == "Lódz - 5 EUR"
    assert agrees(Master.DESCRIPTION, "<p>a</p>\r\n\r\n<p>b – c</p>", "<p>a</p>\n\n<p>b - c</p>")
    assert not agrees(Master.DESCRIPTION, "<p>a</p>", "<p>b</p>")
    assert not agrees(Master.NAME, None, "a")
    assert not agrees(Master.NAME, "Mössa", "mössa")


def test_a_text_that_cannot_be_read_in_the_shop_holds_the_import() -> None:
    both = texts()
    both.tell(name="Grön mössa")
    both.document["name"] = {"sv": 17}
    plan = both.plan()
    assert plan.changes == () and held_rules(plan) == {("name", "shop_value_unreadable")}


def test_texts_wait_for_nothing_of_prices() -> None:
    both = Both(settings=shop_settings(name=True))
    both.export()
    both.tell(price="x", vat="25", name="Grön mössa")
    plan = both.plan()
    assert [one.part for one in plan.changes] == [ImportPart.TEXT]
    assert held_rules(plan) == {("price", "number_unreadable")}
