"""The switch ``rate_limit``: how many requests of the last second are let through."""

from __future__ import annotations

from collections import deque
from math import ceil


class Throttle:
    """A sliding window of one second."""

    def __init__(self) -> None:
        self._taken: deque[float] = deque()

    def wait(self, per_second: int, now: float) -> int:
        """Whole seconds the caller must wait; 0 lets the request through and counts it."""
        if not per_second:
            return 0
        while self._taken and self._taken[0] <= now - 1:
            self._taken.popleft()
        if len(self._taken) < per_second:
            self._taken.append(now)
            return 0
        return max(1, ceil(self._taken[0] + 1 - now))
