"""What comes after an order was sent: its number in the shop, and changes found later."""

from __future__ import annotations

import pytest
from order_samples import RUN, SHOP, START, Clock, found, order_intent, scan

from abicart_specter.ledger import Ledger, MarkWritten, OrderState, WriteBack

DIFFERENCES = [{"what": "quantity", "row": 7, "before": "1", "after": "2"}]


@pytest.fixture
def sent(timed: Ledger) -> Ledger:
    """Orders 1 to 3 were sent as 5001 to 5003."""
    scan(timed, [1, 2, 3], key=None)
    for uid in (1, 2, 3):
        intent = order_intent(uid, content_hash=f"c{uid}")
        lease = timed.orders.begin(SHOP, f"key {uid}", "owner", 60, intent)
        timed.orders.confirm_order(lease, RUN, uid, 1, f"500{uid}", release=True)
    return timed


def test_numbers_wait_until_they_are_in_the_shop(sent: Ledger, clock: Clock) -> None:
    orders = sent.orders
    waiting = [
        (mark.uid, mark.specter_order_no, mark.content_hash) for mark in orders.pending_write_back(SHOP)
    ]
    assert waiting == [(1, "5001", "c1"), (2, "5002", "c2"), (3, "5003", "c3")]
    orders.record_written_back(SHOP, [])
    orders.record_written_back(
        SHOP,
        [
            MarkWritten(1, 1, False, "the shop did not answer"),
            MarkWritten(2, 1, True),
            MarkWritten(3, 1, False, "no such order", final=True),
        ],
    )
    (left,) = orders.pending_write_back(SHOP)
    assert (left.uid, left.tries) == (1, 1)
    states = orders.states(SHOP, [1, 2, 3])
    assert [one.write_back for one in states.values()] == [
        WriteBack.PENDING,
        WriteBack.DONE,
        WriteBack.GIVEN_UP,
    ]
    assert (states[1].write_back_words, states[1].written_back_at) == ("the shop did not answer", None)
    assert (states[2].written_back_at, states[2].external_mark) == (clock.now, "5002")
    assert all(one.state is OrderState.SENT for one in states.values())
    done = states[2]
    orders.record_written_back(SHOP, [MarkWritten(2, 1, False, "late failure", final=True)])
    assert orders.states(SHOP, [2])[2] == done


def test_those_tried_least_often_go_first(sent: Ledger) -> None:
    sent.orders.record_written_back(SHOP, [MarkWritten(1, 1, False), MarkWritten(2, 1, False)])
    sent.orders.record_written_back(SHOP, [MarkWritten(1, 1, False)])
    assert [mark.uid for mark in sent.orders.pending_write_back(SHOP)] == [3, 2, 1]
    assert [mark.uid for mark in sent.orders.pending_write_back(SHOP, limit=1)] == [3]


def test_a_change_is_news_once(sent: Ledger, clock: Clock) -> None:
    orders = sent.orders
    assert orders.record_change(SHOP, 1, "h1", "edited", DIFFERENCES)
    clock.pass_(60)
    assert not orders.record_change(SHOP, 1, "h1", "edited", DIFFERENCES)
    (change,) = orders.open_changes(SHOP)
    assert (change.uid, change.number, change.specter_order_no, change.kind) == (1, "1001", "5001", "edited")
    assert (change.differences, change.first_seen, change.last_seen) == (DIFFERENCES, START, clock.now)
    assert orders.record_change(SHOP, 1, "h2", "edited", [])
    assert orders.record_change(SHOP, 1, "h2", "cancelled", [])
    assert [(one.kind, one.hash) for one in orders.open_changes(SHOP)] == [
        ("edited", "h2"),
        ("cancelled", "h2"),
    ]
    assert orders.states(SHOP, [1])[1].state is OrderState.SENT


def test_a_change_somebody_dealt_with_stays_away_until_it_differs(sent: Ledger) -> None:
    orders = sent.orders
    orders.record_change(SHOP, 1, "h1", "edited", DIFFERENCES)
    orders.close_change(SHOP, 1, "edited", who="anna", why="changed in Specter")
    orders.close_change(SHOP, 1, "edited", who="bo", why="too late")
    assert orders.open_changes(SHOP) == []
    assert not orders.record_change(SHOP, 1, "h1", "edited", DIFFERENCES)
    (change,) = orders.changes_of(SHOP, 1)
    assert (change.closed_by, change.closed_why) == ("anna", "changed in Specter")
    assert change.closed_at is not None
    assert orders.record_change(SHOP, 1, "h2", "edited", DIFFERENCES)
    (change,) = orders.open_changes(SHOP)
    assert (change.closed_at, change.closed_by) == (None, "")


def test_a_change_undone_in_the_shop_is_closed_and_news_when_it_comes_again(sent: Ledger) -> None:
    orders = sent.orders
    for uid in (1, 2):
        orders.record_change(SHOP, uid, "h1", "edited", DIFFERENCES)
        orders.record_change(SHOP, uid, "h1", "refunded", DIFFERENCES)
    assert orders.changes_undone(SHOP, [1, 3], ["edited"]) == 1
    assert orders.changes_undone(SHOP, [1, 3], ["edited"]) == 0
    assert [(one.uid, one.kind) for one in orders.open_changes(SHOP)] == [
        (1, "refunded"),
        (2, "edited"),
        (2, "refunded"),
    ]
    assert orders.record_change(SHOP, 1, "h1", "edited", DIFFERENCES)
    assert orders.changes_undone(SHOP, [1, 2]) == 4


def test_only_what_is_in_specter_has_something_sent(sent: Ledger) -> None:
    sent.orders.record_found(RUN, [found(4)])
    found_ = sent.orders.sent_orders(SHOP, [1, 4, 9])
    assert {uid: (one.specter_order_no, one.content_hash) for uid, one in found_.items()} == {
        1: ("5001", "c1")
    }
