"""Which tasks a run needs after its scan. Most runs find nothing; a task that is not needed costs no process."""

from __future__ import annotations

from dataclasses import dataclass

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.pending_marks import marks_are_pending
from abicart_specter.flows.orders.scan import ScanSummary
from abicart_specter.flows.orders.window import RunKind, ScanWindow, sweep_is_due
from abicart_specter.ledger import SpecialState

SWEEP, SPECIAL, PLAN, SEND, WRITE_BACK, CHANGES = (
    "sweep_orders",
    "ensure_special_numbers",
    "plan_orders",
    "send_orders",
    "write_back",
    "find_changes",
)


@dataclass(frozen=True, slots=True)
class NextSteps:
    """``needless``: ids of tasks that are skipped."""

    needless: tuple[str, ...]


def next_steps(
    ctx: FlowContext, window: ScanWindow, summary: ScanSummary, *, sweep_asked_for: bool = False
) -> NextSteps:
    """What there is left to do."""
    swept_to = ctx.ledger.orders.scan_state(ctx.shop).swept_to
    sweep = sweep_is_due(window.kind, swept_to=swept_to, now=ctx.clock()) or (
        sweep_asked_for and window.kind is not RunKind.BACKFILL
    )
    sending = sweep or summary.to_send > 0
    wanted = {
        SWEEP: sweep,
        SPECIAL: sending and special_numbers_missing(ctx),
        PLAN: sending,
        SEND: sending,
        WRITE_BACK: window.follows_on and marks_are_pending(ctx),
        CHANGES: summary.changed,
    }
    return NextSteps(tuple(task for task, needed in wanted.items() if not needed))


def special_numbers_missing(ctx: FlowContext) -> bool:
    """Whether a special product number is not known to be in Specter."""
    known = ctx.ledger.special_numbers(ctx.shop)
    return any(
        number not in known or known[number].state is SpecialState.NOT_CONFIRMED
        for number in ctx.settings.special_numbers_by_number()
    )
