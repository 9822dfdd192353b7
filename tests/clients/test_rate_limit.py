"""The token bucket, by a clock that only moves when somebody sleeps."""

from __future__ import annotations

import pytest

from abicart_specter.clients.rate_limit import RateLimiter


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("rate", [0.5, 3.0, 25.0])
def test_no_second_sees_more_than_the_rate(rate):
    clock = Clock()
    limiter = RateLimiter(rate, sleep=clock.sleep, clock=clock)
    left_at = []
    for _ in range(100):
        limiter.acquire()
        left_at.append(clock.now)
    assert clock.now - 100.0 == pytest.approx(99 / rate)
    for at in left_at:
        window = [one for one in left_at if at <= one < at + 1 - 1e-9]
        assert len(window) <= max(1, rate)


def test_a_pause_saves_up_no_more_than_the_burst():
    clock = Clock()
    limiter = RateLimiter(2.0, burst=3, sleep=clock.sleep, clock=clock)
    clock.now += 1000
    waits = [limiter.acquire() for _ in range(5)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert waits[3:] == pytest.approx([0.5, 0.5])


def test_without_a_rate_nothing_waits():
    clock = Clock()
    limiter = RateLimiter(None, sleep=clock.sleep, clock=clock)
    assert [limiter.acquire() for _ in range(1000)] == [0.0] * 1000
    assert clock.now == 100.0
