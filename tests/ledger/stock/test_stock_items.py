"""Which items take their stock from Specter, and what was last made of their figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from ledger_samples import article_key, variant_key
from stock_samples import settled

from abicart_specter.ledger import Created, Ledger, Sent

BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


def export(ledger: Ledger, uid: int, number: str, managed: bool | None) -> None:
    ledger.record_created("demo", [Created(article_key(uid), number, managed)])


@pytest.mark.parametrize("managed", [True, False, None])
def test_whether_stock_was_managed_at_the_first_export_is_kept(ledger: Ledger, managed: bool | None) -> None:
    export(ledger, 1, "A-1", managed)
    (found,) = ledger.stock.exported("demo", ["A-1", "A-2"])["A-1"]
    assert (found.key, found.managed_at_first) == (article_key(1), managed)


def test_a_later_export_does_not_change_it(ledger: Ledger) -> None:
    export(ledger, 1, "A-1", False)
    export(ledger, 1, "A-1", True)
    export(ledger, 1, "A-1-NEW", True)
    (found,) = ledger.stock.exported("demo", ["A-1-NEW"])["A-1-NEW"]
    assert found.managed_at_first is False


@pytest.mark.parametrize(("flag", "managed"), [("1", True), ("0", False)])
def test_an_item_of_an_older_ledger_tells_by_its_row(ledger: Ledger, flag: str, managed: bool) -> None:
    export(ledger, 1, "A-1", None)
    ledger.record_sent("demo", [Sent(article_key(1), "A-1", "h", {"createArticleStock": flag})])
    (found,) = ledger.stock.exported("demo", ["A-1"])["A-1"]
    assert found.managed_at_first is managed
    assert ledger.stock.managed_items("demo") == int(managed)


def test_only_items_whose_stock_was_managed_are_counted(ledger: Ledger) -> None:
    for uid, managed in ((1, True), (2, True), (3, False), (4, None)):
        export(ledger, uid, f"A-{uid}", managed)
    ledger.record_created("other", [Created(article_key(9), "B-9", True)])
    assert ledger.stock.managed_items("demo") == 2


def test_two_items_of_one_number_are_both_told(ledger: Ledger) -> None:
    export(ledger, 1, "A-1", True)
    ledger.record_created("demo", [Created(variant_key(7), "A-1", True)])
    assert [one.key for one in ledger.stock.exported("demo", ["A-1"])["A-1"]] == [
        article_key(1),
        variant_key(7),
    ]


def test_figures_come_back_exactly(ledger: Ledger) -> None:
    one = settled(1, quantity=Decimal("12.50"), orders=(5, 6), subtracted=Decimal("2.0"))
    ledger.stock.settle("demo", [one, settled(2, opened_after=None)], {})
    found = ledger.stock.figures("demo", [article_key(1), article_key(2), article_key(3)])
    assert set(found) == {article_key(1), article_key(2)}
    kept = found[article_key(1)]
    assert (str(kept.quantity), kept.orders, str(kept.subtracted)) == ("12.50", (5, 6), "2.0")
    assert kept.opened_after == one.opened_after
    assert found[article_key(2)].opened_after is None
    assert ledger.stock.numbers_of_articles("demo", [1, 3]) == {"A-1"}


def test_a_newer_figure_replaces_the_older(ledger: Ledger) -> None:
    ledger.stock.settle("demo", [settled(1)], {})
    ledger.stock.settle("demo", [settled(1, row_id=9, shop_stock=3)], {})
    assert ledger.stock.figures("demo", [article_key(1)])[article_key(1)].row_id == 9


def test_emptied_items_are_remembered_until_they_are_sold_again(ledger: Ledger) -> None:
    ledger.stock.settle("demo", [settled(1, shop_stock=0), settled(2, shop_stock=0)], {article_key(1): True})
    assert ledger.stock.emptied_since("demo", BEFORE) == {article_key(1)}
    ledger.stock.settle("demo", [settled(1, shop_stock=0)], {article_key(1): False})
    assert ledger.stock.emptied_since("demo", BEFORE) == {article_key(1)}
    assert ledger.stock.emptied_since("demo", datetime.now(UTC) + timedelta(minutes=1)) == frozenset()
    ledger.stock.settle("demo", [settled(1, shop_stock=4)], {})
    assert ledger.stock.emptied_since("demo", BEFORE) == frozenset()
