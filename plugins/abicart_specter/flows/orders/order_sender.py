"""A buyer's orders to Specter, each exactly once, in the order in which they were placed (rules 9 to 14)."""

from __future__ import annotations

from collections.abc import Sequence

from abicart_specter.domain.records import Flag
from abicart_specter.errors import LeaseHeldError, RecordError
from abicart_specter.flows.orders.customer_lease import CustomerLease
from abicart_specter.flows.orders.customer_step import confirm_customer_of
from abicart_specter.flows.orders.customers import fields_in_specter, must_write, other_name
from abicart_specter.flows.orders.order_step import submit
from abicart_specter.flows.orders.prepare_order import PreparedOrder
from abicart_specter.flows.orders.sending import BuyerStops, Ready, Sending
from abicart_specter.ledger import OrderNotOpenError
from abicart_specter.ledger.order_records import CustomerState, OrderRecord


def send_buyer(
    sending: Sending, customer_key: str, orders: Sequence[Ready], known: CustomerState
) -> list[Ready]:
    """Send one buyer's orders in the order in which they were placed.

    :param known: what the ledger knew of the buyer before the lease.
    :returns: those that could not be begun because somebody else is sending this buyer's orders now.
    """
    if customer_key in sending.stopped:
        sending.wait(orders)
        return []
    lease = CustomerLease(sending.ctx, customer_key, sending.terms)
    state = known
    try:
        for place, (prepared, record) in enumerate(orders):
            if sending.silent:
                sending.wait(orders[place:])
                return []
            last = place == len(orders) - 1
            try:
                state = _send(sending, lease, prepared, record, state, release=last)
            except LeaseHeldError:
                return list(orders[place:])
            except BuyerStops:
                sending.stopped.add(customer_key)
                sending.wait(orders[place + 1 :])
                return []
    finally:
        lease.release()
    return []


def _send(
    sending: Sending,
    lease: CustomerLease,
    prepared: PreparedOrder,
    record: OrderRecord,
    state: CustomerState,
    *,
    release: bool,
) -> CustomerState:
    """One order. Returns what is known of its buyer afterwards."""
    ctx, flags = sending.ctx, list[Flag]()
    sending.require_an_answer(prepared)
    try:
        if flag := other_name(state, prepared, prepared.name_hash(sending.tools)):
            flags.append(flag)
        if must_write(ctx, state, prepared):
            state = confirm_customer_of(sending, lease, prepared, state, flags)
        number = state.specter_customer_no
        if number is None:
            raise RecordError(  # cannot be: the customer was just confirmed
                f"Order {prepared.order.number}: its customer has no number.",
                rule="customer_number_unknown",
            )
        aside = fields_in_specter(state) != prepared.customer.hash
        written = prepared.write(sending.tools, address_in_comment=aside)
        flags += prepared.flags(written)
        submit(sending, lease, prepared, record, written, number, flags, release=release)
    except OrderNotOpenError:
        sending.count(ctx.ledger.orders.already_there(ctx.run, [prepared.order.uid]))
    except RecordError as error:
        sending.hold(prepared, error, flags)
    return state
