"""Rule 4: never two holders, and a late owner learns that it is late (faults F31 and F32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import ledger_workers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abicart_specter.errors import LeaseHeldError
from abicart_specter.ledger import Lease, LeaseLostError, Ledger

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(url: str, clock: Clock) -> Any:
    with Ledger.open(url, clock=clock) as ledger:
        yield ledger


def test_a_free_lease_is_given_and_a_held_one_is_not(timed: Ledger, clock: Clock) -> None:
    lease = timed.acquire_lease("chunk 0", "first", 60)
    assert lease == Lease("chunk 0", "first", 1, START, START + timedelta(seconds=60), took_over=False)
    clock.pass_(20)
    with pytest.raises(LeaseHeldError, match="worked on by first, for 40 s") as raised:
        timed.acquire_lease("chunk 0", "second", 60)
    assert raised.value.seconds_left == 40
    assert timed.acquire_lease("chunk 1", "second", 60).attempt == 1  # another name is another lease


def test_an_owner_does_not_get_its_own_lease_twice(timed: Ledger) -> None:
    timed.acquire_lease("chunk 0", "first", 60)
    with pytest.raises(LeaseHeldError):
        timed.acquire_lease("chunk 0", "first", 60)


def test_a_lease_that_was_given_back_is_no_take_over(timed: Ledger) -> None:
    timed.release_lease(timed.acquire_lease("chunk 0", "first", 60))
    second = timed.acquire_lease("chunk 0", "second", 60)
    assert (second.attempt, second.took_over, second.previous_owner) == (2, False, "first")
    assert second.previous_expired_at is None


def test_a_lease_that_ran_out_is_taken_over_and_says_so(timed: Ledger, clock: Clock) -> None:
    first = timed.acquire_lease("chunk 0", "first", 60)
    clock.pass_(59.999)
    with pytest.raises(LeaseHeldError):
        timed.acquire_lease("chunk 0", "second", 60)
    clock.pass_(0.001)
    second = timed.acquire_lease("chunk 0", "second", 30)
    assert (second.attempt, second.took_over, second.previous_owner) == (2, True, "first")
    assert second.previous_expired_at == first.expires_at
    assert second.expires_at == START + timedelta(seconds=90)


def test_the_late_owner_can_neither_renew_nor_release_nor_go_on(timed: Ledger, clock: Clock) -> None:
    first = timed.acquire_lease("chunk 0", "first", 60)
    clock.pass_(60)
    second = timed.acquire_lease("chunk 0", "second", 60)
    for late in (
        lambda: timed.renew_lease(first, 60),
        lambda: timed.release_lease(first),
        lambda: timed.lease_seconds_left(first),
    ):
        with pytest.raises(LeaseLostError, match=r"first no longer holds the lease on chunk 0 \(attempt 1\)"):
            late()
    assert timed.lease_seconds_left(second) == 60


def test_owners_of_the_same_name_are_told_apart_by_their_attempt(timed: Ledger, clock: Clock) -> None:
    first = timed.acquire_lease("chunk 0", "task", 60)
    clock.pass_(60)
    timed.acquire_lease("chunk 0", "task", 60)
    with pytest.raises(LeaseLostError):
        timed.release_lease(first)


def test_a_lease_is_prolonged_from_now(timed: Ledger, clock: Clock) -> None:
    lease = timed.acquire_lease("chunk 0", "first", 60)
    clock.pass_(50)
    renewed = timed.renew_lease(lease, 60)
    assert renewed.expires_at == START + timedelta(seconds=110)
    assert (renewed.attempt, renewed.acquired_at) == (lease.attempt, lease.acquired_at)
    clock.pass_(59)
    assert timed.lease_seconds_left(lease) == 1
    with pytest.raises(LeaseHeldError):
        timed.acquire_lease("chunk 0", "second", 60)


def test_a_lease_that_ran_out_is_lost_even_if_nobody_took_it(timed: Ledger, clock: Clock) -> None:
    lease = timed.acquire_lease("chunk 0", "first", 60)
    clock.pass_(60)
    with pytest.raises(LeaseLostError):
        timed.renew_lease(lease, 60)
    with pytest.raises(LeaseLostError):
        timed.lease_seconds_left(lease)
    timed.release_lease(lease)  # it did end its work
    assert not timed.acquire_lease("chunk 0", "second", 60).took_over


def test_a_lease_is_given_back_once(timed: Ledger) -> None:
    lease = timed.acquire_lease("chunk 0", "first", 60)
    timed.release_lease(lease)
    with pytest.raises(LeaseLostError):
        timed.release_lease(lease)
    with pytest.raises(LeaseLostError):
        timed.renew_lease(lease, 60)
    with pytest.raises(LeaseLostError):
        timed.lease_seconds_left(lease)


def test_a_block_gives_its_lease_back_also_after_an_error(timed: Ledger) -> None:
    with timed.hold_lease("chunk 0", "first", 60) as lease:
        assert timed.lease_seconds_left(lease) == 60
    with pytest.raises(ZeroDivisionError), timed.hold_lease("chunk 0", "second", 60):
        raise ZeroDivisionError
    assert timed.acquire_lease("chunk 0", "third", 60).attempt == 3


def test_a_block_that_lost_its_lease_says_so_but_hides_no_error(timed: Ledger, clock: Clock) -> None:
    def lose_it() -> None:
        clock.pass_(61)
        timed.release_lease(timed.acquire_lease("chunk 0", "other", 60))

    with pytest.raises(LeaseLostError), timed.hold_lease("chunk 0", "first", 60):
        lose_it()
    with pytest.raises(ZeroDivisionError), timed.hold_lease("chunk 0", "first", 60):
        lose_it()
        raise ZeroDivisionError


def test_the_database_clock_decides_unless_told_otherwise(ledger: Ledger) -> None:
    lease = ledger.acquire_lease("chunk 0", "first", 3600)
    assert (lease.expires_at - lease.acquired_at).total_seconds() == pytest.approx(3600, abs=0.01)
    assert 3590 < ledger.lease_seconds_left(lease) <= 3600
    over = ledger.acquire_lease("chunk 1", "first", 0)
    with pytest.raises(LeaseLostError):
        ledger.lease_seconds_left(over)
    assert ledger.acquire_lease("chunk 1", "second", 60).took_over


class Model:
    """What a lease is: the plain version to compare with."""

    def __init__(self) -> None:
        self.holder: Lease | None = None
        self.until = START
        self.released = True
        self.attempt = 0


STEPS = st.one_of(
    st.tuples(st.just("acquire"), st.integers(0, 2), st.integers(1, 50)),
    st.tuples(st.just("renew"), st.integers(0, 2), st.integers(1, 50)),
    st.tuples(st.just("release"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 40)),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_any_history_of_a_lease_goes_as_in_the_plain_version(
    timed: Ledger, clock: Clock, steps: list[tuple[str, int, int]]
) -> None:
    name, model = uuid4().hex, Model()
    own: dict[int, Lease] = {}
    for act, owner, seconds in steps:
        lease = own.get(owner)
        is_holder = lease is not None and model.holder is not None and lease.attempt == model.attempt
        live = not model.released and clock.now < model.until
        if act == "wait":
            clock.pass_(seconds)
        elif act == "acquire":
            if live:
                with pytest.raises(LeaseHeldError):
                    timed.acquire_lease(name, f"owner {owner}", seconds)
                continue
            got = timed.acquire_lease(name, f"owner {owner}", seconds)
            model.attempt += 1
            assert got.attempt == model.attempt
            assert got.took_over == (model.holder is not None and not model.released)
            own[owner], model.holder, model.released = got, got, False
            model.until = clock.now + timedelta(seconds=seconds)
        elif lease is not None and act == "renew":
            if is_holder and live:
                timed.renew_lease(lease, seconds)
                model.until = clock.now + timedelta(seconds=seconds)
            else:
                with pytest.raises(LeaseLostError):
                    timed.renew_lease(lease, seconds)
        elif lease is not None and act == "release":
            if is_holder and not model.released:
                timed.release_lease(lease)
                model.released = True
            else:
                with pytest.raises(LeaseLostError):
                    timed.release_lease(lease)


def test_many_processes_never_hold_a_lease_at_once(
    url: str, worker: Callable[..., Any], tmp_path: Path
) -> None:
    Ledger.open(url).close()
    counter = tmp_path / "counter"
    counter.write_text("0", encoding="ascii")
    racing = [worker(ledger_workers.hold_leases, url, f"owner {n}", 15, str(counter)) for n in range(5)]
    for each in racing:
        assert each.pipe.recv() == "ready"
    for each in racing:
        each.pipe.send("go")
    held = sorted(entry for each in racing for entry in each.pipe.recv())
    for each in racing:
        each.end()
    assert [attempt for attempt, *_ in held] == list(range(1, 76))
    for (_, _, ended, _), (_, began, _, took_over) in pairwise(held):
        assert ended < began
        assert not took_over
    assert counter.read_text(encoding="ascii") == "75"


def test_a_name_that_nobody_held_before_goes_to_one_of_many(url: str, worker: Callable[..., Any]) -> None:
    names = [f"chunk {number}" for number in range(40)]
    orders = [names, names[::-1], names[20:] + names[:20], names]
    racing = [
        worker(ledger_workers.race_for_lease, url, f"owner {n}", order) for n, order in enumerate(orders)
    ]
    for each in racing:
        assert each.pipe.recv() == "ready"
    for each in racing:
        each.pipe.send("go")
    got = [name for each in racing for name in each.pipe.recv()]
    for each in racing:
        each.end()
    assert sorted(got) == sorted(names)


def test_the_lease_of_a_killed_process_is_free_when_it_runs_out(url: str, worker: Callable[..., Any]) -> None:
    dead = worker(ledger_workers.hold_and_hang, url, "dead", 60.0)
    lease = dead.pipe.recv()
    dead.kill()
    with Ledger.open(url) as ledger, pytest.raises(LeaseHeldError, match="worked on by dead"):
        ledger.acquire_lease("chunk 0", "next", 60)
    with Ledger.open(url, clock=lambda: lease.expires_at) as later:
        taken = later.acquire_lease("chunk 0", "next", 60)
    assert (taken.attempt, taken.took_over, taken.previous_owner) == (2, True, "dead")
    assert taken.previous_expired_at == lease.expires_at
