"""Once a night: the orders of the last days beside the ledger, uid by uid (rule 6). What is missing is taken up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import ABICART, watched
from abicart_specter.flows.orders.foreign_marks import refuse_other_system
from abicart_specter.flows.orders.found import found_orders
from abicart_specter.flows.orders.settle import settle
from abicart_specter.flows.orders.switched_off import only_listed
from abicart_specter.flows.orders.window import ScanWindow
from abicart_specter.flows.requests_made import counted_abicart

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepSummary:
    """``compared`` orders of the shop; ``missing`` of them the ledger did not know."""

    compared: int
    missing: int


def sweep_orders(
    ctx: FlowContext, window: ScanWindow, names: InfoNames, *, send_manual: bool = False
) -> SweepSummary:
    """Compare the orders of the last ``orders.sweep_days`` days with the ledger, and record what is missing.

    Orders that appeared in the shop long after they were placed (a late commit, a clock that is slow) are found so.
    """
    ctx.begin()
    started, compared = ctx.clock(), 0
    since = max(
        window.until - timedelta(days=ctx.settings.orders.sweep_days), ctx.settings.orders.orders_from
    )
    ledger, taken_up = ctx.ledger.orders, set[int]()
    with watched(ctx, ABICART), counted_abicart(ctx, "sweep_orders") as abicart:
        for page in abicart.orders.iter_order_pages(since, window.until):
            compared += len(page)
            missing = ledger.missing_of(ctx.shop, [head["uid"] for head in page])
            new = [head for head in page if head["uid"] in missing]
            ledger.record_found(ctx.run, found_orders(ctx, new, names))
            taken_up |= missing
            for head in new:
                log.warning(
                    "Shop %s: order %s, placed %s, was not in the ledger; it is taken up now.",
                    ctx.shop,
                    head["orderNumber"],
                    head["ordered"].isoformat(),
                )
    refuse_other_system(ctx)
    settle(ctx, listed_only=only_listed(ctx.settings, send_manual=send_manual))
    ledger.set_swept(ctx.shop, started)
    log.info(
        "Shop %s: compared %s orders placed since %s with the ledger; %s were missing.",
        ctx.shop,
        compared,
        since.isoformat(timespec="seconds"),
        len(taken_up),
    )
    return SweepSummary(compared, len(taken_up))
