"""The nightly sweep takes up what no run could see in time: late commits, slow clocks."""

from __future__ import annotations

from datetime import timedelta

from scan_lab import NOON, TEN, ScanLab

from abicart_specter.domain.records import Outcome

HOUR = timedelta(hours=1)


def test_an_order_committed_hours_late_is_taken_up(lab: ScanLab) -> None:
    lab.scan()
    lab.now += 5 * HOUR
    late = lab.place(NOON - HOUR)
    run = lab.scan()
    assert late not in lab.orders.found(run.ctx.run)
    summary = lab.sweep(run)
    assert (summary.compared, summary.missing) == (1, 1)
    assert lab.to_send(run) == {late}


def test_a_shop_whose_clock_is_an_hour_slow_loses_nothing(lab: ScanLab) -> None:
    lab.scan()
    placed = []
    for _ in range(6):
        lab.now += TEN
        placed.append(lab.place(lab.now - HOUR))
        lab.scan()
    run = lab.scan()
    lab.sweep(run)
    assert lab.orders.missing_of("demo", placed) == set()


def test_a_shop_whose_clock_is_ahead_loses_nothing(lab: ScanLab) -> None:
    placed = [lab.place(NOON + HOUR)]
    assert lab.scan().summary.found == 0
    lab.now = NOON + HOUR + TEN
    assert lab.to_send(lab.scan()) == set(placed)


def test_it_compares_the_last_days_only(lab: ScanLab) -> None:
    lab.use(orders__sweep_days=3)
    lab.orders.move_scanned_to("demo", NOON - TEN)
    old, young = lab.place(NOON - timedelta(days=3, minutes=1)), lab.place(NOON - timedelta(days=2))
    run = lab.scan()
    lab.sweep(run)
    assert lab.orders.missing_of("demo", [old, young]) == {old}


def test_orders_before_orders_from_are_not_looked_for(lab: ScanLab) -> None:
    lab.use(orders__orders_from=NOON - HOUR)
    lab.orders.move_scanned_to("demo", NOON - TEN)
    lab.place(NOON - 2 * HOUR)
    assert lab.sweep(lab.scan()).compared == 0


def test_what_it_finds_is_settled_like_any_other(lab: ScanLab) -> None:
    lab.orders.move_scanned_to("demo", NOON - TEN)
    cancelled = lab.place(NOON - HOUR)
    lab.edit("discard_order", uid=cancelled)
    run = lab.scan()
    lab.sweep(run)
    assert lab.outcome(run, cancelled) == (Outcome.EXCLUDED, "discarded")


def test_the_run_says_when_it_is_due(lab: ScanLab) -> None:
    run = lab.scan()
    assert "sweep_orders" not in run.needless
    lab.sweep(run)
    lab.now += TEN
    assert "sweep_orders" in lab.scan().needless
    lab.now += timedelta(days=1)
    assert "sweep_orders" not in lab.scan().needless


def test_repeated_after_a_kill_it_still_takes_up_everything(lab: ScanLab) -> None:
    """Killed after the orders were recorded and before they were settled: they are in the run, and go."""
    lab.orders.move_scanned_to("demo", NOON - TEN)
    late = lab.place(NOON - HOUR)
    run = lab.scan()
    lab.sweep(run)
    again = lab.sweep(run)
    assert again.missing == 0
    assert lab.to_send(run) == {late}
