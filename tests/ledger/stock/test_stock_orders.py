"""What orders take from stock, as the ledger keeps it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from stock_samples import line, order, settled

from abicart_specter.ledger import Ledger, OrderState, RunKey
from abicart_specter.ledger.stock_records import GIVEN_BACK

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = timedelta(days=1)


@pytest.fixture
def recorded(ledger: Ledger, run: RunKey) -> Ledger:
    """Orders 1 to 4, of which 3 and 4 are in Specter."""
    ledger.orders.record_found(run, [order(uid) for uid in (1, 2, 3, 4)])
    for uid in (3, 4):
        ledger.orders.link("demo", uid, str(700 + uid), who="anna", why="looked")
    return ledger


def now() -> datetime:
    return datetime.now(UTC)


def test_what_is_not_in_specter_is_read_every_time_and_what_is_only_once(recorded: Ledger) -> None:
    assert recorded.stock.orders_to_read("demo", None) == [1, 2, 3, 4]
    recorded.stock.record_lines("demo", {uid: [line(uid)] for uid in (1, 2, 3)})
    assert recorded.stock.orders_to_read("demo", None) == [1, 2, 4]


def test_what_went_before_the_figures_is_not_needed(recorded: Ledger) -> None:
    assert recorded.stock.orders_to_read("demo", LONG_AGO) == [1, 2, 3, 4]
    assert recorded.stock.orders_to_read("demo", now() + LATER) == [1, 2]


def test_an_excluded_order_is_not_read(recorded: Ledger, run: RunKey) -> None:
    recorded.orders.exclude(run, 1, "before_orders_from", "too early")
    assert recorded.stock.orders_to_read("demo", now() + LATER) == [2]


def test_lines_come_back_with_where_their_order_stands(recorded: Ledger) -> None:
    kept = line(1, 7, "2.50", variant_uid=71, product_number="A-7-M")
    recorded.stock.record_lines("demo", {1: [kept], 3: [line(3, 7)]})
    found = recorded.stock.lines_of("demo", [7], None)
    assert set(found.lines) == {kept, line(3, 7)}
    assert str(next(one for one in found.lines if one == kept).quantity) == "2.50"
    assert found.orders[1].state is OrderState.NEW
    assert found.orders[1].sent_at is None
    assert found.orders[3].state is OrderState.LINKED
    assert found.orders[3].sent_at is not None


def test_only_orders_that_went_after_a_time_or_not_at_all_are_told(recorded: Ledger) -> None:
    recorded.stock.record_lines("demo", {1: [line(1)], 3: [line(3)]})
    assert set(recorded.stock.lines_of("demo", [1], LONG_AGO).orders) == {1, 3}
    assert set(recorded.stock.lines_of("demo", [1], now() + LATER).orders) == {1}


def test_a_line_without_an_article_is_told_with_any(recorded: Ledger) -> None:
    unknown = line(2, None, None, product_number=None)
    recorded.stock.record_lines("demo", {1: [line(1, 5)], 2: [unknown]})
    assert recorded.stock.lines_of("demo", [9], None).lines == (unknown,)


def test_recording_tells_what_changed(recorded: Ledger) -> None:
    assert recorded.stock.record_lines("demo", {1: [line(1)]}) == {line(1)}
    assert recorded.stock.record_lines("demo", {1: [line(1)]}) == set()
    more = line(1, quantity="5")
    assert recorded.stock.record_lines("demo", {1: [more]}) == {line(1), more}
    assert recorded.stock.record_lines("demo", {1: []}) == {more}
    assert recorded.stock.lines_of("demo", [1], None).lines == ()


def test_the_same_row_twice_is_not_the_same_row_once(recorded: Ledger) -> None:
    recorded.stock.record_lines("demo", {1: [line(1)]})
    assert recorded.stock.record_lines("demo", {1: [line(1), line(1)]}) == {line(1)}
    lines = recorded.stock.lines_of("demo", [1], None).lines
    assert sum(one.quantity or Decimal(0) for one in lines) == 4


def test_lines_of_another_shop_are_not_told(recorded: Ledger) -> None:
    recorded.stock.record_lines("other", {1: [line(1)]})
    assert recorded.stock.lines_of("demo", [1], None).lines == ()


def test_how_far_orders_were_read_never_moves_back(ledger: Ledger) -> None:
    first, second = LONG_AGO, LONG_AGO + LATER
    ledger.stock.move_orders_read("demo", found_to=second)
    ledger.stock.move_orders_read("demo", changed_to=first)
    ledger.stock.move_orders_read("demo", found_to=first, changed_to=second)
    read = ledger.stock.orders_read("demo")
    assert (read.found_to, read.changed_to) == (second, second)


def test_lines_are_dropped_where_every_figure_is_newer(recorded: Ledger) -> None:
    recorded.stock.record_lines("demo", {1: [line(1, 1)], 3: [line(3, 1)], 4: [line(4, 2), line(4, 3)]})
    soon = now() + LATER
    recorded.stock.settle("demo", [settled(1, opened_after=soon + 2 * LATER), settled(2)], {})
    assert recorded.stock.drop_lines("demo", LONG_AGO) == 0
    assert recorded.stock.drop_lines("demo", soon) == 2  # article 2 has an old figure; order 1 did not go
    assert recorded.stock.lines_of("demo", [1, 2, 3], None).lines == (line(1, 1), line(4, 2))
    assert recorded.stock.orders_to_read("demo", None) == [1, 2]


def test_what_an_order_gave_back_is_looked_at_again(recorded: Ledger) -> None:
    """Whoever reads the order's new lines and dies: the number stays open."""
    recorded.stock.settle("demo", [settled(7), settled(8)], {})
    recorded.stock.record_lines("demo", {3: [line(3, 7)], 4: [line(4, 8)]})
    assert list(recorded.imports.iter_open("demo", "stock")) == []
    recorded.stock.record_lines("demo", {3: [], 4: [line(4, 8)]})
    assert [(one.product_number, one.why) for one in recorded.imports.iter_open("demo", "stock")] == [
        ("A-7", GIVEN_BACK)
    ]
