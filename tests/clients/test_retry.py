"""The decision about retries and the waits between them, apart from any network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.clients.retry import (
    NOTHING_DONE,
    Effect,
    Failure,
    Happened,
    Verdict,
    decide,
    parse_retry_after,
    waiting_time,
)

HARMLESS = [Happened.NOT_SENT, Happened.SLOW_DOWN]
DOUBTFUL = [Happened.LOST, Happened.UNREADABLE, Happened.SERVER_FAULT]


def verdict(
    effect: Effect, *happened: Happened, max_tries: int = 3, retry_after: float | None = None
) -> Verdict:
    failures = [Failure(one, "", retry_after) for one in happened]
    return decide(effect, failures, max_tries=max_tries, max_retry_after=60.0)


@pytest.mark.parametrize("happened", HARMLESS + DOUBTFUL)
@pytest.mark.parametrize("effect", [Effect.NONE, Effect.REPEATABLE])
def test_what_may_be_repeated_is_tried_again_until_the_tries_are_used_up(effect, happened):
    assert verdict(effect, happened) is Verdict.RETRY
    assert verdict(effect, happened, happened) is Verdict.RETRY
    assert verdict(effect, happened, happened, happened) is not Verdict.RETRY


@pytest.mark.parametrize("happened", HARMLESS + DOUBTFUL)
def test_a_read_is_never_unconfirmed(happened):
    assert verdict(Effect.NONE, happened, max_tries=1) is Verdict.GIVE_UP


@pytest.mark.parametrize("effect", [Effect.REPEATABLE, Effect.ONCE])
@pytest.mark.parametrize("happened", DOUBTFUL)
def test_a_write_without_an_answer_is_unconfirmed(effect, happened):
    assert verdict(effect, happened, max_tries=1) is Verdict.UNCONFIRMED


@pytest.mark.parametrize("effect", [Effect.REPEATABLE, Effect.ONCE])
@pytest.mark.parametrize("happened", [*HARMLESS, Happened.UNTRUSTED])
def test_a_write_that_surely_was_not_done_is_given_up(effect, happened):
    assert verdict(effect, happened, max_tries=1) is Verdict.GIVE_UP


@pytest.mark.parametrize("last", HARMLESS)
@pytest.mark.parametrize("first", DOUBTFUL)
def test_one_doubtful_try_makes_the_whole_write_unconfirmed(first, last):
    assert verdict(Effect.REPEATABLE, first, last, last) is Verdict.UNCONFIRMED


@pytest.mark.parametrize("happened", list(Happened))
def test_what_must_be_done_once_is_never_tried_again(happened):
    assert verdict(Effect.ONCE, happened, max_tries=9) is not Verdict.RETRY


@pytest.mark.parametrize("effect", list(Effect))
def test_an_untrusted_server_is_not_asked_again(effect):
    assert verdict(effect, Happened.UNTRUSTED, max_tries=9) is Verdict.GIVE_UP


def test_a_server_that_wants_too_long_a_wait_is_not_waited_for():
    assert verdict(Effect.NONE, Happened.SLOW_DOWN, retry_after=60) is Verdict.RETRY
    assert verdict(Effect.NONE, Happened.SLOW_DOWN, retry_after=61) is Verdict.GIVE_UP
    assert verdict(Effect.REPEATABLE, Happened.SERVER_FAULT, retry_after=61) is Verdict.UNCONFIRMED


@given(
    st.sampled_from(list(Effect)),
    st.lists(st.sampled_from(list(Happened)), min_size=1, max_size=8),
    st.integers(1, 8),
)
def test_a_write_is_given_up_as_not_done_only_if_that_is_certain(effect, happened, max_tries):
    result = verdict(effect, *happened, max_tries=max_tries)
    if effect is not Effect.NONE and result is Verdict.GIVE_UP:
        assert set(happened) <= NOTHING_DONE
    if result is Verdict.UNCONFIRMED:
        assert effect is not Effect.NONE
        assert not set(happened) <= NOTHING_DONE


def test_waits_double_up_to_the_cap():
    waits = [waiting_time(n, base=0.5, cap=5.0, draw=1.0) for n in range(1, 7)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


@given(
    st.integers(1, 500),
    st.floats(0.01, 10),
    st.floats(0.01, 60),
    st.floats(0, 1),
    st.none() | st.floats(0, 600),
)
def test_a_wait_lies_between_half_and_full_and_never_below_what_is_asked(tries, base, cap, draw, asked):
    full = min(cap, base * 2.0 ** min(tries - 1, 60))
    wait = waiting_time(tries, base=base, cap=cap, draw=draw, retry_after=asked)
    assert wait >= min(base, cap)
    assert wait >= (asked or 0.0)
    assert full * 0.5 <= wait <= max(full, min(base, cap), asked or 0.0)


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Sun, 01 Mar 2026 12:00:10 -0000", 10.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("9" * 30, None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert parse_retry_after(header, NOW) == seconds
