"""What a change writes: whole objects, every other currency, country and language kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.domain.imports.cases import ARTICLE, Both, held_rules, only, shop_facts

from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import FieldChange, ImportPart, PlannedChange
from abicart_specter.domain.masters import Master
from abicart_specter.errors import RecordError

D = Decimal
FACTS = shop_facts()


def change(*fields: tuple[Master, str | None, str | None]) -> PlannedChange:
    return PlannedChange(
        ARTICLE, ImportPart.PRICE, (), "", tuple(FieldChange(*one) for one in fields), (), {}
    )


REGULAR = (Master.PRICE, "199", "219")
SET = (Master.EXTRA_PRICE, None, "149")
KEPT = (Master.EXTRA_PRICE, "149", "149")
ENDED = (Master.EXTRA_PRICE, "149", None)


@pytest.mark.parametrize(
    ("fields", "price", "expected"),
    [
        pytest.param(
            [REGULAR],
            {"regular": {"SEK": D(199), "EUR": D("19.9")}, "current": {"SEK": D(199)}},
            {"regular": {"SEK": D(219), "EUR": D("19.9")}},
            id="current is dropped, other currencies stay",
        ),
        pytest.param(
            [REGULAR, SET],
            {"regular": {"SEK": D(199)}},
            {"regular": {"SEK": D(219)}, "specialOffer": {"SEK": D(149)}},
            id="campaign begins",
        ),
        pytest.param(
            [REGULAR, KEPT],
            {"regular": {"SEK": D(199)}, "specialOffer": {"SEK": D(149), "EUR": D(9)}},
            {"regular": {"SEK": D(219)}, "specialOffer": {"SEK": D(149), "EUR": D(9)}},
            id="campaign stays",
        ),
        pytest.param(
            [REGULAR, ENDED],
            {"regular": {"SEK": D(199)}, "specialOffer": {"SEK": D(149)}},
            {"regular": {"SEK": D(219)}, "specialOffer": None},
            id="campaign ends",
        ),
        pytest.param(
            [REGULAR, ENDED],
            {"regular": {"SEK": D(199), "EUR": D(20)}, "specialOffer": {"SEK": D(149), "EUR": D(9)}},
            {"regular": {"SEK": D(219), "EUR": D(20)}, "specialOffer": {"SEK": None, "EUR": D(9)}},
            id="campaign ends in one currency",
        ),
        pytest.param(
            [REGULAR],
            {"regular": {"SEK": D(199), "EUR": D(20)}, "specialOffer": {"SEK": D(199), "EUR": D("20.0")}},
            {"regular": {"SEK": D(219), "EUR": D(20)}, "specialOffer": None},
            id="a campaign equal to the regular price is none",
        ),
        pytest.param(
            [REGULAR],
            {"regular": {"SEK": D(199)}, "specialOffer": None},
            {"regular": {"SEK": D(219)}},
            id="null stays out",
        ),
        pytest.param([REGULAR], {"regular": []}, {"regular": {"SEK": D(219)}}, id="empty list"),
        pytest.param(
            [REGULAR],
            {"regular": {"SEK": D(199)}, "list": 7},
            {"regular": {"SEK": D(219)}, "list": 7},
            id="what is unknown goes along",
        ),
    ],
)
def test_price(fields: list[Any], price: dict[str, Any], expected: dict[str, Any]) -> None:
    before = repr(price)
    assert article_patch(change(*fields), {"price": price}, FACTS) == {"price": expected}
    assert repr(price) == before


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (D("0.25"), D("0.06")),
        (D("25"), D("6")),
        (D(0), D("0.06")),
        (None, D("0.06")),
        ({"SE": D("0.25"), "NO": D("0.15")}, {"SE": D("0.06"), "NO": D("0.15")}),
        ({"se": 25, "no": 15}, {"se": D(6), "no": 15}),
        ({"NO": 15}, {"NO": 15, "SE": D(6)}),
        ({}, {"SE": D("0.06")}),
        ({"SE": {"vatRate": D("0.25"), "states": {}}}, {"SE": {"vatRate": D("0.06"), "states": {}}}),
    ],
)
def test_rate_in_the_form_of_the_shop(present: Any, expected: Any) -> None:
    patch = article_patch(change((Master.VAT, "0.25", "0.06")), {"vatRate": present}, FACTS)
    assert patch == {"vatRate": expected}


def test_text_beside_other_languages_and_plain() -> None:
    one = change((Master.NAME, "a", "b"))
    assert article_patch(one, {"name": {"sv": "a", "en": "x"}}, FACTS) == {"name": {"sv": "b", "en": "x"}}
    assert article_patch(one, {"name": []}, FACTS) == {"name": {"sv": "b"}}
    assert article_patch(one, {"name": "a"}, FACTS) == {"name": "b"}


def test_a_price_that_cannot_be_read_is_not_written() -> None:
    with pytest.raises(RecordError) as error:
        article_patch(change(REGULAR), {"price": {"regular": 199}}, FACTS)
    assert error.value.rule == "shop_value_unreadable"


def test_a_shop_that_shows_prices_otherwise_than_it_stores_them_is_not_written_to() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="120", vat="25")
    planned = only(both.plan())
    both.document["price"]["regular"]["SEK"] = D("100.00")  # pricing still says 125.00 with VAT
    assert held_rules(both.plan()) == {("price", "price_form")}
    with pytest.raises(RecordError) as error:
        article_patch(planned, both.document, both.facts)
    assert error.value.rule == "price_form"
