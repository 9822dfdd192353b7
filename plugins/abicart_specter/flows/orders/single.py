"""Orders by hand: sent now, or a person's answer about one whose answer was lost (rules 10, 11 and 13)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.alarms import ABICART, TWICE, close_alarm, watched
from abicart_specter.flows.orders.choose_orders import SendOptions
from abicart_specter.flows.orders.lookup import LookedUp, look_up
from abicart_specter.flows.orders.preview_orders import preview_orders
from abicart_specter.flows.orders.send_orders import ChunkSummary, send_waiting
from abicart_specter.flows.orders.settle import marked
from abicart_specter.flows.orders.single_request import SingleRequest
from abicart_specter.flows.orders.write_back import write_back
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger.order_rules import UNSENT

log = logging.getLogger(__name__)

TASK = "single_order"


def single_order(
    ctx: FlowContext,
    request: SingleRequest,
    mapping: OrderMapping,
    terms: LeaseTerms,
    *,
    who: str = "somebody",
    sleep: Callable[[float], None] = time.sleep,
) -> ChunkSummary:
    """Do what the form asks for.

    :param who: who triggered the run; kept with every decision.
    :raises RecordError: an order cannot be found, or its state does not allow what was asked for; nothing was done.
    """
    if not ctx.dry_run:
        ctx.begin()
    with watched(ctx, ABICART), counted_abicart(ctx, TASK) as abicart:
        orders = look_up(ctx, abicart, request.numbers, mapping.names)
    if ctx.dry_run:
        preview_orders(ctx, [order.uid for order in orders], mapping)
        return ChunkSummary(0)
    if request.link_to is not None:
        return _link(ctx, orders[0], str(request.link_to), mapping, who)
    if request.change_dealt_with:
        return _dealt_with(ctx, orders, who)
    if request.double_cancelled:
        return _double_cancelled(ctx, orders[0], who)
    if request.looked_not_there:
        _looked(ctx, orders[0], who)
    elif request.send_again_reason:
        _again(ctx, orders[0], request.send_again_reason, who)
    _link_marked(ctx, orders)
    waiting = ctx.ledger.orders.run_orders(ctx.run)
    return send_waiting(
        ctx, waiting, mapping, terms, SendOptions(request.although_not_ripe), task=TASK, sleep=sleep
    )


def _link_marked(ctx: FlowContext, orders: Sequence[LookedUp]) -> None:
    """Orders that carry a number which we did not write are linked or held, as the schedule does it (rule 7)."""
    records = ctx.ledger.orders.states(ctx.shop, [order.uid for order in orders])
    for record in records.values():
        if record.external_mark and record.generation == 1 and record.state in UNSENT:
            marked(ctx, record)


def _link(
    ctx: FlowContext, order: LookedUp, specter_order_no: str, mapping: OrderMapping, who: str
) -> ChunkSummary:
    """A person found the order in Specter."""
    ended = ctx.ledger.orders.link(
        ctx.shop, order.uid, specter_order_no, who=who, why="found in Specter", run=ctx.run
    )
    log.info("Shop %s: order %s is linked to Specter order %s.", ctx.shop, order.number, specter_order_no)
    marks = [mark for mark in ctx.ledger.orders.pending_write_back(ctx.shop) if mark.uid == order.uid]
    with counted_abicart(ctx, TASK) as abicart:
        write_back(ctx, abicart, mapping, marks)
    summary = ChunkSummary(0)
    summary.outcomes[ended.outcome or Outcome.LINKED] += 1
    return summary


def _dealt_with(ctx: FlowContext, orders: Sequence[LookedUp], who: str) -> ChunkSummary:
    """A person carried the changes of these orders over into Specter: no report lists them any more."""
    ctx.ledger.orders.already_there(ctx.run, [order.uid for order in orders])
    changes = {order.uid: ctx.ledger.orders.changes_of(ctx.shop, order.uid) for order in orders}
    without = [
        order.number
        for order in orders
        if all(one.closed_at is not None and not one.closed_by for one in changes[order.uid])
    ]
    if without:
        raise RecordError(
            f"Shop {ctx.shop}: no change is listed of {', '.join(without)}: nothing to deal with.",
            rule="no_change_listed",
            remedy="Look at the table of changed orders in the report's log, and name only orders of it.",
        )
    summary = ChunkSummary(0)
    for order in orders:
        for one in changes[order.uid]:
            if one.closed_at is None:
                ctx.ledger.orders.close_change(
                    ctx.shop, order.uid, one.kind, who=who, why="dealt with in Specter"
                )
        log.info(
            "Shop %s: order %s: what was changed in the shop is dealt with in Specter, on the word of a person.",
            ctx.shop,
            order.number,
        )
        summary.outcomes[Outcome.UNCHANGED] += 1
    return summary


def _double_cancelled(ctx: FlowContext, order: LookedUp, who: str) -> ChunkSummary:
    """A person cancelled one of the two in Specter: the alarm about them is over."""
    ctx.ledger.orders.already_there(ctx.run, [order.uid])
    doubles = [one for one in ctx.ledger.orders.double_orders(ctx.shop) if one.uid == order.uid]
    if not ctx.ledger.orders.settle_double(ctx.shop, order.uid, who=who, why="cancelled in Specter") and not [
        one for one in ctx.ledger.orders.generations(ctx.shop, order.uid) if one.other_numbers
    ]:
        raise RecordError(
            f"Shop {ctx.shop}: order {order.number} is not known to be in Specter twice: nothing to settle.",
            rule="no_double_known",
            remedy="Name the order that the alarm is about.",
        )
    for one in doubles:
        close_alarm(ctx, f"{TWICE} {one.specter_order_no}", f"{who} cancelled one of the two in Specter")
    log.info(
        "Shop %s: order %s: one of the two in Specter is cancelled, on the word of a person.",
        ctx.shop,
        order.number,
    )
    summary = ChunkSummary(0)
    summary.outcomes[Outcome.UNCHANGED] += 1
    return summary


def _looked(ctx: FlowContext, order: LookedUp, who: str) -> None:
    if _done_already(ctx, order):
        return
    ctx.ledger.orders.allow_resend(ctx.shop, order.uid, who=who, why="looked in Specter: not there")


def _again(ctx: FlowContext, order: LookedUp, why: str, who: str) -> None:
    if _done_already(ctx, order):
        return
    generation = ctx.ledger.orders.new_generation(ctx.shop, order.uid, who=who, why=why)
    log.warning(
        "Shop %s: order %s is sent again as %s-R%s, on the word of a person.",
        ctx.shop,
        order.number,
        order.number,
        generation,
    )


def _done_already(ctx: FlowContext, order: LookedUp) -> bool:
    """Whether an earlier try of this task made the new version: it is sent, or still to be sent."""
    record = ctx.ledger.orders.states(ctx.shop, [order.uid]).get(order.uid)
    if record is not None and record.generation > 1 and record.state in UNSENT:
        return True
    told = ctx.ledger.orders.run_orders(ctx.run, undecided=False)
    return any(one.uid == order.uid and one.outcome is not None for one in told)
