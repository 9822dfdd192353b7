"""What one task of the order export counts and decides while it sends: shared by the steps of an order."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.orders.masking import hide
from abicart_specter.domain.records import Flag, Outcome, Severity
from abicart_specter.errors import RecordError, RefusedError, RetriableError, UnconfirmedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.alarms import SPECTER, TWICE, raise_alarm
from abicart_specter.flows.orders.ask_first import ask_something_harmless
from abicart_specter.flows.orders.customer_lease import CustomerLease
from abicart_specter.flows.orders.prepare_order import OrderTools, PreparedOrder
from abicart_specter.ledger.order_records import OrderEnded, OrderRecord
from abicart_specter.ledger.order_rules import OrderState, outcome_of

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3

Ready = tuple[PreparedOrder, OrderRecord]
"""An order that may go, and what the ledger says of it."""


class SpecterSilentError(RetriableError):
    """Specter did not answer three times in a row: the chunk stops, what is left stays due."""


class BuyerStops(Exception):
    """Later orders of this buyer must wait."""


@dataclass(slots=True)
class Sending:
    """One task's tools and counts.

    ``accepted``: orders that went in this task and whose number is to be written back.
    ``stopped``: buyers whose earlier order could not be sent; the later ones wait for it (rule 12).
    ``doubtful``: Specter did not answer the last time, in this task or before.
    """

    ctx: FlowContext
    specter: SpecterClient
    tools: OrderTools
    terms: LeaseTerms
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    accepted: list[Ready] = field(default_factory=list)
    failures: int = 0
    stopped: set[str] = field(default_factory=set)
    any_answer: bool = False
    doubtful: bool = False

    @classmethod
    def begin(cls, ctx: FlowContext, specter: SpecterClient, tools: OrderTools, terms: LeaseTerms) -> Sending:
        """While it is known that Specter does not answer, one more silence is enough to leave it alone again."""
        sending = cls(ctx, specter, tools, terms)
        if any(alarm.cause == SPECTER for alarm in ctx.ledger.orders.open_alarms(ctx.shop)):
            sending.failures, sending.doubtful = FAILURES_IN_A_ROW - 1, True
        return sending

    @property
    def silent(self) -> bool:
        """Whether Specter has not answered so often that it is left alone."""
        return self.failures >= FAILURES_IN_A_ROW

    def answered(self) -> None:
        """Specter said something."""
        self.failures, self.any_answer, self.doubtful = 0, True, False

    def require_an_answer(self, prepared: PreparedOrder) -> None:
        """Before an order is written: where Specter may be away, see whether it answers anything at all.

        :raises BuyerStops: it does not; nothing was tried with the order.
        """
        if not self.doubtful:
            return
        try:
            ask_something_harmless(self.ctx, self.specter)
        except (RetriableError, UnconfirmedError) as error:
            self.later(prepared, "specter_silent", "Specter does not answer; nothing was tried.", error)
        # That it answers something is no proof that it takes orders: the failures still count.
        self.doubtful = False

    def kept(self, release: bool) -> float:
        """Seconds to prolong the lease by, where the buyer has more orders."""
        return 0.0 if release else self.terms.seconds

    def words(self, prepared: PreparedOrder, error: RefusedError) -> str:
        """Specter's words without anything personal."""
        return hide(error.words, prepared.personal(), prepared.open_texts())

    def count(self, states: Mapping[int, OrderState]) -> None:
        """Orders that were decided about, by the state in which they are."""
        for state in states.values():
            self.outcomes[outcome_of(state)] += 1

    def ended(self, lease: CustomerLease, ended: OrderEnded) -> None:
        """An order's write came to an end."""
        lease.lease = ended.lease
        if ended.outcome is not None:
            self.outcomes[ended.outcome] += 1
        if ended.second_number is not None:
            raise_alarm(
                self.ctx,
                f"{TWICE} {ended.specter_order_no}",
                f"It is there as {ended.second_number} too. Remedy: cancel one of them in Specter.",
                {"first": ended.specter_order_no, "others": [ended.second_number]},
            )

    def failed(self, ended: OrderEnded) -> None:
        """An order's write got no answer."""
        self._missed()
        if ended.outcome is not None:
            self.outcomes[ended.outcome] += 1

    def later(self, prepared: PreparedOrder, rule: str, what: str, error: Exception) -> NoReturn:
        """Not now: the order is due again, and the buyer's later ones wait for it.

        :raises BuyerStops: always.
        """
        self._missed()
        reason = f"Order {prepared.order.number}: {what} {getattr(error, 'message', '')}".strip()
        state = self.ctx.ledger.orders.fail(
            self.ctx.run, prepared.order.uid, reason, "Nothing: it stays due.", rule
        )
        self.count({prepared.order.uid: state})
        raise BuyerStops from None

    def wait(self, orders: Sequence[Ready]) -> None:
        """An earlier order of the same buyer could not be sent."""
        for prepared, _ in orders:
            state = self.ctx.ledger.orders.fail(
                self.ctx.run,
                prepared.order.uid,
                f"Order {prepared.order.number}: an earlier order of the same buyer could not be sent.",
                "Nothing: it stays due.",
                "waits_its_turn",
            )
            self.count({prepared.order.uid: state})

    def _missed(self) -> None:
        self.failures += 1
        self.doubtful = True

    def hold(self, prepared: PreparedOrder, error: RecordError, flags: list[Flag]) -> None:
        """It cannot go as it is."""
        state = self.ctx.ledger.orders.hold(
            self.ctx.run,
            prepared.order.uid,
            error.rule,
            error.message,
            error.remedy,
            [*flags, error_flag(prepared, error)],
        )
        self.count({prepared.order.uid: state})


def error_flag(prepared: PreparedOrder, error: RecordError) -> Flag:
    """Why an order is held, as a flag."""
    return Flag(prepared.key, error.rule, Severity.ERROR, error.message, error.remedy)
