"""No order falls between two runs, none is sent before it is recorded, and what needs no reading is decided at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scan_lab import NOON, TEN, ScanLab

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.orders.pending_marks import write_pending_marks
from abicart_specter.flows.orders.window import RunKind
from abicart_specter.ledger import SpecialState

SECOND = timedelta(seconds=1)


def test_an_order_is_found_recorded_and_left_to_send(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    run = lab.scan()
    assert (run.summary.found, run.summary.new, run.summary.to_send) == (1, 1, 1)
    assert lab.to_send(run) == {uid}
    state = lab.orders.states("demo", [uid])[uid]
    assert state.state.value == "new"
    assert lab.orders.scan_state("demo").scanned_to == NOON


def test_a_run_that_finds_nothing_needs_no_further_task(lab: ScanLab) -> None:
    lab.orders.set_swept("demo", NOON - TEN)
    run = lab.scan()
    assert run.summary.found == run.summary.to_send == 0
    assert set(run.needless) == {
        "sweep_orders",
        "ensure_special_numbers",
        "plan_orders",
        "send_orders",
        "write_back",
        "find_changes",
    }


def test_a_run_with_an_order_needs_plan_and_send(lab: ScanLab) -> None:
    lab.orders.set_swept("demo", NOON - TEN)
    lab.place(NOON - TEN / 2)
    assert set(lab.scan().needless) == {"sweep_orders", "write_back", "find_changes"}


def test_special_numbers_that_are_known_need_no_task(lab: ScanLab) -> None:
    for number, role in lab.export.settings.special_numbers_by_number().items():
        lab.export.ledger.record_special_number("demo", number, role, SpecialState.CREATED)
    lab.place(NOON - TEN / 2)
    assert "ensure_special_numbers" in lab.scan().needless


def test_a_number_that_is_not_in_the_shop_yet_is_written_by_the_next_run(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    lab.send(lab.scan())
    lab.now += timedelta(hours=1)
    run = lab.scan()
    assert "write_back" not in run.needless
    assert write_pending_marks(run.ctx, lab.mapping) == 1
    with lab.export.abicart() as client:
        assert client.orders.get_orders([uid])[uid]["externalOrderNumber"] == str(700_000 + uid)
    assert "write_back" in lab.scan().needless


def test_three_days_of_pause_lose_nothing(lab: ScanLab) -> None:
    lab.scan()
    placed = {lab.place(NOON + timedelta(hours=hour)) for hour in range(1, 72, 5)}
    lab.now = NOON + timedelta(days=3)
    run = lab.scan()
    assert lab.to_send(run) == placed


def test_a_run_of_eight_hours_loses_nothing(lab: ScanLab) -> None:
    """The run after it has only the newest interval: the others were never run (catchup off, one run at a time)."""
    first = lab.place(NOON - TEN / 2)
    lab.send(lab.scan(), first)
    placed = {lab.place(NOON + timedelta(minutes=13 * step)) for step in range(36)}
    lab.now = NOON + timedelta(hours=8)
    run = lab.scan()
    assert lab.to_send(run) == placed


def test_a_late_commit_within_the_overlap_is_found_by_the_next_run(lab: ScanLab) -> None:
    lab.scan()
    late = lab.place(NOON - TEN / 2)  # placed before the run's end, visible only after it
    lab.now += TEN
    assert lab.to_send(lab.scan()) == {late}


def test_equal_times_and_the_window_s_own_edges(lab: ScanLab) -> None:
    at_end = [lab.place(NOON) for _ in range(3)]
    before = [lab.place(NOON - SECOND) for _ in range(3)]
    first = lab.scan()
    assert lab.to_send(first) == set(before)
    lab.send(first)
    lab.now += TEN
    second = lab.scan()
    assert lab.to_send(second) == set(at_end)
    assert {lab.outcome(second, uid)[0] for uid in before} == {Outcome.UNCHANGED}


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_exclusive_bounds_lose_nothing(lab: ScanLab, bounds: str) -> None:
    lab.abicart_server.control.switches(range_bounds=bounds)
    placed = {lab.place(NOON - TEN), lab.place(NOON - SECOND)}
    outside = {lab.place(NOON - TEN - SECOND), lab.place(NOON)}
    run = lab.scan(RunKind.BACKFILL, NOON - TEN, NOON)
    assert lab.to_send(run) == placed
    assert not lab.orders.states("demo", outside)


def test_carts_are_never_orders(lab: ScanLab) -> None:
    lab.place(NOON - TEN / 2, cart=True)
    run = lab.scan()
    assert run.summary.found == 0


def test_a_backfill_reads_its_interval_moves_nothing_and_takes_nothing_due(lab: ScanLab) -> None:
    waiting = lab.place(NOON - TEN / 2)
    lab.scan()
    old = lab.place(NOON - timedelta(days=5))
    run = lab.scan(RunKind.BACKFILL, NOON - timedelta(days=6), NOON - timedelta(days=4))
    assert lab.to_send(run) == {old}
    assert waiting not in lab.orders.found(run.ctx.run)
    assert lab.orders.scan_state("demo").scanned_to == NOON


def test_a_first_backfill_leaves_the_schedule_s_beginning_alone(lab: ScanLab) -> None:
    older = lab.place(NOON - timedelta(days=9))
    run = lab.scan(RunKind.BACKFILL, NOON - timedelta(days=1), NOON)
    assert run.summary.found == 0
    assert lab.orders.scan_state("demo").scanned_to is None
    assert lab.to_send(lab.scan()) == {older}


def test_what_is_due_is_taken_up_again(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    first = lab.scan()
    lab.orders.hold(first.ctx.run, uid, "awaiting_payment", "Not paid yet.", "")
    lab.orders.move_scanned_to("demo", NOON + TEN)  # out of the overlap
    lab.now += timedelta(days=2)
    second = lab.scan()
    assert (second.summary.found, second.summary.due) == (0, 1)
    assert lab.to_send(second) == {uid}


def test_an_order_whose_sender_died_is_taken_up_as_unconfirmed(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    first = lab.scan()
    lease = lab.intend(first, uid)
    lab.export.ledger.release_lease(lease)  # as a sender that ended without a word
    lab.orders.move_scanned_to("demo", NOON + TEN)  # out of the overlap
    lab.now += timedelta(hours=1)
    second = lab.scan()
    assert lab.to_send(second) == {uid}
    assert lab.orders.states("demo", [uid])[uid].state.value == "unconfirmed"


def test_orders_before_orders_from_are_excluded(lab: ScanLab) -> None:
    lab.use(orders__orders_from=NOON - TEN / 2)
    early, late = lab.place(NOON - TEN / 2 - SECOND), lab.place(NOON - TEN / 2)
    run = lab.scan()
    assert lab.outcome(run, early) == (Outcome.EXCLUDED, "before_orders_from")
    assert lab.to_send(run) == {late}


def test_orders_from_moved_back_is_made_good_by_a_backfill(lab: ScanLab) -> None:
    lab.use(orders__orders_from=NOON)
    early = lab.place(NOON - TEN / 2)
    lab.scan()
    lab.use(orders__orders_from=NOON - TEN)
    assert lab.to_send(lab.scan(RunKind.BACKFILL, NOON - TEN, NOON)) == {early}


def test_a_cancelled_order_is_excluded(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    lab.edit("discard_order", uid=uid)
    assert lab.outcome(lab.scan(), uid) == (Outcome.EXCLUDED, "discarded")


def test_manual_orders_are_found_and_listed(lab: ScanLab) -> None:
    lab.use(events__export_order__when="manual")
    uid = lab.place(NOON - TEN / 2)
    run = lab.scan()
    assert lab.outcome(run, uid) == (Outcome.HELD, "manual_export")
    assert lab.to_send(run) == set()
    lab.orders.move_scanned_to("demo", NOON + TEN)  # out of the overlap
    lab.now += timedelta(days=1)
    assert lab.orders.found(lab.scan().ctx.run) == set()
    assert lab.to_send(lab.scan(RunKind.MANUAL, send_manual=True)) == {uid}


def test_a_manual_run_reads_up_to_now_and_moves_on(lab: ScanLab) -> None:
    lab.scan()
    lab.now += timedelta(minutes=7)
    uid = lab.place(lab.now - SECOND)
    run = lab.scan(RunKind.MANUAL)
    assert lab.to_send(run) == {uid}
    assert lab.orders.scan_state("demo").scanned_to == lab.now


def test_a_scan_that_is_repeated_finds_the_same_and_keeps_what_was_sent(lab: ScanLab) -> None:
    sent, held = lab.place(NOON - TEN / 2), lab.place(NOON - TEN / 3)
    ctx = lab.context(run_id="scheduled__again")
    run = lab.scan(ctx=ctx)
    lab.send(run, sent)
    lab.orders.hold(ctx.run, held, "email_missing", "No e-mail address.", "")
    again = lab.scan(ctx=ctx)
    assert lab.orders.found(ctx.run) == {sent, held}
    assert lab.outcome(again, sent)[0] is Outcome.SENT
    assert lab.to_send(again) == {held}


def test_two_runs_over_the_same_time_record_each_order_once(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    live = lab.scan()
    backfill = lab.scan(RunKind.BACKFILL, NOON - TEN, NOON)
    assert lab.to_send(live) == lab.to_send(backfill) == {uid}
    lab.send(live)
    assert lab.outcome(lab.scan(RunKind.BACKFILL, NOON - TEN, NOON), uid)[0] is Outcome.UNCHANGED


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_the_nights_on_which_the_clocks_change(lab: ScanLab, night: str) -> None:
    """Orders every ten minutes of local time, also those whose wall clock shows the same time twice."""
    begin = datetime.fromisoformat(f"{night}T00:00+00:00").astimezone(UTC) - timedelta(hours=1)
    lab.use(orders__orders_from=begin)
    lab.now = begin
    lab.scan()
    placed, found = set(), set()
    for step in range(18):
        placed.add(lab.place(begin + step * TEN + TEN / 2))
        lab.now = begin + (step + 1) * TEN
        run = lab.scan()
        found |= lab.to_send(run)
        lab.send(run)
    assert found == placed


@pytest.mark.parametrize("switch", [{"time_format": "naive"}, {"time_format": "z"}, {"time_format": "blank"}])
def test_times_in_any_form(lab: ScanLab, switch: dict[str, str]) -> None:
    lab.abicart_server.control.switches(**switch)
    inside, outside = lab.place(NOON - SECOND), lab.place(NOON)
    run = lab.scan()
    assert lab.to_send(run) == {inside}
    assert outside not in lab.orders.states("demo", [outside])


@pytest.mark.parametrize("secret", [b"", b"too short"])
def test_without_a_secret_nothing_is_read(lab: ScanLab, secret: bytes) -> None:
    ctx = lab.context()
    ctx.hash_secret = secret
    with pytest.raises(ConfigurationError, match="hash_secret"):
        _ = ctx.customer_secret
