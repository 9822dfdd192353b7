"""What orders take from stock, row by row."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "orders"))

from order_cases import SECRET, article, document, row, variant

from abicart_specter.domain.imports.stock import OrderLine
from abicart_specter.domain.imports.stock_lines import beyond_what_went, order_lines
from abicart_specter.domain.orders.content import snapshot
from abicart_specter.domain.orders.read_order import read_order


def lines(**changes: Any) -> list[tuple[int | None, int | None, str | None]]:
    """Article, variant and quantity of each line."""
    found = order_lines(document(**changes))
    return [
        (one.article_uid, one.variant_uid, None if one.quantity is None else str(one.quantity.normalize()))
        for one in found
    ]


def sold(uid: int, quantity: object = 2, **more: Any) -> dict[str, Any]:
    """A row of so many of an article."""
    return row(
        uid=900 + uid, article=article(**{"uid": uid, "variants": []} | more), choices={"quantity": quantity}
    )


def test_a_row_takes_its_article() -> None:
    assert lines(items=[sold(7, 3)]) == [(7, None, "3")]


def test_a_row_takes_the_variant_that_the_buyer_chose() -> None:
    chosen = article(uid=7, variants=[variant(71, "3001", "A-S"), variant(72, "3002", "A-M")])
    items = [row(uid=901, article=chosen, articleNumber="A-M", choices={"quantity": 2, "2001": "3002"})]
    assert lines(items=items) == [(7, 72, "2")]


def test_a_variant_that_nobody_can_tell_may_be_any_of_the_article() -> None:
    chosen = article(uid=7, variants=[variant(71, "3001", "A-S"), variant(72, "3002", "A-M")])
    items = [row(uid=901, article=chosen, articleNumber="GONE", choices={"quantity": 2})]
    assert lines(items=items) == [(7, None, "2")]


def test_a_package_takes_its_parts() -> None:
    parts = [
        {"uid": 31, "articleNumber": "P-1", "quantity": 2},
        {"uid": 32, "articleNumber": "P-2", "quantity": 1},
    ]
    items = [sold(7, 3, content=parts)]
    assert lines(items=items) == [(31, None, "6"), (32, None, "3")]


def test_a_cancelled_order_takes_nothing() -> None:
    assert lines(items=[sold(7)], discarded=True) == []


def test_a_row_whose_article_is_gone_is_known_by_its_number() -> None:
    (line,) = order_lines(document(items=[row(article=None, articleNumber="A-7", choices={"quantity": 2})]))
    assert (line.article_uid, line.product_number, line.quantity) == (None, "A-7", 2)


@pytest.mark.parametrize("quantity", ["two", {"n": 1}, 0])
def test_an_order_that_cannot_be_read_names_its_articles_without_a_quantity(quantity: object) -> None:
    assert lines(items=[sold(7, quantity), sold(8)]) == [(7, None, None), (8, None, None)]


@pytest.mark.parametrize("items", [None, [], [12], [{"uid": 5}], "rows"])
def test_an_order_of_which_nothing_can_be_read_may_take_anything(items: object) -> None:
    whole = document(items=items, currency="")
    assert order_lines(whole) == (OrderLine(whole["uid"], None, None, None, None),)


def test_a_cancelled_order_that_cannot_be_read_takes_nothing() -> None:
    assert lines(items=[sold(7, "two")], discarded=True) == []


def test_what_was_added_after_an_order_went() -> None:
    went = snapshot(read_order(document(items=[sold(7, 2), sold(8, 1)])), SECRET)
    now = order_lines(document(items=[sold(7, 5), sold(8, 1), sold(9, 4)]))
    beyond = beyond_what_went(now, went)
    assert [(one.article_uid, one.quantity) for one in beyond] == [(7, Decimal(3)), (9, Decimal(4))]


def test_what_was_taken_out_adds_nothing() -> None:
    went = snapshot(read_order(document(items=[sold(7, 2), sold(8, 1)])), SECRET)
    assert beyond_what_went(order_lines(document(items=[sold(7, 1)])), went) == ()


def test_rows_of_the_same_article_are_added_up() -> None:
    went = snapshot(read_order(document(items=[sold(7, 5)])), SECRET)
    split = [sold(7, 3), {**sold(7, 4), "uid": 999}]
    assert [one.quantity for one in beyond_what_went(order_lines(document(items=split)), went)] == [
        Decimal(2)
    ]


def test_without_a_snapshot_nothing_is_known() -> None:
    assert beyond_what_went(order_lines(document(items=[sold(7)])), None) == ()
