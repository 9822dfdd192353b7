"""The lease on one buyer's orders while they are written, prolonged in time (rules 4 and 14)."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from abicart_specter.errors import LeaseHeldError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.ledger import Lease, LeaseLostError
from abicart_specter.ledger.order_records import Intended


@dataclass(slots=True)
class CustomerLease:
    """Taken with the first intent, given back with the last ending or by ``release``."""

    ctx: FlowContext
    customer_key: str
    terms: LeaseTerms
    monotonic: Callable[[], float] = time.monotonic
    lease: Lease | None = None
    _good_until: float = 0.0

    @property
    def held(self) -> Lease:
        """The lease.

        :raises LeaseLostError: it is not held.
        """
        if self.lease is None:
            raise LeaseLostError(f"The lease on orders of customer {self.customer_key[:8]} is not held.")
        return self.lease

    def intend(self, intent: Intended) -> None:
        """Store an intent, taking the lease first if it is not held yet.

        :raises LeaseHeldError, OrderNotOpenError, RecordError: nothing may be written.
        """
        started, ledger = self.monotonic(), self.ctx.ledger.orders
        if self.lease is None:
            self.lease = ledger.begin(
                self.ctx.shop,
                self.customer_key,
                self.ctx.owner,
                self.terms.seconds,
                intent,
                settle_seconds=self.settle_seconds,
            )
        else:
            self.lease = ledger.intend(self.lease, self.terms.seconds, intent)
        self._good_until = started + self.terms.seconds

    @property
    def settle_seconds(self) -> float:
        """For so long after its owner died, a write may still arrive."""
        return self.terms.write_timeout + self.terms.margin

    def prolonged(self, lease: Lease | None, since: float) -> None:
        """Go on with the lease as an ending gave it back."""
        self.lease = lease
        self._good_until = since + self.terms.seconds

    def before_write(self) -> None:
        """Call before each try of a write: no write starts with less than twice its time-out left.

        :raises LeaseLostError: somebody else has it; nothing may be written any more.
        """
        if self._good_until - self.monotonic() >= self.terms.needed:
            return
        started = self.monotonic()
        self.lease = self.ctx.ledger.renew_lease(self.held, self.terms.seconds)
        self._good_until = started + self.terms.seconds

    def leave(self) -> None:
        """Give it up without giving it back: a write under it may still arrive, so nobody else begins before it ran out
        and that write had its time (rule 4)."""
        self.lease = None

    def release(self) -> None:
        """Give it back, if it is still held."""
        lease, self.lease = self.lease, None
        if lease is not None:
            with suppress(LeaseLostError):
                self.ctx.ledger.release_lease(lease)


__all__ = ["CustomerLease", "LeaseHeldError"]
