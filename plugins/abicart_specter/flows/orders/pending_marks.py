"""Specter's numbers that an earlier run could not write onto the shop's orders."""

from __future__ import annotations

from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.write_back import write_back
from abicart_specter.flows.requests_made import counted_abicart

AT_ONCE = 500


def marks_are_pending(ctx: FlowContext) -> bool:
    """Whether there are any, and the shop's settings want them written."""
    wanted = ctx.settings.orders.write_number_to_shop
    return wanted and bool(ctx.ledger.orders.pending_write_back(ctx.shop, limit=1))


def write_pending_marks(ctx: FlowContext, mapping: OrderMapping) -> int:
    """Write them; returns how many were tried. What fails again waits for the next run."""
    pending = ctx.ledger.orders.pending_write_back(ctx.shop)
    if pending:
        with counted_abicart(ctx, "write_back") as abicart:
            for start in range(0, len(pending), AT_ONCE):
                write_back(ctx, abicart, mapping, pending[start : start + AT_ONCE])
    return len(pending)
