"""A chunk of orders to Specter: read afresh in groups, decided, sent buyer by buyer, marked in the shop."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.domain.mapping import ArticleMapping, article_mapping
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.orders.ripeness import not_ripe
from abicart_specter.domain.records import Flag, ItemKey, Kind, Outcome, Severity
from abicart_specter.errors import LeaseHeldError, RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.alarms import ABICART, SPECTER, close_alarm, raise_alarm, watched
from abicart_specter.flows.orders.articles_first import REMEDY as ARTICLE_REMEDY
from abicart_specter.flows.orders.articles_first import RULE, ensure_articles
from abicart_specter.flows.orders.order_sender import OrderSender, SpecterSilentError
from abicart_specter.flows.orders.plan import OrderChunk
from abicart_specter.flows.orders.prepare_order import (
    OrderTools,
    PreparedOrder,
    external_number,
    prepare,
    read,
)
from abicart_specter.flows.orders.write_back import write_back
from abicart_specter.flows.requests_made import counted_abicart, counted_specter
from abicart_specter.flows.send_products import mapping_context
from abicart_specter.ledger.order_records import Decision, OrderRecord, PendingMark, RunOrder
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState, outcome_of

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=60)
"""An order is read at most so long before it is written (rule 9)."""
READ_FIRST = 100
"""Orders read together before it is known how fast they go; then as many as go in ``WELL_WITHIN``."""
READ_LEAST = 20
READ_MOST = 250
WELL_WITHIN = timedelta(seconds=40)
HELD_TRIES = 12
HELD_WAIT = 5.0
FLAGS = "orders"

Ready = tuple[PreparedOrder, OrderRecord]


@dataclass(slots=True)
class ChunkSummary:
    """What became of a chunk's orders in this try."""

    chunk: int
    outcomes: Counter[Outcome] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class SendOptions:
    """What a person asked for beyond the settings: send although the payment is awaited."""

    although_not_ripe: bool = False


def send_orders(
    ctx: FlowContext,
    chunk: OrderChunk,
    mapping: OrderMapping,
    terms: LeaseTerms,
    options: SendOptions = SendOptions(),
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
        sender = OrderSender(ctx, specter, tools, terms)
        work = _Chunk(ctx, abicart, sender, article_mapping(ctx.settings), options, sleep)
        left = work.run(waiting)
        summary.outcomes += sender.outcomes + work.outcomes
    if sender.any_answer:
        close_alarm(ctx, SPECTER, "it answers again")
    words = ", ".join(f"{count} {outcome.value}" for outcome, count in sorted(summary.outcomes.items()))
    log.info("Shop %s: %s: %s", ctx.shop, task, words or "nothing to do")
    if sender.silent:
        words = f"Shop {ctx.shop}: Specter did not answer {sender.failures} times in a row."
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
    sender: OrderSender
    articles: ArticleMapping
    options: SendOptions
    sleep: Callable[[float], None]
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    _held_up: list[Ready] = field(default_factory=list)

    def run(self, waiting: Sequence[RunOrder]) -> int:
        """Returns how many buyers somebody else kept to the end."""
        start, size = 0, READ_FIRST
        while start < len(waiting):
            if self.sender.silent:
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
            ready = self._ready(todo, documents, records)
            ready = self._with_articles(ready)
            todo = self._send(ready, read_at)
        self._mark()

    def _send(self, ready: Sequence[Ready], read_at: datetime) -> list[RunOrder]:
        """Buyer by buyer. Returns the orders that have to be read again because that is too long ago."""
        by_buyer = [list(orders) for _, orders in groupby(ready, key=lambda one: one[0].customer_key)]
        known = self.ctx.ledger.orders.customers(
            self.ctx.shop, [orders[0][0].customer_key for orders in by_buyer]
        )
        for place, orders in enumerate(by_buyer):
            if self.sender.silent:
                self._stays_due([_run_order(one) for later in by_buyer[place:] for one in later])
                return []
            if self.ctx.clock() - read_at > FRESH:
                return [_run_order(one) for later in by_buyer[place:] for one in later]
            key = orders[0][0].customer_key
            self._held_up += self.sender.send_customer(key, orders, known[key])
        return []

    def _ready(
        self,
        todo: Sequence[RunOrder],
        documents: Mapping[int, OrderDocument],
        records: Mapping[int, OrderRecord],
    ) -> list[Ready]:
        """The orders that may go; of all others it is decided why not."""
        ready: list[Ready] = []
        decisions: list[Decision] = []
        for one in todo:
            record = records[one.uid]
            if record.state in SETTLED or self._must_wait(record):
                self._leave(one.uid)
                continue
            document = documents.get(one.uid)
            try:
                if document is None:
                    raise RecordError(
                        f"Order {one.number}: the shop has it no more.",
                        rule="order_gone",
                        remedy="Look in the shop whether it was deleted.",
                    )
                decided = self._decide(one, document, record)
            except RecordError as error:
                decided = _held(one.uid, error)
            if isinstance(decided, Decision):
                decisions.append(decided)
            else:
                ready.append((decided, record))
        for state in self.ctx.ledger.orders.decide(self.ctx.run, decisions).values():
            self.outcomes[outcome_of(state)] += 1
        # By the key as it is now: a buyer may have been corrected since the scan.
        return sorted(ready, key=lambda one: (one[0].customer_key, one[0].order.ordered, one[0].order.uid))

    def _must_wait(self, record: OrderRecord) -> bool:
        """Whether its answer was lost and nobody may send it again yet: a person has not said so, and by itself it is
        repeated only when the first write has surely arrived or never will (rules 4 and 10)."""
        if record.state is not OrderState.UNCONFIRMED or record.resend_allowed:
            return False
        if self.ctx.settings.orders.duplicate_control != "trusted":
            return True
        terms = self.sender.terms
        begun = record.intent_at or record.state_since
        return self.ctx.clock() < begun + timedelta(seconds=terms.write_timeout + terms.margin)

    def _decide(
        self, one: RunOrder, document: OrderDocument, record: OrderRecord
    ) -> PreparedOrder | Decision:
        order, tools = read(document, self.sender.tools), self.sender.tools
        if order.discarded:
            words = f"Order {order.number} was cancelled in the shop."
            return Decision(one.uid, OrderState.EXCLUDED, "discarded", words)
        if order.external_number.strip() and record.generation == 1 and record.state in UNSENT:
            raise RecordError(
                f"Order {order.number} carries a number that we did not write.",
                rule="foreign_mark",
                remedy="Nothing if it is Specter's: the next run links it. Else remove it in the shop.",
            )
        why = "" if self.options.although_not_ripe else not_ripe(order, self.ctx.settings)
        if why:
            raise RecordError(
                f"Order {order.number}: {why}.",
                rule="awaiting_payment",
                remedy="Nothing: it goes when it is paid. To send it now, use order_export_single.",
            )
        number = external_number(self.ctx.settings, order.number, record)
        return prepare(order, tools, external_no=number, now=self.ctx.clock())

    def _with_articles(self, ready: Sequence[Ready]) -> list[Ready]:
        """Send the articles that Specter lacks first; hold the orders whose articles cannot be sent (fault F42)."""
        named = [article for prepared, _ in ready for article in prepared.articles()]
        problems = ensure_articles(
            self.ctx,
            self.abicart,
            self.sender.specter,
            named,
            self.articles,
            mapping_context(self.ctx),
            lambda: None,
        )
        if not problems:
            return list(ready)
        decisions, going = [], list[Ready]()
        for prepared, record in ready:
            lacking = [one.product_number for one in prepared.articles() if one.product_number in problems]
            if not lacking:
                going.append((prepared, record))
                continue
            number = lacking[0]
            error = RecordError(
                f"Order {prepared.order.number}, row {prepared.place_of(number)}: Specter does not have the product "
                f"{number}, and it cannot be sent: {problems[number]}.",
                rule=RULE,
                remedy=ARTICLE_REMEDY,
            )
            decisions.append(_held(prepared.order.uid, error))
        for state in self.ctx.ledger.orders.decide(self.ctx.run, decisions).values():
            self.outcomes[outcome_of(state)] += 1
        return going

    def _again_those_held_up(self) -> int:
        """Another run was sending these buyers' orders. Returns how many buyers are still kept by others."""
        for _ in range(HELD_TRIES):
            if not self._held_up or self.sender.silent:
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
            for state in self.ctx.ledger.orders.decide(self.ctx.run, decisions).values():
                self.outcomes[outcome_of(state)] += 1
        return len(left)

    def _mark(self) -> None:
        """Specter's numbers of what just went onto the shop's orders."""
        accepted, self.sender.accepted = self.sender.accepted, []
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
        write_back(self.ctx, self.abicart, self.sender.tools.mapping, pending)

    def _leave(self, uid: int) -> None:
        for state in self.ctx.ledger.orders.already_there(self.ctx.run, [uid]).values():
            self.outcomes[outcome_of(state)] += 1

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
        for state in self.ctx.ledger.orders.decide(self.ctx.run, decisions).values():
            self.outcomes[outcome_of(state)] += 1


def group_size(sent: int, took: timedelta) -> int:
    """How many orders to read next: as many as were sent in ``WELL_WITHIN`` at the pace of the last ones, so that few
    have to be read again for being too old.
    """
    fitting = sent * (WELL_WITHIN / took) if took else READ_MOST
    return max(READ_LEAST, min(READ_MOST, int(fitting)))


def _held(uid: int, error: RecordError) -> Decision:
    flag = Flag(ItemKey(Kind.ORDER, uid), error.rule, Severity.ERROR, error.message, error.remedy)
    return Decision(uid, OrderState.HELD, error.rule, error.message, error.remedy, (flag,))


def _run_order(ready: Ready) -> RunOrder:
    prepared, record = ready
    return RunOrder(
        record.uid, record.number, record.ordered_at, prepared.customer_key, record.partition, None
    )
