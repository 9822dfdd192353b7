"""The customer of an order, written before it under the buyer's lease (rules 14 to 16)."""

from __future__ import annotations

import time
from dataclasses import replace

from abicart_specter.domain.records import Flag
from abicart_specter.errors import RecordError, RefusedError, RetriableError, UnconfirmedError
from abicart_specter.flows.orders.customer_lease import CustomerLease
from abicart_specter.flows.orders.customers import (
    MAY_BE_THERE,
    ignore_email_check,
    matched,
    must_write,
    remembered,
    write_customer,
)
from abicart_specter.flows.orders.prepare_order import PreparedOrder
from abicart_specter.flows.orders.sending import Sending
from abicart_specter.ledger.order_records import CustomerIntent, CustomerState
from abicart_specter.ledger.order_rules import SETTLED


def confirm_customer_of(
    sending: Sending, lease: CustomerLease, prepared: PreparedOrder, state: CustomerState, flags: list[Flag]
) -> CustomerState:
    """Write an order's customer, the intent before and the result after; returns what is known of the buyer then.

    :param flags: findings are added to it.
    :raises BuyerStops: Specter did not answer: this order and the buyer's later ones stay due.
    :raises LeaseHeldError: somebody else is sending this buyer's orders.
    :raises RecordError: the order is to be held.
    """
    ctx, key = sending.ctx, prepared.customer_key
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
        customer = write_customer(ctx, sending.specter, prepared, state, ignore_email, lease.before_write)
    except UnconfirmedError as error:
        # The intent stays open: the next run knows that the customer may be there (rule 16).
        if not matched(prepared.customer):
            lease.leave()
        sending.later(prepared, "customer_answer_lost", "The answer to its customer was lost.", error)
    except RetriableError as error:
        ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
        sending.later(prepared, "not_sent", "Its customer could not be sent.", error)
    except RefusedError as error:
        ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
        sending.answered()
        raise RecordError(
            f"Order {prepared.order.number}: Specter refuses its customer: {sending.words(prepared, error)}",
            rule="customer_refused",
            remedy="Correct what Specter names on the order in the shop; the next run sends it.",
        ) from None
    except RecordError as error:
        if error.rule not in MAY_BE_THERE:
            ctx.ledger.orders.customer_not_sent(lease.held, ctx.shop, key)
        raise
    sending.answered()
    confirmed = ctx.ledger.orders.confirm_customer(
        lease.held,
        ctx.shop,
        key,
        str(customer.number),
        kept := remembered(customer.fields_hash, prepared.name_hash(sending.tools)),
        prepared.order.uid,
        seconds=sending.terms.seconds,
    )
    lease.prolonged(confirmed.lease, started)
    flags += customer.flags
    return CustomerState(key, str(customer.number), kept)
