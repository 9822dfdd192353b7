"""The rows of an order: quantity, variant, number of today, texts of the buyer, packages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.orders.order_cases import PRIVATE, article, cost, leaks, order, row, variant

from abicart_specter.domain.orders.read_items import QUANTITY_CONFLICT
from abicart_specter.domain.orders.records import OrderItem
from abicart_specter.domain.orders.row_products import (
    PACKAGE_QUANTITY_UNKNOWN,
    PRODUCT_RENUMBERED,
    VARIANT_CONFLICT,
    VARIANT_UNKNOWN,
)
from abicart_specter.domain.records import ItemKey, Kind, Severity


def item(**changes: Any) -> OrderItem:
    """The only row of an order, read."""
    (only,) = order(items=[row(**changes)]).items
    return only


def rules(one: OrderItem) -> list[tuple[str, Severity]]:
    return [(flag.rule, flag.severity) for flag in one.problems]


@pytest.mark.parametrize(
    ("changes", "quantity"),
    [
        ({"quantity": 3, "choices": {"2001": "3002"}}, "3"),
        ({"choices": {"2001": "3002", "quantity": "0.5"}}, "0.5"),
        ({"choices": {"2001": "3002", "quantity": Decimal("2.25")}}, "2.25"),
        ({"choices": {"2001": "3002"}, "costs": {"unit": cost("99"), "total": cost("297")}}, "3"),
        ({"choices": {"2001": "3002"}, "costs": {"unit": cost("33.33"), "total": cost("100")}}, "3"),
        ({"choices": {"2001": "3002"}, "costs": {"unit": cost("0"), "total": cost("0")}}, "1"),
        ({"choices": {"2001": "3002"}, "costs": {"total": cost("99")}}, "1"),
        ({"choices": {"2001": "3002"}, "costs": {"unit": cost("99")}}, "1"),
        ({"choices": {"2001": "3002", "quantity": -1}}, "-1"),
    ],
)
def test_the_quantity_is_where_the_shop_puts_it(changes: dict[str, Any], quantity: str) -> None:
    one = item(**changes)
    assert one.quantity == Decimal(quantity)
    assert one.problems == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 3},
        {"choices": {"2001": "3002"}, "costs": {"unit": cost("99"), "total": cost("150")}},
        {"choices": {"2001": "3002"}, "costs": {"unit": cost("0"), "total": cost("150")}},
    ],
)
def test_two_quantities_or_none_hold_the_order(changes: dict[str, Any]) -> None:
    one = item(**changes)
    assert rules(one) == [(QUANTITY_CONFLICT, Severity.ERROR)]
    assert one.problems[0].key == ItemKey(Kind.ORDER, 50023)
    assert one.problems[0].message.startswith("row 1: ")


@given(st.integers(1, 99_999), st.integers(1, 500))
def test_a_quantity_follows_from_the_amounts(ore: int, quantity: int) -> None:
    price = Decimal(ore) / 100
    if price < Decimal("0.05"):
        price += 1
    costs = {"unit": cost(str(price)), "total": cost(str(price * quantity))}
    one = item(choices={"2001": "3002"}, costs=costs)
    assert one.quantity == quantity


def test_a_missing_amount_follows_from_the_other() -> None:
    assert item(costs={"unit": cost("199")}).total.inc == 398
    assert item(costs={"total": cost("398")}).unit.inc == 199


@pytest.mark.parametrize("written", ["ART-001-M", "ART-001", None, "", "  "])
def test_the_choices_tell_the_variant(written: str | None) -> None:
    one = item(articleNumber=written)
    assert (one.variant_uid, one.product_number, one.problems) == (5551, "ART-001-M", ())


def test_a_variant_without_a_number_has_the_articles() -> None:
    shown = article(variants=[variant(5551, "3002", None)])
    assert item(article=shown, articleNumber="ART-001").product_number == "ART-001"


def test_the_more_exact_variant_wins() -> None:
    loose, exact = variant(1, "3002", "A"), variant(2, "3002", "B")
    exact["definedBy"]["2002"] = "9"
    one = item(
        article=article(variants=[loose, exact]),
        choices={"2001": "3002", "2002": "9", "quantity": 2},
        articleNumber="B",
    )
    assert (one.variant_uid, one.product_number, one.problems) == (2, "B", ())


@pytest.mark.parametrize(("written", "whose"), [("ART-001-L", "variant 5552"), ("ALT-1", "no variant")])
def test_a_row_that_contradicts_its_choices_holds_the_order(written: str, whose: str) -> None:
    one = item(articleNumber=written)
    assert rules(one) == [(VARIANT_CONFLICT, Severity.ERROR)]
    assert whose in one.problems[0].message
    assert "'ART-001-M'" in one.problems[0].message


def test_without_choices_a_variants_own_number_tells_it() -> None:
    one = item(choices={"quantity": 2})
    assert (one.variant_uid, one.product_number, one.problems) == (5551, "ART-001-M", ())


@pytest.mark.parametrize(
    "changes",
    [
        {"choices": {"quantity": 2}, "articleNumber": "ART-001"},
        {"choices": {"2001": "3009", "quantity": 2}, "articleNumber": None},
        {"choices": {"2001": "3009", "quantity": 2}, "articleNumber": "GONE-1"},
        {"article": article(variants=[variant(1, "3002", "A"), variant(2, "3002", "B")])},
    ],
)
def test_an_unknown_variant_holds_the_order(changes: dict[str, Any]) -> None:
    one = item(**changes)
    assert one.variant_uid is None
    assert rules(one) == [(VARIANT_UNKNOWN, Severity.ERROR)]


def test_an_article_that_was_renumbered_goes_under_its_number_of_today() -> None:
    one = item(article=article(variants=[], articleNumber="NEW-1"), articleNumber="OLD-1")
    assert one.product_number == "NEW-1"
    assert rules(one) == [(PRODUCT_RENUMBERED, Severity.WARNING)]
    assert "'OLD-1'" in one.problems[0].message


def test_an_article_that_is_gone_keeps_the_rows_own_number_and_name() -> None:
    for gone in (1001, None):
        one = item(article=gone)
        assert (one.article_uid, one.variant_uid) == (gone, None)
        assert (one.product_number, one.name) == ("ART-001-M", "Blå mössa")
        assert one.problems == ()


def test_a_row_without_a_product_has_none() -> None:
    one = item(article=None, articleNumber=None, choices={"quantity": 1}, articleName="Presentkort")
    assert (one.article_uid, one.product_number, one.name) == (None, None, "Presentkort")


def test_a_number_is_not_tidied() -> None:
    assert item(article=None, articleNumber=" A 1 ").product_number == " A 1 "


def test_what_the_buyer_entered_is_kept_apart_from_what_they_chose() -> None:
    choices = {"2001": "3002", "2002": PRIVATE["text"], "2003": "1234", "2004": True, "quantity": 2}
    one = item(choices=choices)
    assert one.texts == (PRIVATE["text"], "1234")
    # Of an article that is gone nobody can say whether a number is an option's uid.
    assert item(choices=choices, article=None).texts == (PRIVATE["text"],)


def test_a_conflict_never_shows_what_the_buyer_entered() -> None:
    choices = {"2001": PRIVATE["text"], "quantity": 2}
    one = item(choices=choices, articleNumber=None)
    assert rules(one) == [(VARIANT_UNKNOWN, Severity.ERROR)]
    assert leaks(*(f"{flag.message} {flag.remedy}" for flag in one.problems)) == []


def _part(uid: int, **changes: Any) -> dict[str, Any]:
    shown = {
        "uid": uid,
        "articleNumber": f"P-{uid}",
        "name": {"sv": f"Del {uid}"},
        "price": {"regular": {"SEK": 50}},
        "vatRate": Decimal("0.12"),
    }
    return shown | changes


@pytest.mark.parametrize(
    "content",
    [
        [_part(1, quantity=2), _part(2, quantity=1)],
        [_part(1, qty=2), _part(2, qty=1)],
        [{"article": _part(1), "quantity": 2}, {"article": _part(2), "quantity": 1}],
        [_part(1), _part(2), _part(1)],
        [_part(1, quantity=1), _part(2), _part(1)],
    ],
)
def test_the_parts_of_a_package_in_every_shape(content: list[Any]) -> None:
    one = item(article=article(variants=[], content=content), articleNumber="ART-001")
    assert [(part.article_uid, part.quantity, part.product_number) for part in one.parts] == [
        (1, 2, "P-1"),
        (2, 1, "P-2"),
    ]
    first = one.parts[0]
    assert (first.price, first.vat_rate, first.name) == (50, Decimal("0.12"), "Del 1")
    assert one.problems == ()


def test_a_package_that_does_not_say_how_many_is_pointed_out() -> None:
    one = item(article=article(variants=[], content=[_part(1), _part(2)]), articleNumber="ART-001")
    assert [part.quantity for part in one.parts] == [1, 1]
    assert rules(one) == [(PACKAGE_QUANTITY_UNKNOWN, Severity.WARNING)]


def test_bare_uids_are_parts_without_price() -> None:
    one = item(article=article(variants=[], content=[1, "2", 1]), articleNumber="ART-001")
    assert [(part.article_uid, part.quantity, part.price) for part in one.parts] == [
        (1, 2, None),
        (2, 1, None),
    ]


def test_rows_that_only_show_a_packages_parts_are_told_from_rows_that_cost() -> None:
    package = row(article=article(variants=[], content=[_part(1, quantity=2)]), articleNumber="ART-001")
    free = {"unit": cost("0"), "total": cost("0")}
    shown = row(uid=70002, article=_part(1), articleNumber="P-1", choices={"quantity": 4}, costs=free)
    gift = row(uid=70003, article=_part(9), articleNumber="P-9", choices={"quantity": 1}, costs=free)
    sold = row(uid=70004, article=_part(1), articleNumber="P-1", choices={"quantity": 1})
    items = order(items=[package, shown, gift, sold]).items
    assert [one.part_of for one in items] == [None, 70001, None, None]
