"""What was found, how far it was read, and what is due (rules 6 and 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from order_samples import RUN, SHOP, START, Clock, found, order_intent, scan

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LedgerError
from abicart_specter.ledger import DueFor, Ledger, MarkWritten, OrderState, RunKey, ScanState, WriteBack

NOW = START + timedelta(days=1)


def due(ledger: Ledger, **more: object) -> dict[int, DueFor]:
    return {order.uid: order.due_for for order in ledger.orders.due(SHOP, NOW, **more)}  # type: ignore[arg-type]


def test_recording_again_changes_nothing_and_says_what_is_new(ledger: Ledger) -> None:
    scan(ledger, [1, 2])
    before = ledger.orders.states(SHOP, [1, 2])
    assert ledger.orders.record_found(RUN, [found(1), found(2), found(3)]) == {3}
    assert ledger.orders.record_found(RUN, [found(3), found(3)]) == set()
    after = ledger.orders.states(SHOP, [1, 2, 3, 4])
    assert {uid: after[uid] for uid in (1, 2)} == before
    assert set(after) == ledger.orders.found(RUN) == {1, 2, 3}
    assert (after[1].number, after[1].ordered_at) == ("1001", START + timedelta(minutes=1))
    assert after[1].state is OrderState.NEW
    ledger.orders.record_found(RUN, [])


def test_a_run_that_was_never_started_finds_nothing(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.orders.record_found(RUN, [found(1)])
    assert ledger.orders.missing_of(SHOP, [1]) == {1}


def test_the_buyer_of_an_order_may_change_until_it_is_written(ledger: Ledger) -> None:
    scan(ledger, [1, 2])
    lease = ledger.orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    ledger.orders.order_unconfirmed(lease, RUN, 1, 1, "no answer", release=True)
    changed = {"customer_key": "other", "partition": 9, "external_mark": "F-1", "discarded": True}
    ledger.orders.record_found(RUN, [found(uid, **changed) for uid in (1, 2)])
    states = ledger.orders.states(SHOP, [1, 2])
    owners = {uid: (one.customer_key, one.partition) for uid, one in states.items()}
    assert owners == {1: ("key", 1), 2: ("other", 9)}
    assert all(one.discarded and one.external_mark == "F-1" for one in states.values())
    assert {one.uid: one.partition for one in ledger.orders.run_orders(RUN)} == {1: 1, 2: 2}


def test_a_mark_is_renewed_on_every_generation(ledger: Ledger) -> None:
    scan(ledger, [1])
    ledger.orders.link(SHOP, 1, "5001", who="anna", why="is there")
    ledger.orders.new_generation(SHOP, 1, who="anna", why="was deleted")
    ledger.orders.record_found(RUN, [found(1, mark="X", discarded=True)])
    assert [(one.external_mark, one.discarded) for one in ledger.orders.generations(SHOP, 1)] == [
        ("X", True)
    ] * 2


def test_the_scan_never_moves_back(ledger: Ledger) -> None:
    assert ledger.orders.scan_state(SHOP) == ScanState()
    later = START + timedelta(hours=1)
    for to in (START, later, START):
        ledger.orders.move_scanned_to(SHOP, to)
    ledger.orders.set_swept(SHOP, START)
    assert ledger.orders.scan_state(SHOP) == ScanState(later, START, None)
    ledger.orders.set_changes_checked(SHOP, later)
    ledger.orders.set_changes_checked("other", START)
    assert ledger.orders.scan_state(SHOP) == ScanState(later, START, later)
    assert ledger.orders.scan_state("other") == ScanState(changes_checked_to=START)


def test_what_is_due(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, range(1, 10), key=None)
    orders.hold(RUN, 2, "awaiting_payment", "not paid", "wait")
    orders.fail(RUN, 3, "Specter did not answer")
    orders.exclude(RUN, 4, "before_orders_from", "too old")
    for uid in (5, 6, 7, 8):
        lease = orders.begin(SHOP, f"key {uid}", "owner", 60, order_intent(uid))
        if uid in (5, 6):
            orders.order_unconfirmed(lease, RUN, uid, 1, "no answer", release=True)
        elif uid == 7:
            orders.confirm_order(lease, RUN, uid, 1, "5007", release=True)
    orders.link(SHOP, 9, "5009", who="", why="", by="mark")
    expected = {1: DueFor.SENDING, 2: DueFor.SENDING, 3: DueFor.SENDING}
    assert due(timed, write_back=False) == expected
    expected |= {7: DueFor.WRITING_BACK, 9: DueFor.WRITING_BACK}
    assert due(timed) == expected
    orders.allow_resend(SHOP, 6, who="anna", why="looked")
    assert due(timed) == expected | {6: DueFor.REPEATING}
    assert due(timed, trusted=True) == expected | {5: DueFor.REPEATING, 6: DueFor.REPEATING}
    assert due(timed, trusted=True, max_repeats=0) == expected | {6: DueFor.REPEATING}
    assert list(due(timed)) == sorted(due(timed))
    early = orders.due(SHOP, START + timedelta(seconds=89), trusted=True, settle_seconds=90)
    assert 5 not in {order.uid for order in early}
    settled = orders.due(SHOP, START + timedelta(seconds=90), trusted=True, settle_seconds=90)
    assert 5 in {order.uid for order in settled}
    orders.record_written_back(SHOP, [MarkWritten(7, 1, True), MarkWritten(9, 1, False, "gone", final=True)])
    assert due(timed) == {1: DueFor.SENDING, 2: DueFor.SENDING, 3: DueFor.SENDING, 6: DueFor.REPEATING}
    assert orders.due("other", NOW) == []


def test_what_is_due_joins_another_run(ledger: Ledger) -> None:
    scan(ledger, [1, 2, 3])
    later = RunKey(SHOP, "order_export", "run-2")
    scan(ledger, [4], later)
    ledger.orders.add_to_run(later, [2, 3, 77])
    ledger.orders.add_to_run(later, [2])
    ledger.orders.add_to_run(later, [])
    assert ledger.orders.found(later) == {2, 3, 4}
    assert [order.uid for order in ledger.orders.run_orders(later)] == [2, 3, 4]


def test_many_orders_are_compared_uid_by_uid(ledger: Ledger) -> None:
    scan(ledger, range(1, 1301))
    assert ledger.orders.missing_of(SHOP, range(1303)) == {0, 1301, 1302}
    assert ledger.orders.missing_of("other", [1]) == {1}
    hour = (START + timedelta(minutes=60), START + timedelta(minutes=120))
    assert ledger.orders.known_between(SHOP, *hour) == set(range(60, 120))


def test_marks_that_are_not_ours(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, range(1, 8))
    orders.record_found(RUN, [found(uid, mark=f"F{uid}") for uid in range(1, 7)])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    orders.confirm_order(lease, RUN, 1, 1, "F1", release=True)  # ours: Specter answered it
    orders.link(SHOP, 2, "F2", who="", why="", by="mark")  # foreign: only the mark says so
    orders.link(SHOP, 3, "F3", who="anna", why="looked")  # a person's word
    marks = orders.foreign_marks(SHOP, START)
    assert [(mark.uid, mark.mark) for mark in marks] == [(2, "F2"), (4, "F4"), (5, "F5"), (6, "F6")]
    assert [mark.uid for mark in orders.foreign_marks(SHOP, START + timedelta(minutes=5))] == [5, 6]
    assert len(orders.foreign_marks(SHOP, START, limit=3)) == 3
    states = orders.states(SHOP, [1, 2, 3])
    assert {one.write_back for one in states.values()} == {WriteBack.DONE}


def test_an_order_is_found_by_number_or_uid(ledger: Ledger) -> None:
    scan(ledger, [1, 2])
    ledger.orders.record_found(RUN, [found(1002, number="2"), found(9, number="Ö-9")])
    hits = ledger.orders.find(SHOP, ["1001", "2", "Ö-9", "nothing", "9" * 30, ""])
    assert {name: [order.uid for order in orders] for name, orders in hits.items()} == {
        "1001": [1],
        "2": [2, 1002],
        "Ö-9": [9],
    }


def test_a_cleared_run_finds_anew_but_keeps_what_it_sent(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, range(1, 6), key=None)
    orders.hold(RUN, 1, "rule", "reason", "remedy")
    for uid in (2, 3):
        lease = orders.begin(SHOP, f"key {uid}", "owner", 60, order_intent(uid))
        if uid == 2:
            orders.confirm_order(lease, RUN, uid, 1, "5002", release=True)
        else:
            orders.order_unconfirmed(lease, RUN, uid, 1, "no answer", release=True)
    orders.fail(RUN, 4, "no answer")
    orders.reset_found(RUN)
    assert orders.found(RUN) == {2, 3}
    counts = orders.outcome_counts(RUN)
    assert {outcome for outcome, number in counts.items() if number} == {Outcome.SENT, Outcome.UNCONFIRMED}
    assert orders.missing_of(SHOP, range(1, 6)) == set()
