"""Orders that a run takes up again although they were placed long before."""

from __future__ import annotations

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.ledger.order_records import DueFor


def due_orders(ctx: FlowContext, terms: LeaseTerms, *, waiting_for_a_person: bool) -> list[int]:
    """The uids, oldest first: what waits, what a sender that is gone had begun, what is to be repeated or written back.

    :param waiting_for_a_person: also those that are still to be sent. Without it (the shop's setting is "manual") only
        those that are on their way already.
    """
    orders = ctx.settings.orders
    settle_seconds = terms.write_timeout + terms.margin
    expired = [] if ctx.dry_run else ctx.ledger.orders.expire_intents(ctx.shop, settle_seconds)
    due = ctx.ledger.orders.due(
        ctx.shop,
        ctx.clock(),
        trusted=orders.duplicate_control == "trusted",
        settle_seconds=settle_seconds,
        write_back=False,  # what is in Specter and only lacks its mark in the shop: see pending_marks
    )
    wanted = [one.uid for one in due if waiting_for_a_person or one.due_for is not DueFor.SENDING]
    return list(dict.fromkeys([*expired, *wanted]))
