"""What waits for a person, over all runs: orders whose answer was lost, and orders that were changed after export."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import TWICE, raise_alarm
from abicart_specter.flows.reports import log_table
from abicart_specter.ledger.order_records import OrderChange, OrderRecord
from abicart_specter.ledger.order_rules import OrderState

log = logging.getLogger(__name__)

MOST = 1000
SHOWN = 50


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """``unconfirmed``: nobody knows whether Specter has them. ``changes``: they differ from what Specter got.
    ``twice``: Specter answered two numbers for the same order (rule 4).
    """

    unconfirmed: Sequence[OrderRecord]
    changes: Sequence[OrderChange]
    twice: Sequence[OrderRecord]

    def show(self, ctx: FlowContext) -> None:
        """The tables in the log."""
        if self.unconfirmed:
            log_table(
                log,
                "Waiting for your answer: look in Specter, then answer with order_export_single",
                ("order", "number to look for in Specter", "since", "why"),
                [
                    (order.number, order.external_no, f"{order.state_since:%Y-%m-%d %H:%M} UTC", order.reason)
                    for order in self.unconfirmed[:SHOWN]
                ],
            )
        for order in self.twice:
            log.error(
                "Shop %s: order %s is in Specter twice, as %s. Remedy: look at both and cancel one; the shop "
                "shows %s.",
                ctx.shop,
                order.number,
                " and ".join(_numbers(order)),
                order.specter_order_no,
            )
        if self.changes:
            log_table(
                log,
                f"Changed in the shop after export: {len(self.changes)}. What differs and what to do: the log of "
                "find_changes of the run that found it, and flags.csv",
                ("order", "in Specter", "what happened", "since"),
                [
                    (one.number, one.specter_order_no or "", one.kind, f"{one.first_seen:%Y-%m-%d %H:%M} UTC")
                    for one in self.changes[:SHOWN]
                ],
            )
        if len(self.changes) > SHOWN or len(self.unconfirmed) > SHOWN:
            log.info("Shop %s: only the first %s of each are shown.", ctx.shop, SHOWN)


def open_questions(ctx: FlowContext) -> OpenQuestions:
    """What waits now; and an alarm about each order that is in Specter twice."""
    orders = ctx.ledger.orders
    questions = OpenQuestions(
        orders.in_state(ctx.shop, OrderState.UNCONFIRMED, MOST),
        orders.open_changes(ctx.shop),
        orders.double_orders(ctx.shop),
    )
    for order in questions.twice:
        # The cause is named as when it was first seen: one message, not two.
        others = " and ".join(order.other_numbers)
        raise_alarm(
            ctx,
            f"{TWICE} {order.specter_order_no}",
            f"It is there as {others} too. Remedy: cancel one of them in Specter.",
            {"first": order.specter_order_no, "others": list(order.other_numbers)},
        )
    return questions


def _numbers(order: OrderRecord) -> list[str]:
    return [number for number in (order.specter_order_no, *order.other_numbers) if number is not None]
