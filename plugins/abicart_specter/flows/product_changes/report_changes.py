"""The account of a run on change: as every product export's, and what still waits."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from abicart_specter.domain.records import Outcome
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.product_changes.read_changes import ChangesRead
from abicart_specter.flows.report import SYSTEMS, RunReport, report
from abicart_specter.ledger import StagingGoneError

log = logging.getLogger(__name__)

HELD_AGAIN_AFTER = timedelta(hours=24)
"""What holds a product need not be in the shop, whose changes are seen at once: it is looked at again after this."""


def report_changes(ctx: FlowContext, *, red_tasks: int = 0) -> RunReport:
    """See ``report.report``. What the run dealt with waits no longer; the rest is taken up by the next run."""
    if ctx.ledger.get_run(ctx.run) is not None:
        with suppress(StagingGoneError):  # nothing was read to its end: everything waits as it did
            waiting = ctx.ledger.product_changes.settle(ctx.run, ctx.clock(), HELD_AGAIN_AFTER)
            log.info(
                "Shop %s: %s articles wait to be looked at again, held ones included.", ctx.shop, waiting
            )
    return report(ctx, red_tasks=red_tasks)


def finish_without_changes(ctx: FlowContext, read: ChangesRead) -> bool:
    """End a run that found nothing, without files and tables: most runs do.

    :returns: whether it did; else the run goes on.
    """
    if read.items or read.lost:
        return False
    counted = ctx.staging.request_counts(ctx.run)
    record = ctx.ledger.get_run(ctx.run)
    seconds = 0.0 if record is None else (ctx.clock() - record.started_at).total_seconds()
    result = RunReport(
        found=0,
        **dict.fromkeys((outcome.value for outcome in Outcome), 0),
        flags={},
        requests={system: counted.get(system, {}).get("requests", 0) for system in SYSTEMS},
        seconds=round(seconds, 1),
    )
    ctx.ledger.finish_run(ctx.run, result.as_dict())
    return True
