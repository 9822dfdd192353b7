"""Check the product numbers of what changed against the whole catalogue."""

from __future__ import annotations

from abicart_specter.domain import product_numbers
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.validate_numbers import ValidationSummary, settle_flags


def validate_changes(ctx: FlowContext) -> ValidationSummary:
    """Flag and hold as every export does. A number's other owners are the index's, where they did not change.

    What the run did not find keeps the flags that it has: whoever shares a number with something that changed was
    found too.
    """
    columns = ctx.staging.validation_columns(ctx.run)
    found = {ItemKey(Kind(kind), uid) for kind, uid in zip(columns["kind"], columns["uid"], strict=True)}
    staged = ctx.staging.staged_article_uids(ctx.run)
    ctx.ledger.product_changes.add_other_columns(ctx.shop, columns, staged)
    catalogue = product_numbers.frame_of_columns(columns)
    reserved = ctx.settings.special_numbers_by_number()
    flags = [
        flag
        for flag in product_numbers.iter_flags(catalogue, ctx.settings.number_rules(), reserved)
        if flag.key in found
    ]
    del catalogue
    changes = ctx.staging.record_flags(ctx.run, flags, checked=found)
    return settle_flags(ctx, len(found), flags, changes, hold=True)
