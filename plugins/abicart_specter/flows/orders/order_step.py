"""The order itself: intent, write, and one of four endings (rules 9 and 10)."""

from __future__ import annotations

import logging
import re

from abicart_specter.domain.orders.records import OrderWrite
from abicart_specter.domain.records import Flag, Severity
from abicart_specter.errors import FatalError, RecordError, RefusedError, RetriableError, UnconfirmedError
from abicart_specter.flows.orders.customer_lease import CustomerLease
from abicart_specter.flows.orders.prepare_order import PreparedOrder
from abicart_specter.flows.orders.sending import BuyerStops, Sending, error_flag
from abicart_specter.ledger.order_records import OrderIntent, OrderRecord
from abicart_specter.ledger.order_rules import OrderState

log = logging.getLogger(__name__)

REFUSED = "refused_by_specter"
ALREADY_THERE = "number_already_in_specter"
NUMBER_UNKNOWN = "order_number_unknown"
VERSION_UNKNOWN = "version_unknown"
LOOK = "Look for the order in Specter, then answer in the form of order_export_single: link it, or send it."


def submit(
    sending: Sending,
    lease: CustomerLease,
    prepared: PreparedOrder,
    record: OrderRecord,
    written: OrderWrite,
    customer_no: str,
    flags: list[Flag],
    *,
    release: bool,
) -> None:
    """Write an order, the intent before and the result after.

    :param flags: everything found on the order; stored with its outcome.
    :param release: it is the buyer's last one: the lease goes back with the result.
    :raises BuyerStops: it surely did not reach Specter, and stays due.
    :raises LeaseHeldError: somebody else is sending this buyer's orders.
    :raises OrderNotOpenError: it is in Specter already, or may be.
    """
    ctx, orders = sending.ctx, sending.ctx.settings.orders
    intent = OrderIntent(
        ctx.shop,
        prepared.order.uid,
        record.generation,
        prepared.external_no,
        written.hash,
        customer_no,
        ctx.clock(),
        content_hash=prepared.content_hash,
        snapshot=prepared.snapshot(sending.tools),
        proof=prepared.proof(),
        trusted=orders.duplicate_control == "trusted",
    )
    lease.intend(intent)
    try:
        answer = sending.specter.submit_order(
            int(customer_no),
            written.fields,
            written.rows,
            personal=prepared.personal(),
            before_try=lease.before_write,
        )
    except UnconfirmedError as error:
        _lost(sending, lease, prepared, record, error, flags, release=release)
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
        sending.failed(ended)
        raise BuyerStops from None
    except FatalError as error:
        ctx.ledger.orders.order_not_sent(
            lease.held, ctx.run, prepared.order.uid, record.generation, error.message, error.remedy
        )
        raise
    except RefusedError as error:
        sending.answered()
        flags += _version(prepared, record, written)
        _refused(sending, lease, prepared, record, error, flags, release=release)
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
            flags=[*flags, error_flag(prepared, error)],
            release=release,
            seconds=sending.kept(release),
        )
        sending.ended(lease, ended)
        return
    sending.answered()
    flags += _version(prepared, record, written)
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
        seconds=sending.kept(release),
    )
    sending.ended(lease, ended)
    sending.accepted.append((prepared, record))


def _lost(
    sending: Sending,
    lease: CustomerLease,
    prepared: PreparedOrder,
    record: OrderRecord,
    error: UnconfirmedError,
    flags: list[Flag],
    *,
    release: bool,
) -> None:
    """The answer was lost: nobody assumes either way (rule 10). Later orders of the buyer do not wait for it."""
    ended = sending.ctx.ledger.orders.order_unconfirmed(
        lease.held,
        sending.ctx.run,
        prepared.order.uid,
        record.generation,
        f"Order {prepared.order.number}: Specter's answer was lost; it may have it as {prepared.external_no}.",
        LOOK,
        flags=flags,
        release=release,
        seconds=sending.kept(release),
    )
    log.warning("Shop %s: order %s: %s", sending.ctx.shop, prepared.order.number, error.message)
    sending.failed(ended)
    lease.lease = ended.lease


def _refused(
    sending: Sending,
    lease: CustomerLease,
    prepared: PreparedOrder,
    record: OrderRecord,
    error: RefusedError,
    flags: list[Flag],
    *,
    release: bool,
) -> None:
    ctx, words = sending.ctx, sending.words(prepared, error)
    # Asked now: when the order was read, the owner of its first write may not have been given up yet.
    repeated = ctx.ledger.orders.states(ctx.shop, [prepared.order.uid])[prepared.order.uid].repeat
    match = _says_it_is_there(sending, error.words)
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
            seconds=sending.kept(release),
        )
        sending.ended(lease, ended)
        sending.accepted.append((prepared, record))
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
        flags=[*flags, error_flag(prepared, refusal)],
        release=release,
        seconds=sending.kept(release),
    )
    sending.ended(lease, ended)


def _says_it_is_there(sending: Sending, words: str) -> re.Match[str] | None:
    pattern = sending.ctx.settings.orders.duplicate_answer
    return None if pattern is None else re.search(pattern, words)


def _number_unknown(prepared: PreparedOrder) -> Flag:
    return Flag(
        prepared.key,
        NUMBER_UNKNOWN,
        Severity.WARNING,
        f"Order {prepared.order.number}: Specter accepted it, but told no number that we can read.",
        f"Find it in Specter by its external number {prepared.external_no} and link it with order_export_single.",
    )


def _version(prepared: PreparedOrder, record: OrderRecord, written: OrderWrite) -> list[Flag]:
    """A flag where an earlier write that may have arrived had other content (rule 10)."""
    if set(record.attempt_hashes) <= {written.hash}:
        return []
    return [
        Flag(
            prepared.key,
            VERSION_UNKNOWN,
            Severity.WARNING,
            f"Order {prepared.order.number}: it was changed in the shop after a first write whose answer was lost; "
            "nobody knows which version Specter has.",
            "Compare the order's rows in Specter with the proof of this run.",
        )
    ]


def _number_in(match: re.Match[str]) -> str | None:
    """Specter's number in its refusal, where the pattern has a group called ``number``."""
    return match.groupdict().get("number")
