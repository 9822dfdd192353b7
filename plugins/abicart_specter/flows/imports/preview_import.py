"""Dry run of the nightly import: the same comparison, then a table in the log instead of a write."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.imports.records import HeldImport, PlannedChange
from abicart_specter.domain.imports.worst import value_in_words
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.plan_import import iter_plans, owners_of
from abicart_specter.flows.imports.told_items import INFO
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.reports import log_table
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import scratch_ledger

log = logging.getLogger(__name__)

HELD_SHOWN = 20


def preview_import(ctx: FlowContext, mapping: ImportMapping, *, changes_in_log: int) -> dict[str, int]:
    """Show what a run would write, from what Specter has told so far; its queues are left alone.

    :param changes_in_log: how many changed fields and held values to print; the rest is counted.
    :returns: counts of what would be written and held.
    """
    account = own_account(ctx)
    with counted_abicart(ctx, "preview") as abicart:
        facts = abicart.webshop()
    look = ctx.ledger.imports.numbers_to_look_at(
        ctx.shop, account, INFO, [master.value for master in ctx.settings.masters()]
    )
    changes: list[PlannedChange] = []
    held: list[HeldImport] = []
    counts: Counter[str] = Counter({"product numbers looked at": len(look.numbers)})
    with scratch_ledger() as scratch:
        dry = replace(ctx, staging=scratch, dry_run=True)
        read_catalogue(dry, article_fields(ctx.settings))
        owned = owners_of(dry, look.numbers)
        counts["not in the shop"] = len(owned.unknown)
        for plans in iter_plans(dry, account, mapping, facts, owned):
            for plan in plans.values():
                counts.update(f"would change: {change.part.value}" for change in plan.changes)
                counts["held"] += len(plan.held)
                # No more than can be printed: a whole catalogue may be in the plan.
                changes += plan.changes[: max(0, changes_in_log - len(changes))]
                held += plan.held[: max(0, changes_in_log - len(held))]
    log_table(
        log,
        f"Would be written to shop {ctx.shop}",
        ("product number", "field", "now", "then"),
        [
            (
                ", ".join(number for _, number in change.keys),
                one.field.value,
                value_in_words(one.field, one.before),
                value_in_words(one.field, one.after),
            )
            for change in changes
            for one in change.fields
            if one.before != one.after
        ],
    )
    if held:
        log_table(
            log,
            "Would be held" + (f", the first {HELD_SHOWN}" if counts["held"] > HELD_SHOWN else ""),
            ("product number", "rule", "reason"),
            [(one.product_number, one.rule, one.message) for one in held[:HELD_SHOWN]],
        )
    log_table(
        log, f"Dry run of shop {ctx.shop}: nothing was written", ("what", "count"), sorted(counts.items())
    )
    return dict(counts)
