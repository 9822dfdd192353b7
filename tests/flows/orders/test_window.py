"""Which time a run reads: no order may fall between two runs, whatever was skipped between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.orders.window import (
    STOCKHOLM,
    Interval,
    RunKind,
    ScanWindow,
    sweep_is_due,
    window_of,
)

TEN = timedelta(minutes=10)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ORDERS_FROM = datetime(2026, 3, 1, tzinfo=STOCKHOLM)


def window(
    kind: RunKind, start: datetime | None, *, scanned_to: datetime | None = None, now: datetime = NOON
) -> ScanWindow:
    interval = None if start is None else Interval(start, start + TEN)
    return window_of(kind, interval, scanned_to=scanned_to, orders_from=ORDERS_FROM, overlap=TEN, now=now)


def test_a_scheduled_run_reads_its_interval_and_the_overlap() -> None:
    read = window(RunKind.SCHEDULED, NOON, scanned_to=NOON)
    assert (read.since, read.until) == (NOON - TEN, NOON + TEN)
    assert read.follows_on


def test_after_three_days_of_pause_the_next_run_reads_all_of_them() -> None:
    read = window(RunKind.SCHEDULED, NOON, scanned_to=NOON - timedelta(days=3))
    assert (read.since, read.until) == (NOON - timedelta(days=3) - TEN, NOON + TEN)


def test_the_first_run_reads_since_orders_from() -> None:
    read = window(RunKind.SCHEDULED, NOON)
    assert (read.since, read.until) == (ORDERS_FROM, NOON + TEN)


def test_orders_from_in_the_future_shortens_nothing() -> None:
    read = window_of(
        RunKind.SCHEDULED,
        Interval(NOON, NOON + TEN),
        scanned_to=None,
        orders_from=NOON + timedelta(days=9),
        overlap=TEN,
        now=NOON,
    )
    assert read.since == NOON - TEN


@pytest.mark.parametrize("scanned_to", [None, NOON - timedelta(days=3), NOON + timedelta(days=3)])
def test_a_backfill_reads_exactly_its_interval(scanned_to: datetime | None) -> None:
    read = window(RunKind.BACKFILL, NOON - timedelta(days=30), scanned_to=scanned_to)
    assert (read.since, read.until) == (NOON - timedelta(days=30), NOON - timedelta(days=30) + TEN)
    assert not read.follows_on


def test_a_manual_run_needs_no_interval_and_reads_up_to_now() -> None:
    read = window(RunKind.MANUAL, None, scanned_to=NOON - timedelta(hours=1))
    assert (read.since, read.until) == (NOON - timedelta(hours=1) - TEN, NOON)


@pytest.mark.parametrize("kind", [RunKind.SCHEDULED, RunKind.BACKFILL])
def test_without_an_interval_nothing_is_guessed(kind: RunKind) -> None:
    with pytest.raises(ConfigurationError, match="no interval"):
        window(kind, None)
    with pytest.raises(ConfigurationError, match="no interval"):
        window_of(kind, Interval(NOON, NOON), scanned_to=None, orders_from=NOON, overlap=TEN, now=NOON)


@pytest.mark.parametrize(
    ("run_type", "kind"),
    [
        ("scheduled", RunKind.SCHEDULED),
        ("backfill", RunKind.BACKFILL),
        ("manual", RunKind.MANUAL),
        ("operator_triggered", RunKind.MANUAL),
        ("asset_triggered", RunKind.MANUAL),
    ],
)
def test_the_kind_of_a_run_is_airflows(run_type: str, kind: RunKind) -> None:
    assert RunKind.of(run_type) is kind


@pytest.mark.parametrize("word", ["DagRunType.BACKFILL_JOB", "Scheduled", ""])
def test_a_kind_that_nobody_knows_is_no_manual_run(word: str) -> None:
    with pytest.raises(ConfigurationError, match="no kind of run"):
        RunKind.of(word)


def test_a_window_survives_xcom() -> None:
    read = window(RunKind.SCHEDULED, NOON, scanned_to=NOON)
    assert ScanWindow.from_xcom(read.as_xcom()) == read


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=1, max_value=500),  # how many intervals pass until the next run
            st.sampled_from(list(RunKind)),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_is_skipped_every_moment_before_scanned_to_was_read(steps) -> None:
    """Runs at random times, backfills of random intervals between them."""
    start, scanned_to = ORDERS_FROM.astimezone(UTC), None
    read_to: datetime | None = None  # every moment from ORDERS_FROM to here was read
    for intervals, kind in steps:
        start += TEN * intervals
        read = window(kind, start, scanned_to=scanned_to, now=start + TEN)
        if not read.follows_on:
            continue
        assert read.since <= (read_to or ORDERS_FROM), "a gap"
        read_to = max(read_to or read.until, read.until)
        scanned_to = read.until if scanned_to is None else max(scanned_to, read.until)
        assert scanned_to == read_to


@pytest.mark.parametrize(
    ("now", "swept_to", "due"),
    [
        ("2026-03-02T03:00+01:00", "2026-03-01T03:00+01:00", True),
        ("2026-03-02T02:59+01:00", "2026-03-01T03:00+01:00", False),
        ("2026-03-02T23:50+01:00", "2026-03-02T03:00+01:00", False),
        ("2026-03-02T02:00+01:00", "2026-02-28T03:00+01:00", True),
        ("2026-03-02T12:00+01:00", None, True),
        # the night on which 02:00–03:00 is not there
        ("2026-03-29T01:50+01:00", "2026-03-28T03:00+01:00", False),
        ("2026-03-29T03:00+02:00", "2026-03-28T03:00+01:00", True),
        ("2026-03-29T03:10+02:00", "2026-03-29T03:00+02:00", False),
        ("2026-03-30T02:50+02:00", "2026-03-29T03:00+02:00", False),
        # the night on which 02:00–03:00 is there twice
        ("2026-10-25T02:30+02:00", "2026-10-24T03:00+02:00", False),
        ("2026-10-25T02:30+01:00", "2026-10-24T03:00+02:00", False),
        ("2026-10-25T03:00+01:00", "2026-10-24T03:00+02:00", True),
        ("2026-10-25T03:10+01:00", "2026-10-25T03:00+01:00", False),
    ],
)
def test_the_first_run_after_three_in_stockholm_sweeps(now: str, swept_to: str | None, due: bool) -> None:
    at = datetime.fromisoformat(now).astimezone(UTC)
    before = None if swept_to is None else datetime.fromisoformat(swept_to).astimezone(UTC)
    assert sweep_is_due(RunKind.SCHEDULED, swept_to=before, now=at) is due
    assert not sweep_is_due(RunKind.BACKFILL, swept_to=before, now=at)
    assert not sweep_is_due(RunKind.MANUAL, swept_to=before, now=at)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-01"])
def test_each_day_has_one_sweep_also_when_the_clocks_change(day: str) -> None:
    at = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=STOCKHOLM).astimezone(UTC)
    end = (at.astimezone(STOCKHOLM) + timedelta(days=1)).astimezone(UTC)
    swept_to: datetime | None = at - timedelta(hours=12)
    sweeps = []
    while at < end:
        if sweep_is_due(RunKind.SCHEDULED, swept_to=swept_to, now=at):
            sweeps.append(at.astimezone(STOCKHOLM).strftime("%H:%M"))
            swept_to = at
        at += TEN
    assert sweeps == ["03:00"]
