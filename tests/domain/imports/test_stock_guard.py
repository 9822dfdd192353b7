"""When emptying the shop needs a person, and what the person is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from abicart_specter.domain.imports.stock_guard import (
    StockChange,
    stock_change_hash,
    stock_guard,
    stock_question,
    worst_stock_changes,
)
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.settings.imports import ImportGuardSettings

GUARD = ImportGuardSettings()


def keys(count: int, start: int = 1) -> frozenset[ItemKey]:
    return frozenset(ItemKey(Kind.ARTICLE, uid) for uid in range(start, start + count))


def change(uid: int = 1, before: object = 5, after: int = 0, **more: object) -> StockChange:
    values: dict[str, object] = {
        "key": ItemKey(Kind.ARTICLE, uid),
        "article_uid": uid,
        "product_number": f"A-{uid}",
        "name": "Tröja",
        "before": None if before is None else Decimal(str(before)),
        "after": after,
        "figure": Decimal(after),
        "subtracted": Decimal(0),
        "row_id": 10 + uid,
    }
    return StockChange(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("emptied", "lately", "managed", "asks"),
    [
        (19, 0, 19, False),  # fewer than 20 never trip the share
        (20, 0, 200, False),  # 10 % is the limit itself
        (21, 0, 200, True),
        (20, 0, 20, True),
        (1, 20, 200, True),
        (0, 21, 200, False),  # nothing of this plan empties anything
        (30, 0, 0, True),
    ],
)
def test_the_share_that_would_be_empty(emptied: int, lately: int, managed: int, asks: bool) -> None:
    verdict = stock_guard(40, keys(emptied), managed, keys(lately, 1000), GUARD)
    assert verdict.ask is asks


def test_an_item_that_was_emptied_lately_counts_once() -> None:
    assert not stock_guard(40, keys(20), 200, keys(20), GUARD).ask


@pytest.mark.parametrize(
    ("before", "after", "empties"),
    [(5, 0, True), (0, 0, False), (None, 0, True), (5, 1, False), (-2, 0, False)],
)
def test_what_takes_an_item_off_sale(before: object, after: int, empties: bool) -> None:
    assert change(before=before, after=after).empties is empties


def test_the_worst_come_first() -> None:
    changes = [change(1, 5, 4), change(2, 90, 10), change(3, 2, 0), change(4, 1, 50), change(5, 7, 0)]
    assert [one.key.uid for one in worst_stock_changes(changes, 4)] == [5, 3, 2, 1]


def test_an_approval_is_bound_to_specters_figures_and_not_to_orders() -> None:
    same = change(before=7, after=3, subtracted=Decimal(2), figure=Decimal(0))
    assert stock_change_hash(change()) == stock_change_hash(same)
    assert stock_change_hash(change()) != stock_change_hash(change(row_id=99))
    assert stock_change_hash(change()) != stock_change_hash(change(figure=Decimal(1)))
    assert stock_change_hash(change()) != stock_change_hash(change(product_number="A-2"))


def test_the_question_is_a_table_that_no_name_can_break() -> None:
    verdict = stock_guard(40, keys(30), 200, frozenset(), GUARD)
    subject, body = stock_question("demo", verdict, [change(name="A|B\n<b>[x](y)"), change(2)], GUARD)
    assert subject == "demo: set 30 products to zero stock?"
    assert "15.0 %; the limit is 10 %." in body
    assert "| A-1 | A\\|B \\<b\\>\\[x\\](y) | 5 | 0 | 0 | 0 |" in body
    assert "… and 38 more in `stock.csv` of this run" in body
    assert f"within {GUARD.answer_within_hours} hours nothing is written" in body
