"""What a rebuild makes of an order, from what the shop shows of it and what the ledger still knows. Pure."""

from __future__ import annotations

import re

from abicart_specter.ledger.order_records import FoundOrder
from abicart_specter.ledger.order_rules import SETTLED, OrderState
from abicart_specter.ledger.rebuild.records import RebuildRules, Verdict

LEDGER_LOST = "ledger_lost"
"""Rule of an order that is unconfirmed because the ledger that knew what became of it is lost."""


def looks_like_specters(mark: str, rules: RebuildRules) -> bool:
    """Whether a mark in the shop is by its form an order number of Specter."""
    return re.fullmatch(rules.pattern, mark) is not None


def judge_order(
    order: FoundOrder, state: OrderState | None, rules: RebuildRules, *, mark_is_taken: bool
) -> Verdict:
    """What becomes of an order.

    :param state: in the ledger as it is; ``None`` where it has no row.
    :param mark_is_taken: the ledger has the number that the shop shows for another order already.
    """
    if state in SETTLED:
        return Verdict.KEPT
    if order.external_mark:
        if looks_like_specters(order.external_mark, rules) and not mark_is_taken:
            return Verdict.LINKED
        return Verdict.PERSON
    unsent = state is None or state in (OrderState.NEW, OrderState.HELD, OrderState.FAILED)
    if unsent and order.ordered_at >= rules.cut:
        return Verdict.LEFT
    if state is OrderState.EXCLUDED:
        return Verdict.KEPT
    if unsent and order.discarded:
        return Verdict.CANCELLED
    return Verdict.ASKED
