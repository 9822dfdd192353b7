"""A token bucket: at most so many requests a second, with a small burst after a pause."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class RateLimiter:
    """Each request takes a token; tokens come back at ``rate`` a second.

    :param rate: tokens a second; ``None`` lets everything pass.
    :param burst: most tokens that can be saved up. 1 keeps requests evenly spaced.
    """

    def __init__(
        self,
        rate: float | None,
        *,
        burst: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._sleep = sleep
        self._clock = clock
        self._lock = Lock()
        self._tokens = burst
        self._filled_at = clock()

    def acquire(self) -> float:
        """Wait until a request may leave; returns the seconds waited.

        The token is taken before the wait, so that several threads queue up instead of leaving together.
        """
        if self._rate is None:
            return 0.0
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
            self._filled_at = now
            self._tokens -= 1
            wait = max(0.0, -self._tokens / self._rate)
        if wait > 0:
            self._sleep(wait)
        return wait
