"""Turn staged products into the rows that Specter gets, and set aside those that need no write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.domain.mapping import ArticleMapping, row_hash
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey, Outcome, Severity
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.doubtful_values import VALUES_UNKNOWN, doubt_flag, doubtful_values, values_unknown
from abicart_specter.flows.known_values import (
    ItemKnown,
    ToldNames,
    is_in_specter,
    known_values,
    put_known_values,
    settled_values,
)
from abicart_specter.ledger import OPEN, ItemState, OutcomeRecord, PairValues, StagedItem

MAPPING_FLAGS = "mapping"
"""Source of the flags found here: what is no longer found is resolved by source."""
RENUMBERED = "renumbered"
NUMBER_TAKEN_OVER = "number_taken_over"


@dataclass(frozen=True, slots=True)
class Prepared:
    """One product ready to be written.

    ``first`` tells that Specter has not confirmed it yet: pass 1 adds ``create_only`` (opening stock).
    ``settles`` is what both systems agree on once the row is confirmed (rule 22).
    ``known_at`` is when Specter's own values were looked up, by the ledger's clock.
    ``lost`` tells that the answer to its write was lost in an earlier try of this run.
    ``create_only_because``: it is created if Specter lacks it, and no more: nobody knows what the forced write would
    overwrite.
    """

    key: ItemKey
    product_number: str
    row: dict[str, str]
    create_only: dict[str, str]
    hash: str
    first: bool
    settles: list[PairValues]
    lost: bool
    known_at: datetime
    create_only_because: str = ""


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """What became of one batch of staged products."""

    keys: list[ItemKey]
    ready: list[Prepared]
    settled: list[OutcomeRecord]
    flags: list[Flag]


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """``full_resend``: send what did not change too. ``accept_renumbered``: the numbers were changed in Specter too.
    ``accept_shop_values``: where a lost ledger knew Specter's own values, the shop's are right.
    """

    full_resend: bool = False
    accept_renumbered: bool = False
    accept_shop_values: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> PrepareOptions:
        """From the trigger form's fields."""
        return cls(
            full_resend=bool(params.get("full_resend")),
            accept_renumbered=bool(params.get("accept_renumbered")),
            accept_shop_values=bool(params.get("accept_shop_values")),
        )


def prepare(
    ctx: FlowContext,
    mapping: ArticleMapping,
    context: dict[str, Any],
    partitions: Sequence[int],
    account: str,
    options: PrepareOptions,
) -> Iterator[PreparedBatch]:
    """Map a chunk's products, batch by batch; memory does not grow with the chunk.

    :param account: whose article-info queue tells Specter's values, see ``drain_queue.queue_account``.
    """
    masters = ctx.settings.masters()
    names = ToldNames.of(import_mapping(ctx.settings))
    for batch in ctx.staging.iter_chunk(ctx.run, partitions):
        staged = [entry for entry in batch if entry.outcome is None or entry.outcome in OPEN]
        keys = [entry.item.key for entry in staged]
        states = (
            ctx.ledger.item_states(ctx.shop, keys)
            if ctx.dry_run
            else {entry.item.key: entry.state for entry in staged}
        )
        numbers = {
            entry.item.key: entry.item.product_number
            for entry in staged
            if entry.item.product_number is not None
        }
        known_at = ctx.ledger.now()
        known = known_values(ctx, numbers, account, masters, names)
        taken = ctx.staging.numbers_taken_over(ctx.run, numbers)
        doubts = {} if options.accept_shop_values else doubtful_values(ctx, known, masters)
        yield _prepare_batch(
            ctx, mapping, context, staged, states, known, known_at, taken, doubts, masters, options
        )


def _prepare_batch(
    ctx: FlowContext,
    mapping: ArticleMapping,
    context: dict[str, Any],
    staged: Sequence[StagedItem],
    states: Mapping[ItemKey, ItemState],
    known: Mapping[ItemKey, ItemKnown],
    known_at: datetime,
    taken: Mapping[ItemKey, ItemKey],
    doubts: Mapping[ItemKey, Sequence[Master]],
    masters: Sequence[Master],
    options: PrepareOptions,
) -> PreparedBatch:
    batch = PreparedBatch([entry.item.key for entry in staged], [], [], [])
    for entry in staged:
        item, state, told = entry.item, states[entry.item.key], known.get(entry.item.key, ItemKnown())
        if excluded := _excluded(ctx, item):
            batch.settled.append(
                OutcomeRecord(item.key, item.product_number, Outcome.EXCLUDED, excluded, "not_wanted")
            )
            continue
        try:
            _refuse_renumbered(ctx, item.key, item.product_number, state, options)
            _refuse_taken_over(ctx, item.key, item.product_number, taken.get(item.key))
            mapped = mapping.apply(item, context)
            row, overruled = put_known_values(ctx, item, mapped.row, told, masters)
        except RecordError as error:
            batch.flags.append(
                Flag(item.key, error.rule, Severity.ERROR, error.message, error.remedy, item.product_number)
            )
            batch.settled.append(
                OutcomeRecord(item.key, item.product_number, Outcome.HELD, error.message, error.rule)
            )
            continue
        batch.flags.extend(mapped.flags)
        batch.flags.extend(overruled)
        digest, number = row_hash(row), row["articleNo"]
        # An open intent means that a write of other content may have arrived after the one that was confirmed.
        if not options.full_resend and state.intent_hash is None and is_in_specter(row, digest, state, told):
            batch.settled.append(
                OutcomeRecord(item.key, number, Outcome.UNCHANGED, "Specter has it so already.", "")
            )
            continue
        first = state.created_number != number
        doubt = "" if item.key not in doubts else values_unknown(ctx, item, doubts[item.key])
        if doubt and not first:
            batch.flags.append(doubt_flag(item.key, number, doubt))
            batch.settled.append(OutcomeRecord(item.key, number, Outcome.HELD, doubt, VALUES_UNKNOWN))
            continue
        settles = settled_values(item, mapped.row, row)
        lost = entry.outcome is Outcome.UNCONFIRMED
        batch.ready.append(
            Prepared(item.key, number, row, mapped.create_only, digest, first, settles, lost, known_at, doubt)
        )
    return batch


def _refuse_renumbered(
    ctx: FlowContext,
    key: ItemKey,
    number: str | None,
    state: ItemState,
    options: PrepareOptions,
) -> None:
    """A number that changed after the first send would become a second article in Specter."""
    if state.created_number in (None, number) or options.accept_renumbered:
        return
    raise RecordError(
        f"Shop {ctx.shop}: {key} was sent to Specter as {state.created_number} and is now {number} in the shop.",
        rule=RENUMBERED,
        remedy=f"Either give the product its number {state.created_number} back in the shop, or change the number "
        "in Specter too and run the export for this number with “Numbers were changed in Specter too”.",
    )


def _refuse_taken_over(ctx: FlowContext, key: ItemKey, number: str | None, former: ItemKey | None) -> None:
    """A number that Specter knows as another product's, which the shop still has: its article must not change hands."""
    if former is not None:
        raise RecordError(
            f"Shop {ctx.shop}: {key} has the product number {number}, which Specter has for {former} of the shop.",
            rule=NUMBER_TAKEN_OVER,
            remedy=f"Give {key} a number that was never used, or {former} its old number back.",
        )


def _excluded(ctx: FlowContext, item: CatalogueItem) -> str:
    """Why the shop's settings leave a product out; empty if they do not."""
    if item.hidden and ctx.settings.products.hidden == "exclude":
        return "Hidden in the shop, and the setting products.hidden excludes those."
    if item.draft and ctx.settings.products.drafts == "exclude":
        return "A draft in the shop, and the setting products.drafts excludes those."
    return ""
