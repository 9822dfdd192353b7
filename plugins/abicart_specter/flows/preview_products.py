"""Dry run of the product export: the same reading, checking and mapping, then rows in the log instead of a write."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from abicart_specter.domain.mapping import ArticleMapping
from abicart_specter.domain.records import Outcome
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.plan_chunks import Chunk, Selection, plan_chunks
from abicart_specter.flows.prepare_products import MAPPING_FLAGS, Prepared, PrepareOptions, prepare
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.report import show_held
from abicart_specter.flows.reports import log_table, printable
from abicart_specter.flows.send_products import mapping_context
from abicart_specter.flows.validate_numbers import validate_numbers
from abicart_specter.ledger import Created, scratch_ledger

log = logging.getLogger(__name__)


def preview_products(
    ctx: FlowContext, mapping: ArticleMapping, selection: Selection, options: PrepareOptions, rows_in_log: int
) -> dict[str, int]:
    """Show exactly what a run with these parameters would send, row by row, and write nothing anywhere else.

    Found products are staged in a scratch file that is gone when the task ends; the ledger is only read.

    :param rows_in_log: how many rows to print in full; the rest is counted.
    :returns: counts of what would be sent, unchanged, held and excluded.
    """
    account = own_account(ctx)
    with scratch_ledger() as scratch:
        dry = replace(ctx, staging=scratch, dry_run=True)
        read_catalogue(dry, mapping.extra_fields)
        _copy_numbers(ctx, dry)
        validate_numbers(dry)
        chunks = plan_chunks(dry, selection)
        counts: Counter[str] = Counter()
        for chunk in chunks:
            counts += _preview_chunk(
                dry, chunk, mapping, account, options, rows_in_log - counts["would be sent"]
            )
        counts.setdefault("would be sent", 0)
        outcomes = scratch.outcome_counts(dry.run)
        for outcome in (Outcome.UNCHANGED, Outcome.HELD, Outcome.EXCLUDED):
            counts[outcome.value] = outcomes.get(outcome, 0)
        show_held(dry, counts[Outcome.HELD.value])
    if counts["would be sent"] > rows_in_log:
        log.info(
            "Shop %s: %s more rows are not printed; narrow the run with “only” or “limit”, or raise “rows in the log”.",
            ctx.shop,
            counts["would be sent"] - rows_in_log,
        )
    log_table(
        log, f"Dry run of shop {ctx.shop}: nothing was written", ("what", "count"), sorted(counts.items())
    )
    return dict(counts)


def _copy_numbers(ctx: FlowContext, dry: FlowContext) -> None:
    """Under which number Specter has each product found, into the scratch file, where a number that changed hands is
    looked for.
    """
    found = dry.staging.open_items(dry.run)
    while keys := [key for key, _ in islice(found, 1000)]:
        states = ctx.ledger.item_states(ctx.shop, keys)
        created = [(key, state.created_number) for key, state in states.items()]
        dry.staging.record_created(ctx.shop, [Created(key, number) for key, number in created if number])


def _preview_chunk(
    ctx: FlowContext,
    chunk: Chunk,
    mapping: ArticleMapping,
    account: str,
    options: PrepareOptions,
    rows_left: int,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for batch in prepare(ctx, mapping, mapping_context(ctx), chunk.partitions, account, options):
        ctx.staging.record_flags(ctx.run, batch.flags, source=MAPPING_FLAGS)
        ctx.staging.record_outcomes(ctx.run, batch.settled)
        _print_rows(batch.ready, max(0, rows_left - counts["would be sent"]))
        counts["would be sent"] += len(batch.ready)
    return counts


def _print_rows(ready: Sequence[Prepared], rows: int) -> None:
    for prepared in ready[:rows]:
        fields = " ".join(f"{name}={printable(value)!r}" for name, value in prepared.row.items())
        opening = " ".join(f"{name}={printable(value)!r}" for name, value in prepared.create_only.items())
        log.info(
            "%s (%s): %s%s",
            prepared.product_number,
            "pass 1 only: created if Specter lacks it, then held as specter_value_unknown"
            if prepared.create_only_because
            else "new: pass 1, then pass 2 with forceArticleUpdate"
            if prepared.first
            else "changed: forceArticleUpdate",
            fields,
            f"; only in pass 1: {opening}" if prepared.first and opening else "",
        )
