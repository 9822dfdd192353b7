"""Write a chunk's products to Specter: at first in two passes, later in one, never twice for nothing.

Pass 1 goes without ``forceArticleUpdate`` and carries the opening stock: it creates what Specter lacks and
leaves alone what it has. Pass 2 goes with it and without stock: it brings every product up to date. So nobody
needs to know what Specter had before. Both passes may be repeated without harm, which is what every retry,
here or by Airflow, rests upon.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from abicart_specter.domain.groups import Group, GroupBuilder
from abicart_specter.domain.mapping import ArticleMapping
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import UnconfirmedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import queue_account
from abicart_specter.flows.flag_buffer import FlagBuffer
from abicart_specter.flows.leases import LeaseKeeper, LeaseTerms, hold_leases
from abicart_specter.flows.plan_chunks import Chunk
from abicart_specter.flows.prepare_products import MAPPING_FLAGS, Prepared, PrepareOptions, prepare
from abicart_specter.flows.requests_made import counted_specter
from abicart_specter.flows.write_group import GroupWriter

log = logging.getLogger(__name__)

PROGRESS_EVERY = 5_000


@dataclass(slots=True)
class ChunkSummary:
    """What became of a chunk in this try."""

    chunk: int
    outcomes: Counter[str] = field(default_factory=Counter)


def lease_name(shop: str, partition: int) -> str:
    """Name of the lease on a partition of a shop's products."""
    return f"{shop}/products/{partition:02d}"


def send_products(
    ctx: FlowContext, chunk: Chunk, mapping: ArticleMapping, terms: LeaseTerms, options: PrepareOptions
) -> ChunkSummary:
    """Send a chunk.

    The next group is mapped while the one before is on its way.

    :raises LeaseHeldError: another run is at work on these products; retriable.
    :raises TransportError: Specter cannot be reached; what was sent is remembered, the rest is sent by a retry.
    :raises UnconfirmedError: answers were lost; a retry sends those products again.
    :raises RefusedAlikeError: Specter refuses everything alike; fatal.
    """
    summary = ChunkSummary(chunk.chunk)
    names = [lease_name(ctx.shop, partition) for partition in chunk.partitions]
    with (
        hold_leases(ctx.ledger, names, ctx.owner, terms) as keeper,
        counted_specter(ctx, f"send_products {chunk.chunk}") as specter,
        ThreadPoolExecutor(1, thread_name_prefix="specter") as sender,
    ):
        writer = GroupWriter(ctx, specter, keeper)

        def builder(rows: int) -> GroupBuilder[Prepared]:
            return GroupBuilder(
                rows,
                ctx.settings.limits.group_bytes,
                lambda prepared, index: specter.encoded_size(prepared.row | prepared.create_only, index),
            )

        # Where Specter answers a refusal with an error page, one bad row takes its whole group's answer. So what
        # was lost goes alone in the next try, and the rest of the group is not held up by it.
        builders = builder(ctx.settings.limits.group_rows), builder(1)
        on_its_way: Future[None] | None = None
        for group in _groups(ctx, chunk, mapping, queue_account(specter), options, builders, summary, keeper):
            if on_its_way is not None:
                on_its_way.result()
            on_its_way = sender.submit(writer.write, group)
        if on_its_way is not None:
            on_its_way.result()
        writer.finish()
        summary.outcomes.update(writer.outcomes)
    log.info("Shop %s: chunk %s of %s done: %s", ctx.shop, chunk.chunk, chunk.of, _words(summary.outcomes))
    if summary.outcomes[Outcome.UNCONFIRMED]:
        raise UnconfirmedError(
            f"Shop {ctx.shop}: Specter's answer was lost for {summary.outcomes[Outcome.UNCONFIRMED]} products.",
            remedy="Nothing to do: the task sends them again, which is harmless for products.",
        )
    return summary


def _groups(
    ctx: FlowContext,
    chunk: Chunk,
    mapping: ArticleMapping,
    account: str,
    options: PrepareOptions,
    builders: tuple[GroupBuilder[Prepared], GroupBuilder[Prepared]],
    summary: ChunkSummary,
    keeper: LeaseKeeper,
) -> Iterator[Group[Prepared]]:
    """Groups ready to write; what needs no write is settled on the way.

    :param builders: for groups of the usual size, and for products that go alone.
    """
    usual, alone = builders
    context = mapping_context(ctx)
    flags = FlagBuffer(ctx, MAPPING_FLAGS)
    looked_at = 0
    for batch in prepare(ctx, mapping, context, chunk.partitions, account, options):
        keeper.before_write()
        looked_at += len(batch.ready) + len(batch.settled)
        flags.add(batch.keys, batch.flags)
        if batch.settled:
            ctx.staging.record_outcomes(ctx.run, batch.settled)
            summary.outcomes.update(record.outcome.value for record in batch.settled)
        for prepared in batch.ready:
            yield from (alone if prepared.lost else usual).add(prepared)
        if looked_at % PROGRESS_EVERY < len(batch.ready) + len(batch.settled):
            log.info("Shop %s: chunk %s: %s of %s products.", ctx.shop, chunk.chunk, looked_at, chunk.items)
    flags.flush()
    yield from usual.rest()
    yield from alone.rest()


def mapping_context(ctx: FlowContext) -> dict[str, Any]:
    """What a field mapping can read besides the product itself."""
    with ctx.open_abicart() as abicart:  # for the language only; nothing is asked
        language = abicart.connection.language
    return {"shop": {"name": ctx.shop, "language": language}, "settings": ctx.settings.for_mapping()}


def _words(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "nothing to do"
