"""One order to Specter, exactly once: intent, customer, order, result, each stored before the next (rules 9 to 12)."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.orders.masking import hide
from abicart_specter.domain.orders.records import OrderWrite
from abicart_specter.domain.records import Flag, Outcome, Severity
from abicart_specter.errors import (
    FatalError,
    LeaseHeldError,
    RecordError,
    RefusedError,
    RetriableError,
    UnconfirmedError,
)
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.customer_lease import CustomerLease
from abicart_specter.flows.orders.customers import (
    MAY_BE_THERE,
    fields_in_specter,
    ignore_email_check,
    must_write,
    other_name,
    remembered,
    write_customer,
)
from abicart_specter.flows.orders.prepare_order import OrderTools, PreparedOrder
from abicart_specter.ledger import OrderNotOpenError
from abicart_specter.ledger.order_records import (
    CustomerIntent,
    CustomerState,
    OrderEnded,
    OrderIntent,
    OrderRecord,
)
from abicart_specter.ledger.order_rules import SETTLED, OrderState, outcome_of

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3
REFUSED = "refused_by_specter"
ALREADY_THERE = "number_already_in_specter"
NUMBER_UNKNOWN = "order_number_unknown"
LOOK = "Look for the order in Specter, then answer in the form of order_export_single: link it, or send it."


class SpecterSilentError(RetriableError):
    """Specter did not answer three times in a row: the chunk stops, what is left stays due."""


class _CustomerStops(Exception):
    """Later orders of this buyer must wait: nobody sees this."""


@dataclass(slots=True)
class OrderSender:
    """Sends prepared orders, buyer by buyer; one task's tools and counts."""

    ctx: FlowContext
    specter: SpecterClient
    tools: OrderTools
    terms: LeaseTerms
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    accepted: list[tuple[PreparedOrder, OrderRecord]] = field(default_factory=list)
    """Those that went in this task and whose number is to be written back."""
    failures: int = 0
    stopped: set[str] = field(default_factory=set)
    """Buyers whose earlier order could not be sent: the later ones wait for it."""
    any_answer: bool = False

    @property
    def silent(self) -> bool:
        """Whether Specter has not answered so often that it is left alone."""
        return self.failures >= FAILURES_IN_A_ROW

    def send_customer(
        self, customer_key: str, orders: list[tuple[PreparedOrder, OrderRecord]], known: CustomerState
    ) -> list[tuple[PreparedOrder, OrderRecord]]:
        """Send one buyer's orders in the order in which they were placed.

        :param known: what the ledger knew of the buyer before the lease.
        :returns: those that could not be begun because somebody else is sending this buyer's orders now.
        """
        if customer_key in self.stopped:
            self._wait(orders)
            return []
        lease = CustomerLease(self.ctx, customer_key, self.terms)
        state = known
        try:
            for place, (prepared, record) in enumerate(orders):
                last = place == len(orders) - 1
                try:
                    state = self._send(lease, prepared, record, state, release=last)
                except LeaseHeldError:
                    return orders[place:]
                except _CustomerStops:
                    self.stopped.add(customer_key)
                    self._wait(orders[place + 1 :])
                    return []
        finally:
            lease.release()
        return []

    def _send(
        self,
        lease: CustomerLease,
        prepared: PreparedOrder,
        record: OrderRecord,
        state: CustomerState,
        *,
        release: bool,
    ) -> CustomerState:
        """One order. Returns what is known of its buyer afterwards."""
        ctx, flags = self.ctx, list[Flag]()
        try:
            if flag := other_name(state, prepared, prepared.name_hash(self.tools)):
                flags.append(flag)
            if must_write(ctx, state, prepared):
                state = self._customer(lease, prepared, state, flags)
            number = state.specter_customer_no
            if number is None:
                raise RecordError(  # cannot be: the customer was just confirmed
                    f"Order {prepared.order.number}: its customer has no number.",
                    rule="customer_number_unknown",
                )
            aside = fields_in_specter(state) != prepared.customer.hash
            written = prepared.write(self.tools, address_in_comment=aside)
            flags += prepared.flags(written)
            self._order(lease, prepared, record, written, number, flags, release=release)
        except OrderNotOpenError:
            self._count(ctx.ledger.orders.already_there(ctx.run, [prepared.order.uid]))
        except RecordError as error:
            self._hold(prepared, error, flags)
        return state

    def _customer(
        self, lease: CustomerLease, prepared: PreparedOrder, state: CustomerState, flags: list[Flag]
    ) -> CustomerState:
        ctx, key = self.ctx, prepared.customer_key
        ignore_email_check(prepared, state)  # before anything is stored: it may hold the order
        lease.intend(CustomerIntent(ctx.shop, key, prepared.customer.hash, prepared.order.uid, ctx.clock()))
        started = time.monotonic()
        # Now that nobody else can write: somebody may have been quicker, or have lost an answer meanwhile.
        now = ctx.ledger.orders.customers(ctx.shop, [key])[key]
        record = ctx.ledger.orders.states(ctx.shop, [prepared.order.uid])[prepared.order.uid]
        state = replace(now, open_intents=max(0, now.open_intents - 1))
        if record.state in SETTLED or not must_write(ctx, state, prepared):
            ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
            return state
        try:
            ignore_email = ignore_email_check(prepared, state)
            customer = write_customer(ctx, self.specter, prepared, state, ignore_email, lease.before_write)
        except UnconfirmedError as error:
            # The intent stays open: the next run knows that the customer may be there (rule 16).
            self._later(prepared, "customer_answer_lost", "The answer to its customer was lost.", error)
        except RetriableError as error:
            ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
            self._later(prepared, "not_sent", "Its customer could not be sent.", error)
        except RefusedError as error:
            ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
            self._answered()
            raise RecordError(
                f"Order {prepared.order.number}: Specter refuses its customer: {self._words(prepared, error)}",
                rule="customer_refused",
                remedy="Correct what Specter names on the order in the shop; the next run sends it.",
            ) from None
        except RecordError as error:
            if error.rule not in MAY_BE_THERE:
                ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
            raise
        self._answered()
        confirmed = ctx.ledger.orders.confirm_customer(
            lease.held,
            ctx.shop,
            key,
            str(customer.number),
            kept := remembered(customer.fields_hash, prepared.name_hash(self.tools)),
            prepared.order.uid,
            seconds=self.terms.seconds,
        )
        lease.prolonged(confirmed.lease, started)
        flags += customer.flags
        return CustomerState(key, str(customer.number), kept)

    def _order(
        self,
        lease: CustomerLease,
        prepared: PreparedOrder,
        record: OrderRecord,
        written: OrderWrite,
        customer_no: str,
        flags: list[Flag],
        *,
        release: bool,
    ) -> None:
        ctx, orders = self.ctx, self.ctx.settings.orders
        intent = OrderIntent(
            ctx.shop,
            prepared.order.uid,
            record.generation,
            prepared.external_no,
            written.hash,
            customer_no,
            ctx.clock(),
            content_hash=prepared.content_hash,
            snapshot=prepared.snapshot(self.tools),
            proof=prepared.proof(),
            trusted=orders.duplicate_control == "trusted",
        )
        lease.intend(intent)
        repeated = record.state is OrderState.UNCONFIRMED
        try:
            answer = self.specter.submit_order(
                int(customer_no),
                written.fields,
                written.rows,
                personal=prepared.personal(),
                before_try=lease.before_write,
            )
        except UnconfirmedError as error:
            self._lost(lease, prepared, record, error, flags, release=release)
            return
        except RetriableError as error:
            ended = ctx.ledger.orders.order_not_sent(
                lease.held,
                ctx.run,
                prepared.order.uid,
                record.generation,
                error.message,
                error.remedy,
                flags=flags,
                release=True,
            )
            lease.lease = ended.lease
            self._failed(ended)
            raise _CustomerStops from None
        except FatalError as error:
            ctx.ledger.orders.order_not_sent(
                lease.held, ctx.run, prepared.order.uid, record.generation, error.message, error.remedy
            )
            raise
        except RefusedError as error:
            self._answered()
            self._refused(lease, prepared, record, error, flags, repeated=repeated, release=release)
            return
        except RecordError as error:
            ended = ctx.ledger.orders.order_refused(
                lease.held,
                ctx.run,
                prepared.order.uid,
                record.generation,
                error.rule,
                error.message,
                error.remedy,
                flags=[*flags, _error_flag(prepared, error)],
                release=release,
                seconds=self._kept(release),
            )
            self._ended(lease, ended)
            return
        self._answered()
        if answer.number is None:
            flags.append(_number_unknown(prepared))
        ended = ctx.ledger.orders.confirm_order(
            lease.held,
            ctx.run,
            prepared.order.uid,
            record.generation,
            None if answer.number is None else str(answer.number),
            flags=flags,
            release=release,
            seconds=self._kept(release),
        )
        self._ended(lease, ended)
        self.accepted.append((prepared, record))

    def _lost(
        self,
        lease: CustomerLease,
        prepared: PreparedOrder,
        record: OrderRecord,
        error: UnconfirmedError,
        flags: list[Flag],
        *,
        release: bool,
    ) -> None:
        """The answer was lost: nobody assumes either way (rule 10). Later orders of the buyer do not wait for it."""
        ended = self.ctx.ledger.orders.order_unconfirmed(
            lease.held,
            self.ctx.run,
            prepared.order.uid,
            record.generation,
            f"Order {prepared.order.number}: Specter's answer was lost; it may have it as {prepared.external_no}.",
            LOOK,
            flags=flags,
            release=release,
            seconds=self._kept(release),
        )
        log.warning("Shop %s: order %s: %s", self.ctx.shop, prepared.order.number, error.message)
        self._failed(ended)
        lease.lease = ended.lease

    def _refused(
        self,
        lease: CustomerLease,
        prepared: PreparedOrder,
        record: OrderRecord,
        error: RefusedError,
        flags: list[Flag],
        *,
        repeated: bool,
        release: bool,
    ) -> None:
        ctx, words = self.ctx, self._words(prepared, error)
        match = self._says_it_is_there(error.words)
        if repeated and match is not None and ctx.settings.orders.duplicate_control == "trusted":
            ended = ctx.ledger.orders.confirm_order(
                lease.held,
                ctx.run,
                prepared.order.uid,
                record.generation,
                _number_in(match),
                state=OrderState.LINKED,
                words=f"Specter has it already: {words}",
                flags=flags,
                release=release,
                seconds=self._kept(release),
            )
            self._ended(lease, ended)
            self.accepted.append((prepared, record))
            return
        rule, remedy = REFUSED, "Correct what Specter names; the next run sends the order again."
        if match is not None or repeated:
            rule, remedy = ALREADY_THERE, LOOK
        refusal = RecordError(
            f"Order {prepared.order.number}: Specter refuses it as {prepared.external_no}: {words} (code {error.code})",
            rule=rule,
            remedy=remedy,
        )
        ended = ctx.ledger.orders.order_refused(
            lease.held,
            ctx.run,
            prepared.order.uid,
            record.generation,
            rule,
            refusal.message,
            remedy,
            flags=[*flags, _error_flag(prepared, refusal)],
            release=release,
            seconds=self._kept(release),
        )
        self._ended(lease, ended)

    def _says_it_is_there(self, words: str) -> re.Match[str] | None:
        pattern = self.ctx.settings.orders.duplicate_answer
        return None if pattern is None else re.search(pattern, words)

    def _words(self, prepared: PreparedOrder, error: RefusedError) -> str:
        return hide(error.words, prepared.personal())

    def _later(self, prepared: PreparedOrder, rule: str, what: str, error: Exception) -> None:
        """Not now: the order is due again, and the buyer's later ones wait for it."""
        self.failures += 1
        reason = f"Order {prepared.order.number}: {what} {getattr(error, 'message', '')}".strip()
        state = self.ctx.ledger.orders.fail(
            self.ctx.run, prepared.order.uid, reason, "Nothing: it stays due.", rule
        )
        self._count({prepared.order.uid: state})
        raise _CustomerStops from None

    def _wait(self, orders: list[tuple[PreparedOrder, OrderRecord]]) -> None:
        for prepared, _ in orders:
            state = self.ctx.ledger.orders.fail(
                self.ctx.run,
                prepared.order.uid,
                f"Order {prepared.order.number}: an earlier order of the same buyer could not be sent.",
                "Nothing: it stays due.",
                "waits_its_turn",
            )
            self._count({prepared.order.uid: state})

    def _hold(self, prepared: PreparedOrder, error: RecordError, flags: list[Flag]) -> None:
        state = self.ctx.ledger.orders.hold(
            self.ctx.run,
            prepared.order.uid,
            error.rule,
            error.message,
            error.remedy,
            [*flags, _error_flag(prepared, error)],
        )
        self._count({prepared.order.uid: state})

    def _ended(self, lease: CustomerLease, ended: OrderEnded) -> None:
        lease.lease = ended.lease
        if ended.outcome is not None:
            self.outcomes[ended.outcome] += 1
        if ended.second_number is not None:
            log.error(
                "Shop %s: Specter has this order twice, as %s and as %s. Remedy: cancel one of them in Specter.",
                self.ctx.shop,
                ended.specter_order_no,
                ended.second_number,
            )

    def _failed(self, ended: OrderEnded) -> None:
        self.failures += 1
        if ended.outcome is not None:
            self.outcomes[ended.outcome] += 1

    def _kept(self, release: bool) -> float:
        """Seconds to prolong the lease by, where the buyer has more orders."""
        return 0.0 if release else self.terms.seconds

    def _answered(self) -> None:
        self.failures, self.any_answer = 0, True

    def _count(self, states: Mapping[int, OrderState]) -> None:
        for state in states.values():
            self.outcomes[outcome_of(state)] += 1


def _error_flag(prepared: PreparedOrder, error: RecordError) -> Flag:
    return Flag(prepared.key, error.rule, Severity.ERROR, error.message, error.remedy)


def _number_unknown(prepared: PreparedOrder) -> Flag:
    return Flag(
        prepared.key,
        NUMBER_UNKNOWN,
        Severity.WARNING,
        f"Order {prepared.order.number}: Specter accepted it, but told no number that we can read.",
        f"Find it in Specter by its external number {prepared.external_no} and link it with order_export_single.",
    )


def _number_in(match: re.Match[str]) -> str | None:
    """Specter's number in its refusal, where the pattern has a group called ``number``."""
    return match.groupdict().get("number")
