"""Products that Specter has and the shop deleted, or left without a number: flagged, never touched in Specter."""

from __future__ import annotations

import logging

from abicart_specter.domain.records import Flag, ItemKey, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.reports import log_by_rule
from abicart_specter.ledger import LostItem

log = logging.getLogger(__name__)

CHANGE_FLAGS = "product_changes"
"""Source of the flags found here: what is no longer found is resolved by source."""
DELETED_IN_SHOP = "deleted_in_shop"
NUMBER_LOST = "number_lost"


def flag_lost_products(ctx: FlowContext) -> int:
    """Flag what is lost and was not flagged yet, resolve what came back; returns how many flags are new."""
    changes = ctx.ledger.product_changes
    lost = {(item.key, _rule(item)): item for item in changes.lost_items(ctx.shop)}
    flagged = changes.flagged_items(ctx.shop, CHANGE_FLAGS)
    # Only where something differs: what a shop has deleted over the years is not written anew every time.
    checked: set[ItemKey] = {key for key, _ in lost.keys() ^ flagged}
    if not checked:
        return 0
    flags = [_flag(item) for (key, _), item in lost.items() if key in checked]
    ctx.ledger.record_flags(ctx.run, flags, checked=checked, source=CHANGE_FLAGS)
    log_by_rule(log, f"Products of shop {ctx.shop} that Specter has and the shop no longer", flags)
    return len(lost.keys() - flagged)


def _rule(item: LostItem) -> str:
    return DELETED_IN_SHOP if item.deleted else NUMBER_LOST


def _flag(item: LostItem) -> Flag:
    if item.deleted:
        return Flag(
            item.key,
            DELETED_IN_SHOP,
            Severity.WARNING,
            f"{item.key} was deleted in the shop. Specter still has its article {item.number}.",
            "Nothing if the article shall stay in Specter; else close it there. "
            "A new product in the shop with this number takes the article up again.",
            item.number,
        )
    return Flag(
        item.key,
        NUMBER_LOST,
        Severity.ERROR,
        f"{item.key} has no product number of its own any more. Specter has it as {item.number}, and gets nothing new.",
        f"Give it its number {item.number} back in the shop.",
        item.number,
    )
