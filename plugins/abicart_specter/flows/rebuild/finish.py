"""The rebuild's end: the shop may work again, and what is in question is listed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.open_questions import open_questions

log = logging.getLogger(__name__)


def finish_rebuild(
    ctx: FlowContext, orders: Mapping[str, Any], products: Mapping[str, Any]
) -> dict[str, Any]:
    """Compare the run's sets, finish the rebuild, and show what waits for people. A dry run only says what comes next.

    :raises IncompleteRunError: an order found has no verdict; nothing is finished then.
    """
    ctx.begin()
    summary = {"orders": dict(orders), "products": dict(products)}
    if ctx.dry_run:
        log.info("Shop %s: a dry run: the ledger is as it was, and the exports stay stopped.", ctx.shop)
        return summary
    gaps = ctx.ledger.orders.outcome_gaps(ctx.run)
    judged = sum(orders[name] for name in ("kept", "linked", "asked", "person", "cancelled"))
    if gaps.missing or gaps.unexpected or len(ctx.ledger.orders.found(ctx.run)) != judged:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: {judged} orders were judged, but the ledger has {gaps.missing} without an outcome and "
            f"{gaps.unexpected} outcomes too many. The rebuild is not finished.",
            remedy=f"Trigger ledger_rebuild__{ctx.shop} again; it goes on with the same times.",
        )
    open_questions(ctx).show(ctx)
    ctx.ledger.rebuild.finish(ctx.shop)
    ctx.ledger.finish_run(ctx.run, summary)
    log.info("Shop %s: the rebuild is finished; every export and import may run again.", ctx.shop)
    return summary
