"""Holding the leases on a chunk's products while they are written (rule 4)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from abicart_specter.errors import LeaseHeldError
from abicart_specter.ledger import Lease, LeaseLostError, Ledger

log = logging.getLogger(__name__)

LOOK_AGAIN = 0.5
"""Seconds between two looks at a lease that somebody else holds."""


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How long leases last, in seconds.

    ``write_timeout`` is the longest that one write can take before the client gives it up. A lease lasts
    four of them and is renewed before a write that would start with less than two left.
    ``margin`` is waited on top before a dead owner's products are taken over: its last request may still be
    on its way. ``patience`` is how long the reader of a queue waits for the one before it, before it gives up for now:
    shops that share an account come at the same time every night.
    """

    write_timeout: float
    margin: float = 60.0
    patience: float = 0.0

    @property
    def seconds(self) -> float:
        """Length of a lease."""
        return 4 * self.write_timeout

    @property
    def needed(self) -> float:
        """What must be left when a write starts."""
        return 2 * self.write_timeout


@dataclass(slots=True)
class LeaseKeeper:
    """Holds several leases at once and renews them in time."""

    ledger: Ledger
    terms: LeaseTerms
    monotonic: Callable[[], float] = time.monotonic
    _leases: list[Lease] = field(default_factory=list)
    _good_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def before_write(self) -> None:
        """Call before each write: renews when less than two time-outs are left.

        :raises LeaseLostError: the lease was lost; nothing may be written any more.
        """
        with self._lock:
            if self._good_until - self.monotonic() >= self.terms.needed:
                return
            started = self.monotonic()
            self._leases = [self.ledger.renew_lease(lease, self.terms.seconds) for lease in self._leases]
            self._good_until = started + self.terms.seconds


@contextmanager
def hold_leases(
    ledger: Ledger,
    names: Sequence[str],
    owner: str,
    terms: LeaseTerms,
    *,
    patience: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[LeaseKeeper]:
    """Take all of ``names`` or none, and give them back at the end.

    Whoever takes over from a dead owner waits one time-out and the margin first.

    :param patience: seconds to wait for somebody who holds one of them.
    :raises LeaseHeldError: another run is at work on them.
    """
    keeper = LeaseKeeper(ledger, terms, monotonic)
    try:
        until = monotonic() + patience
        for name in sorted(names):
            while True:
                started = monotonic()
                try:
                    keeper._leases.append(ledger.acquire_lease(name, owner, terms.seconds))
                    break
                except LeaseHeldError:
                    if started >= until:
                        raise
                    sleep(LOOK_AGAIN)
            keeper._good_until = min(keeper._good_until or started + terms.seconds, started + terms.seconds)
        if any(lease.took_over for lease in keeper._leases):
            wait = terms.write_timeout + terms.margin
            log.warning(
                "An earlier try ended without giving back its leases; waiting %.0f s for its last request.",
                wait,
            )
            _wait_holding(keeper, wait, sleep, monotonic)
        yield keeper
    finally:
        for lease in keeper._leases:
            with suppress(LeaseLostError):  # lost meanwhile: then it is not ours to give back
                ledger.release_lease(lease)


def _wait_holding(
    keeper: LeaseKeeper, seconds: float, sleep: Callable[[float], None], monotonic: Callable[[], float]
) -> None:
    """Wait, and keep the leases meanwhile."""
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        keeper.before_write()
        sleep(min(left, keeper.terms.write_timeout))
