"""What becomes of a found order without reading it: the ledger, the settings and the shop's list say enough."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.foreign_marks import looks_like_specters, shown
from abicart_specter.ledger import OrderNotOpenError
from abicart_specter.ledger.order_records import Decision, OrderRecord
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState
from abicart_specter.settings.types import STOCKHOLM

IN_SPECTER, CANCELLED, TOO_EARLY, MARKED, MANUAL = (
    "in Specter already",
    "cancelled in the shop",
    "placed before orders_from",
    "marked by somebody else",
    "waiting for a person to send them",
)
FLAG_SOURCE = "order_marks"


@dataclass(slots=True)
class Settled:
    """How many orders got their outcome, by the words for it."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.counts.total()


def settle(ctx: FlowContext, *, listed_only: bool) -> Settled:
    """Give their outcome to those orders of the run that have none and need no further look.

    An order that is in Specter is ``unchanged``; one that was cancelled or placed before ``orders_from`` is
    ``excluded``; one that carries a mark of somebody else is linked or held (rule 7).

    :param listed_only: all others are held too: a person sends them (setting 21, manual).
    """
    waiting = [order.uid for order in ctx.ledger.orders.run_orders(ctx.run) if order.outcome is None]
    states = ctx.ledger.orders.states(ctx.shop, waiting)
    since = ctx.settings.orders.orders_from
    foreign = {mark.uid for mark in ctx.ledger.orders.foreign_marks(ctx.shop, since)} if states else set()
    settled, decisions, unchanged = Settled(), list[Decision](), list[int]()
    for uid, state in states.items():
        if state.state in SETTLED:
            unchanged.append(uid)
            settled.counts[IN_SPECTER] += 1
        elif state.state not in UNSENT:
            continue  # a write of it is under way, or may have arrived: whoever sends decides
        elif decision := _left_out(ctx, state):
            decisions.append(decision)
            settled.counts[CANCELLED if state.discarded else TOO_EARLY] += 1
        elif uid in foreign:
            marked(ctx, state)
            settled.counts[MARKED] += 1
        elif listed_only:
            decisions.append(_manual(ctx, state))
            settled.counts[MANUAL] += 1
    if unchanged:
        ctx.ledger.orders.already_there(ctx.run, unchanged)
    ctx.ledger.orders.decide(ctx.run, decisions)
    return settled


def _left_out(ctx: FlowContext, order: OrderRecord) -> Decision | None:
    since = ctx.settings.orders.orders_from
    if order.discarded:
        return Decision(
            order.uid, OrderState.EXCLUDED, "discarded", f"Order {order.number} was cancelled in the shop."
        )
    if order.ordered_at < since:
        return Decision(
            order.uid,
            OrderState.EXCLUDED,
            "before_orders_from",
            f"Order {order.number} was placed {order.ordered_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}, before "
            "orders.orders_from.",
            "If it must go, send it by its number with order_export_single.",
        )
    return None


def _manual(ctx: FlowContext, order: OrderRecord) -> Decision:
    return Decision(
        order.uid,
        OrderState.HELD,
        "manual_export",
        f"Order {order.number} waits for a person: events.export_order.when is “manual”.",
        "Send it with order_export_single, or trigger order_export with “Send although …”.",
    )


def marked(ctx: FlowContext, order: OrderRecord) -> None:
    """Somebody else wrote a number into the order: link it if it can be Specter's, and say so in any case."""
    mark, key = order.external_mark, ItemKey(Kind.ORDER, order.uid)
    remedy = (
        "Look in Specter whether it is this order. If not, remove the number in the shop and trigger again."
    )
    what = f"Order {order.number} carries the number {shown(ctx, mark)}, which we did not write"
    if looks_like_specters(ctx, mark):
        flag = Flag(key, "foreign_mark", Severity.WARNING, f"{what}; it is linked to it.", remedy)
        ctx.ledger.record_flags(ctx.run, [flag], checked=[key], source=FLAG_SOURCE)
        with suppress(OrderNotOpenError):  # somebody is sending it this very moment: that run decides
            ctx.ledger.orders.link(
                ctx.shop,
                order.uid,
                mark,
                by="mark",
                who="order export",
                why="externalOrderNumber in the shop",
                run=ctx.run,
            )
        return
    what += (
        f" and which is no number of Specter's by the pattern {ctx.settings.orders.specter_number_pattern}."
    )
    flag = Flag(key, "foreign_mark", Severity.ERROR, what, remedy)
    ctx.ledger.record_flags(ctx.run, [flag], checked=[key], source=FLAG_SOURCE)
    ctx.ledger.orders.decide(ctx.run, [Decision(order.uid, OrderState.HELD, "foreign_mark", what, remedy)])
