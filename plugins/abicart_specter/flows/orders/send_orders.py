"""A chunk of orders to Specter: read afresh in groups, decided, sent buyer by buyer, marked in the shop."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.mapping import ArticleMapping, article_mapping
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LeaseHeldError, RetriableError, UnconfirmedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.alarms import ABICART, SPECTER, close_alarm, raise_alarm, watched
from abicart_specter.flows.orders.choose_orders import (
    AS_SETTINGS_SAY,
    SendOptions,
    choose_orders,
    with_articles,
)
from abicart_specter.flows.orders.order_sender import send_buyer
from abicart_specter.flows.orders.plan import OrderChunk
from abicart_specter.flows.orders.prepare_order import OrderTools
from abicart_specter.flows.orders.sending import FAILURES_IN_A_ROW, Ready, Sending, SpecterSilentError
from abicart_specter.flows.orders.write_back import write_back
from abicart_specter.flows.requests_made import counted_abicart, counted_specter
from abicart_specter.ledger.order_records import Decision, PendingMark, RunOrder
from abicart_specter.ledger.order_rules import OrderState

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=60)
"""An order is read at most so long before it is written (rule 9)."""
READ_FIRST = 100
"""Orders read together before it is known how fast they go; then as many as go in ``WELL_WITHIN``."""
READ_LEAST = 20
READ_MOST = 250
WELL_WITHIN = timedelta(seconds=40)
AT_ONCE = 20
"""Orders of one buyer between two looks at how old they are by now."""
HELD_TRIES = 12
HELD_WAIT = 5.0


@dataclass(slots=True)
class ChunkSummary:
    """What became of a chunk's orders in this try."""

    chunk: int
    outcomes: Counter[Outcome] = field(default_factory=Counter)


def send_orders(
    ctx: FlowContext,
    chunk: OrderChunk,
    mapping: OrderMapping,
    terms: LeaseTerms,
    options: SendOptions = AS_SETTINGS_SAY,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> ChunkSummary:
    """Send a chunk. May be killed at any line and run again.

    :raises SpecterSilentError: Specter did not answer three times in a row; what is left stays due.
    :raises LeaseHeldError: another run is sending some of these buyers' orders; what is left stays due.
    """
    ctx.begin()
    waiting = ctx.ledger.orders.run_orders(ctx.run, chunk.partitions)
    return send_waiting(ctx, waiting, mapping, terms, options, task=f"send_orders {chunk.chunk}", sleep=sleep)


def send_waiting(
    ctx: FlowContext,
    waiting: Sequence[RunOrder],
    mapping: OrderMapping,
    terms: LeaseTerms,
    options: SendOptions,
    *,
    task: str,
    sleep: Callable[[float], None] = time.sleep,
) -> ChunkSummary:
    """:func:`send_orders` for orders that the run's found set holds, sorted by buyer."""
    summary = ChunkSummary(0)
    if not waiting:
        return summary
    with counted_abicart(ctx, task) as abicart, counted_specter(ctx, task) as specter:
        with watched(ctx, ABICART):
            methods = {one["uid"]: one["type"] for one in abicart.orders.payment_methods()}
        tools = OrderTools(ctx.settings, mapping, methods, ctx.customer_secret)
        sending = Sending.begin(ctx, specter, tools, terms)
        work = _Chunk(ctx, abicart, sending, article_mapping(ctx.settings), options, sleep)
        left = work.run(waiting)
        summary.outcomes += sending.outcomes
    if sending.any_answer:
        close_alarm(ctx, SPECTER, "it answers again")
    words = ", ".join(f"{count} {outcome.value}" for outcome, count in sorted(summary.outcomes.items()))
    log.info("Shop %s: %s: %s", ctx.shop, task, words or "nothing to do")
    if sending.silent:
        words = f"Shop {ctx.shop}: Specter did not answer {sending.failures} times in a row."
        raise_alarm(ctx, SPECTER, words)
        raise SpecterSilentError(
            words, remedy="Nothing: what was not sent stays due and goes when it answers."
        )
    if left:
        raise LeaseHeldError(
            f"Shop {ctx.shop}: another run is sending the orders of {left} of these buyers.",
            remedy="Nothing: it is tried again.",
        )
    return summary


@dataclass(slots=True)
class _Chunk:
    """One task's work on its orders, group by group."""

    ctx: FlowContext
    abicart: AbicartClient
    sending: Sending
    articles: ArticleMapping
    options: SendOptions
    sleep: Callable[[float], None]
    _held_up: list[Ready] = field(default_factory=list)

    def run(self, waiting: Sequence[RunOrder]) -> int:
        """Returns how many buyers somebody else kept to the end."""
        start, size = 0, READ_FIRST
        while start < len(waiting):
            if self.sending.silent:
                self._stays_due(waiting[start:])
                break
            group, began = waiting[start : start + size], self.ctx.clock()
            self._group(group)
            start += len(group)
            size = group_size(len(group), self.ctx.clock() - began)
        left = self._again_those_held_up()
        self._mark()
        return left

    def _group(self, group: Sequence[RunOrder]) -> None:
        todo = list(group)
        while todo:
            read_at = self.ctx.clock()
            with watched(self.ctx, ABICART):
                documents = self.abicart.orders.get_orders([one.uid for one in todo])
            records = self.ctx.ledger.orders.states(self.ctx.shop, [one.uid for one in todo])
            ready = choose_orders(self.sending, self.options, todo, documents, records)
            todo = self._send(self._with_articles(ready), read_at)
        self._mark()

    def _with_articles(self, ready: Sequence[Ready]) -> list[Ready]:
        try:
            return with_articles(self.sending, self.abicart, self.articles, ready)
        except (RetriableError, UnconfirmedError) as error:
            # Sending an article again is harmless, and the client has tried it several times.
            log.warning("Shop %s: articles that orders name could not be sent: %s", self.ctx.shop, error)
            self.sending.failures = FAILURES_IN_A_ROW
            self._stays_due([_run_order(one) for one in ready])
            return []

    def _send(self, ready: Sequence[Ready], read_at: datetime) -> list[RunOrder]:
        """Buyer by buyer. Returns the orders that have to be read again because that is too long ago."""
        by_buyer = [
            part
            for _, orders in groupby(ready, key=lambda one: one[0].customer_key)
            for part in _parts(list(orders))
        ]
        known = self.ctx.ledger.orders.customers(
            self.ctx.shop, [orders[0][0].customer_key for orders in by_buyer]
        )
        for place, orders in enumerate(by_buyer):
            if self.sending.silent:
                self._stays_due([_run_order(one) for later in by_buyer[place:] for one in later])
                return []
            if place and self.ctx.clock() - read_at > FRESH:  # the first goes in any case, or none ever would
                return [_run_order(one) for later in by_buyer[place:] for one in later]
            key = orders[0][0].customer_key
            self._held_up += send_buyer(self.sending, key, orders, known[key])
        return []

    def _again_those_held_up(self) -> int:
        """Another run was sending these buyers' orders. Returns how many buyers are still kept by others."""
        for _ in range(HELD_TRIES):
            if not self._held_up or self.sending.silent:
                break
            self.sleep(HELD_WAIT)
            again, self._held_up = self._held_up, []
            self._group([_run_order(one) for one in again])
        left = {prepared.customer_key for prepared, _ in self._held_up}
        if self._held_up:
            decisions = [
                Decision(
                    prepared.order.uid,
                    OrderState.FAILED,
                    "buyer_busy",
                    f"Order {prepared.order.number}: another run is sending orders of the same buyer.",
                    "Nothing: it stays due.",
                )
                for prepared, _ in self._held_up
            ]
            self.sending.count(self.ctx.ledger.orders.decide(self.ctx.run, decisions))
        return len(left)

    def _mark(self) -> None:
        """Specter's numbers of what just went onto the shop's orders."""
        accepted, self.sending.accepted = self.sending.accepted, []
        if not accepted:
            return
        records = self.ctx.ledger.orders.states(self.ctx.shop, [one[0].order.uid for one in accepted])
        pending = [
            PendingMark(
                prepared.order.uid,
                records[prepared.order.uid].generation,
                prepared.order.number,
                number,
                prepared.content_hash,
                0,
            )
            for prepared, _ in accepted
            if (number := records[prepared.order.uid].specter_order_no) is not None
        ]
        write_back(self.ctx, self.abicart, self.sending.tools.mapping, pending)

    def _stays_due(self, orders: Sequence[RunOrder]) -> None:
        """Specter does not answer: nothing was tried with these."""
        decisions = [
            Decision(
                one.uid,
                OrderState.FAILED,
                "specter_silent",
                f"Order {one.number}: Specter did not answer; nothing was tried.",
                "Nothing: it stays due and goes when Specter answers.",
            )
            for one in orders
        ]
        self.sending.count(self.ctx.ledger.orders.decide(self.ctx.run, decisions))


def group_size(sent: int, took: timedelta) -> int:
    """How many orders to read next: as many as were sent in ``WELL_WITHIN`` at the pace of the last ones, so that few
    have to be read again for being too old.
    """
    fitting = sent * (WELL_WITHIN / took) if took else READ_MOST
    return max(READ_LEAST, min(READ_MOST, int(fitting)))


def _parts(orders: list[Ready]) -> list[list[Ready]]:
    """A buyer's orders in so few that none gets too old while those before it are sent."""
    return [orders[start : start + AT_ONCE] for start in range(0, len(orders), AT_ONCE)]


def _run_order(ready: Ready) -> RunOrder:
    prepared, record = ready
    return RunOrder(
        record.uid, record.number, record.ordered_at, prepared.customer_key, record.partition, None
    )
