"""How many may be sold: figures, sites, orders in doubt, rounding against selling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.imports.stock import (
    DOUBT,
    Figure,
    NoFigure,
    OrderLine,
    OrderStanding,
    SoldItem,
    Taken,
    ToldStock,
    is_of,
    may_be_missing,
    read_figure,
    sellable,
    sent_as_stock_article,
    taken,
)
from abicart_specter.domain.records import ItemKey, Kind

OPENED = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
ARTICLE = SoldItem(ItemKey(Kind.ARTICLE, 7), 7, "A-7")
VARIANT = SoldItem(ItemKey(Kind.VARIANT, 71), 7, "A-7-M")
SECOND = timedelta(seconds=1)


def told(value: str | None, row_id: int = 1, opened: datetime | None = OPENED) -> ToldStock:
    return ToldStock(value, row_id, opened)


def line(order: int = 1, quantity: object = 1, **more: object) -> OrderLine:
    values = {"article_uid": 7, "variant_uid": None, "product_number": None} | more
    amount = None if quantity is None else Decimal(str(quantity))
    return OrderLine(order, quantity=amount, **values)


def standing(uid: int = 1, at: datetime | None = None, counts: bool = True) -> OrderStanding:
    return OrderStanding(uid, str(uid), at, counts)


class TestFigure:
    def test_one_row_without_a_site(self) -> None:
        assert read_figure({"available": told("12.5", 4)}) == Figure(Decimal("12.5"), OPENED, 4)

    @pytest.mark.parametrize("text", [None, "", "noItemsAvailable", "many"])
    def test_what_is_no_number_is_unknown(self, text: str | None) -> None:
        figure = read_figure({"available": told(text)})
        assert isinstance(figure, NoFigure)
        assert figure.rule == "stock_figure_unknown"

    def test_sites_are_added_up(self) -> None:
        rows = {"available:1": told("2", 1), "available:2": told("3", 5)}
        assert read_figure(rows) == Figure(Decimal(5), OPENED, 5)

    def test_one_unknown_site_makes_the_sum_unknown(self) -> None:
        assert isinstance(read_figure({"available:1": told("2"), "available:2": told(None)}), NoFigure)

    def test_the_newer_form_counts(self) -> None:
        older = {"available": told("9", 1), "available:1": told("2", 3)}
        newer = {"available": told("9", 4), "available:1": told("2", 3)}
        assert read_figure(older) == Figure(Decimal(2), OPENED, 4 - 1)
        assert read_figure(newer) == Figure(Decimal(9), OPENED, 4)

    def test_only_the_named_sites_count(self) -> None:
        rows = {"available:1": told("2", 1), "available:2": told("3", 5)}
        figure = read_figure(rows, ["2", "9"])
        assert isinstance(figure, Figure)
        assert figure.quantity == 3

    @pytest.mark.parametrize("field", ["available", "available:1", "specterid"])
    def test_without_any_of_the_named_sites_there_is_no_figure(self, field: str) -> None:
        figure = read_figure({field: told("8")}, ["2"])
        assert isinstance(figure, NoFigure)
        assert figure.rule == "stock_site_unknown"

    def test_the_earliest_opening_counts(self) -> None:
        rows = {"available:1": told("2", 1, OPENED - DOUBT), "available:2": told("3", 5)}
        figure = read_figure(rows)
        assert isinstance(figure, Figure)
        assert figure.opened_after == OPENED - DOUBT

    def test_an_unknown_opening_stays_unknown(self) -> None:
        figure = read_figure({"available:1": told("2", 1, None), "available:2": told("3", 5)})
        assert isinstance(figure, Figure)
        assert figure.opened_after is None

    def test_only_the_site_that_orders_draw_from_can_hold_them(self) -> None:
        rows = {"available:1": told("2", 1, OPENED - DOUBT), "available:2": told("3", 5)}
        figure = read_figure(rows, (), "2")
        assert isinstance(figure, Figure)
        assert figure.opened_after == OPENED

    def test_what_is_no_stock_is_passed_over(self) -> None:
        assert read_figure({"available": told("2", 1), "specterid": told("99", 8)}) == Figure(
            Decimal(2), OPENED, 1
        )


class TestDoubt:
    @pytest.mark.parametrize(
        ("order", "missing"),
        [
            (standing(at=None), True),
            (standing(at=OPENED - DOUBT), False),
            (standing(at=OPENED - DOUBT + SECOND), True),
            (standing(at=OPENED + SECOND), True),
            (standing(at=None, counts=False), False),
            (standing(at=OPENED + SECOND, counts=False), False),
        ],
    )
    def test_an_order_is_in_the_figure_only_if_that_is_sure(
        self, order: OrderStanding, missing: bool
    ) -> None:
        assert may_be_missing(order, OPENED) is missing

    def test_without_an_opening_no_order_surely_is(self) -> None:
        assert may_be_missing(standing(at=OPENED - timedelta(days=99)), None)


class TestWhoseLine:
    def test_an_article(self) -> None:
        assert is_of(line(), ARTICLE)
        assert not is_of(line(article_uid=8), ARTICLE)

    def test_a_variant(self) -> None:
        assert is_of(line(variant_uid=71), VARIANT)
        assert not is_of(line(variant_uid=72), VARIANT)

    def test_a_variant_that_nobody_names_may_be_any(self) -> None:
        assert is_of(line(), VARIANT)

    def test_without_an_article_the_number_tells(self) -> None:
        assert is_of(line(article_uid=None, product_number="A-7"), ARTICLE)
        assert not is_of(line(article_uid=None, product_number="A-8"), ARTICLE)

    def test_without_anything_it_may_be_of_any_item(self) -> None:
        assert is_of(line(article_uid=None), ARTICLE)


class TestTaken:
    def test_lines_are_added_up_by_item(self) -> None:
        lines = [line(1, 2), line(1, "0.5"), line(2, 3), line(3, 4, article_uid=9)]
        found = taken(ARTICLE, lines, {1: standing(1), 2: standing(2), 3: standing(3)}, OPENED)
        assert found == Taken(Decimal("5.5"), (1, 2), ())

    def test_what_comes_back_is_not_added_to_what_may_be_sold(self) -> None:
        assert taken(ARTICLE, [line(1, -2)], {1: standing(1)}, OPENED) == Taken()

    def test_an_unreadable_row_is_told(self) -> None:
        found = taken(ARTICLE, [line(1, None)], {1: standing(1)}, OPENED)
        assert found.unreadable == ("1",)

    def test_an_unreadable_row_of_an_order_that_is_in_specter_does_no_harm(self) -> None:
        assert taken(ARTICLE, [line(1, None)], {1: standing(1, OPENED - DOUBT)}, OPENED) == Taken()


@given(
    st.decimals(-50, 1000, places=2),
    st.lists(
        st.tuples(
            st.decimals("0.01", 20, places=2), st.sampled_from([None, -600, -299, 0, 60]), st.booleans()
        ),
        max_size=8,
    ),
)
def test_never_more_than_the_figure_less_all_that_may_be_missing(figure, orders) -> None:
    """Against a plain model: whole pieces, never below zero, never above what is surely left."""
    lines = [line(uid, quantity) for uid, (quantity, _, _) in enumerate(orders)]
    standings = {
        uid: standing(uid, None if at is None else OPENED + timedelta(seconds=at), counts)
        for uid, (_, at, counts) in enumerate(orders)
    }
    found = sellable(Figure(figure, OPENED, 1), taken(ARTICLE, lines, standings, OPENED))
    missing = sum(
        (quantity for quantity, at, counts in orders if counts and (at is None or at > -300)), Decimal(0)
    )
    assert found >= 0
    assert found == 0 or found <= figure - missing
    assert found + 2 > figure - missing  # and not needlessly little: at most a piece on either side


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"createArticleStock": "1"}, True),
        ({"createArticleStock": "0"}, False),
        ({}, None),
        ({"createArticleStock": ""}, None),
    ],
)
def test_whether_a_row_made_a_stock_article(row: dict[str, str], expected: bool | None) -> None:
    assert sent_as_stock_article(row) is expected
