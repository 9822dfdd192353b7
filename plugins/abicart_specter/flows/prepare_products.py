"""Turn staged products into the rows that Specter gets, and set aside those that need no write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abicart_specter.domain.mapping import ArticleMapping, row_hash
from abicart_specter.domain.masters import Master, replace_by_master
from abicart_specter.domain.records import Flag, ItemKey, Outcome, Severity
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import ItemState, OutcomeRecord, Pair, StagedItem

RENUMBERED = "renumbered"


@dataclass(frozen=True, slots=True)
class Prepared:
    """One product ready to be written.

    ``first`` tells that Specter has not confirmed it yet: pass 1 adds ``create_only`` (opening stock).
    """

    key: ItemKey
    product_number: str
    row: dict[str, str]
    create_only: dict[str, str]
    hash: str
    first: bool


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """What became of one batch of staged products."""

    ready: list[Prepared]
    settled: list[OutcomeRecord]
    flags: list[Flag]


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """``full_resend``: send what did not change as well. ``accept_renumbered``: the numbers were changed in Specter too."""

    full_resend: bool = False
    accept_renumbered: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> PrepareOptions:
        """From the trigger form's fields."""
        return cls(
            full_resend=bool(params.get("full_resend")),
            accept_renumbered=bool(params.get("accept_renumbered")),
        )


def prepare(
    ctx: FlowContext,
    mapping: ArticleMapping,
    context: dict[str, Any],
    partitions: Sequence[int],
    options: PrepareOptions,
) -> Iterator[PreparedBatch]:
    """Map a chunk's products, batch by batch; memory does not grow with the chunk."""
    masters = ctx.settings.masters()
    for staged in ctx.staging.iter_chunk(ctx.run, partitions):
        keys = [entry.item.key for entry in staged]
        states = ctx.ledger.item_states(ctx.shop, keys)
        pairs = ctx.ledger.pairs(ctx.shop, keys) if masters else {}
        yield _prepare_batch(ctx, mapping, context, staged, states, pairs, masters, options)


def _prepare_batch(
    ctx: FlowContext,
    mapping: ArticleMapping,
    context: dict[str, Any],
    staged: Sequence[StagedItem],
    states: dict[ItemKey, ItemState],
    pairs: dict[ItemKey, dict[str, Pair]],
    masters: Sequence[Master],
    options: PrepareOptions,
) -> PreparedBatch:
    batch = PreparedBatch([], [], [])
    for entry in staged:
        item, state = entry.item, states.get(entry.item.key)
        try:
            _refuse_renumbered(ctx, item.key, item.product_number, state, options)
            mapped = mapping.apply(item, context)
        except RecordError as error:
            batch.flags.append(
                Flag(item.key, error.rule, Severity.ERROR, error.message, error.remedy, item.product_number)
            )
            batch.settled.append(
                OutcomeRecord(item.key, item.product_number, Outcome.HELD, error.message, error.rule)
            )
            continue
        batch.flags.extend(mapped.flags)
        row = mapped.row
        if masters and state is not None and state.created_in_specter_at is not None:
            row, flags = replace_by_master(item, row, pairs.get(item.key, {}), masters)
            batch.flags.extend(flags)
        digest, number = row_hash(row), row["articleNo"]
        if state is not None and state.sent_hash == digest and not options.full_resend:
            batch.settled.append(
                OutcomeRecord(item.key, number, Outcome.UNCHANGED, "Specter has it so already.", "")
            )
            continue
        first = state is None or state.created_in_specter_at is None or state.product_number != number
        batch.ready.append(Prepared(item.key, number, row, mapped.create_only, digest, first))
    return batch


def _refuse_renumbered(
    ctx: FlowContext,
    key: ItemKey,
    number: str | None,
    state: ItemState | None,
    options: PrepareOptions,
) -> None:
    """A number that changed after the first send would become a second article in Specter."""
    if (
        state is None
        or state.created_in_specter_at is None
        or state.product_number in (None, number)
        or options.accept_renumbered
    ):
        return
    raise RecordError(
        f"Shop {ctx.shop}: {key} was sent to Specter as {state.product_number} and is now {number} in the shop.",
        rule=RENUMBERED,
        remedy=f"Either give the product its number {state.product_number} back in the shop, or change the number "
        "in Specter too and run the export for this number with “Numbers were changed in Specter too”.",
    )
