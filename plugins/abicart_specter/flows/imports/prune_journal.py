"""Old answers leave the journal."""

from __future__ import annotations

import logging
from datetime import timedelta

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Journal

log = logging.getLogger(__name__)


def prune_journal(ctx: FlowContext, journal: Journal) -> int:
    """Remove what is older than ``retention.journal_days`` of the shop's Specter account; returns how many answers.

    Of shops that share the account the one that keeps least decides.
    """
    days = ctx.settings.retention.journal_days
    gone = sum(
        journal.prune(ctx.clock() - timedelta(days=days), binding.sbm_id)
        for binding in ctx.ledger.bindings()
        if binding.shop == ctx.shop
    )
    log.info("Shop %s: %s answers of Specter older than %s days left the journal.", ctx.shop, gone, days)
    return gone
