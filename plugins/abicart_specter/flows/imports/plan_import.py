"""Compare what Specter told with the shop, and store what is to be written (rules 22, 23, 28, 30 to 32).

Nothing is written to the shop here. The plan lies in the ledger: changes that may be written, changes that wait for a
person because their part is beyond the guard's limits, and values that are held, each with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from abicart_specter.domain.imports.documents import plan_hash
from abicart_specter.domain.imports.guard import guard
from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.imports.plan_article import plan_article
from abicart_specter.domain.imports.question import question
from abicart_specter.domain.imports.records import (
    ArticlePlan,
    GuardVerdict,
    ImportPart,
    PlannedChange,
)
from abicart_specter.domain.imports.worst import worst_changes
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import CatalogueItem, ItemKey, ShopFacts
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.imports.changes_csv import write_changes_csv
from abicart_specter.flows.imports.chunks import ImportChunk, import_chunks
from abicart_specter.flows.imports.renumberings import show_renumberings
from abicart_specter.flows.imports.told_items import INFO, told_items
from abicart_specter.flows.imports.vat_writable import can_write_vat
from abicart_specter.flows.reports import log_table
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import ChangeState, NumberOwners

log = logging.getLogger(__name__)

ARTICLES_AT_ONCE = 200
OLDEST = timedelta(hours=6)
"""How old a run may be that settles what agrees."""
SEEN_LATE = "compared with an old reading of the shop"
NUMBER_UNKNOWN = "number_unknown"
SHOWN = 20


@dataclass(slots=True)
class PartPlan:
    """A part of the plan: what the guard says, and either the chunks to apply or the question to a person."""

    verdict: GuardVerdict
    chunks: list[ImportChunk] = field(default_factory=list)
    question: dict[str, str] | None = None


@dataclass(slots=True)
class ImportPlan:
    """What came of the comparison."""

    looked_at: int
    unknown: int
    held: int
    parts: dict[ImportPart, PartPlan]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "looked_at": self.looked_at,
            "unknown": self.unknown,
            "held": self.held,
            "changes": {part.value: plan.verdict.items for part, plan in self.parts.items()},
            "ask": [part.value for part, plan in self.parts.items() if plan.verdict.ask],
        }


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose the looked-at product numbers are in the shop. ``articles`` have one of them, alone or with others."""

    articles: list[int]
    unknown: list[str]
    owners: NumberOwners


def plan_import(ctx: FlowContext, mapping: ImportMapping) -> ImportPlan:
    """Plan for every product number that Specter told something new of, or that is still open from before.

    Repeated, it plans afresh what was not applied yet.
    """
    account = own_account(ctx)
    imports = ctx.ledger.imports
    fields = [master.value for master in ctx.settings.masters()]
    look = imports.numbers_to_look_at(ctx.shop, account, INFO, fields)
    owned = owners_of(ctx, look.numbers)
    if ctx.settings.imports.product_number:
        show_renumberings(ctx, account, mapping, owned.owners)
    with counted_abicart(ctx, "plan_import") as abicart:
        facts = abicart.webshop()
        stored = _store(ctx, iter_plans(ctx, account, mapping, facts, owned))
        if stored.vat_change is not None and not can_write_vat(abicart, *stored.vat_change):
            log.warning("Shop %s: the shop does not let VAT rates be written.", ctx.shop)
            stored = _store(ctx, iter_plans(ctx, account, mapping, facts, owned, vat_read_only=True))
    parts = {part: _judge(ctx, part, owned.owners.items) for part in ImportPart}
    late = {} if _is_fresh(ctx) else dict.fromkeys(look.numbers, SEEN_LATE)
    open_numbers = late | dict.fromkeys(owned.unknown, NUMBER_UNKNOWN) | stored.open_numbers
    imports.record_looked(ctx.shop, INFO, look.to_row_id, open_numbers, fields)
    plan = ImportPlan(
        len(look.numbers), len(owned.unknown), stored.held, {p: one for p, one in parts.items() if one}
    )
    _show(ctx, plan, owned.unknown)
    if any(one.verdict.ask for one in plan.parts.values()):
        log.info("Shop %s: every planned change: %s", ctx.shop, write_changes_csv(ctx))
    return plan


def _is_fresh(ctx: FlowContext) -> bool:
    """Whether the shop can be taken to be as this run read it. Cleared hours later, a plan is still safe, since every
    change is compared with the shop before it is written; but what agrees with an old reading must not be settled.
    """
    record = ctx.ledger.get_run(ctx.run)
    return record is None or ctx.ledger.now() - record.started_at <= OLDEST


@dataclass(slots=True)
class _Stored:
    """``open_numbers``: product number → why it is looked at again. ``vat_change``: an article and a new rate."""

    open_numbers: dict[str, str] = field(default_factory=dict)
    held: int = 0
    vat_change: tuple[int, str] | None = None


def _store(ctx: FlowContext, plans: Iterable[Mapping[int, ArticlePlan]]) -> _Stored:
    """Put the plan into the ledger, in place of what an earlier try planned."""
    imports, stored = ctx.ledger.imports, _Stored()
    imports.clear_plan(ctx.run)
    looked_at, fresh = ctx.ledger.now(), _is_fresh(ctx)
    for some in plans:
        changes = [change for plan in some.values() for change in plan.changes]
        held = [one for plan in some.values() for one in plan.held]
        imports.plan_changes(ctx.run, changes)
        imports.record_held(ctx.run, held)
        if fresh:
            agreed = {uid: plan.agreed for uid, plan in some.items() if plan.agreed}
            imports.settle_agreed(ctx.shop, agreed, looked_at)
        looked_at = ctx.ledger.now()
        stored.open_numbers |= {number: change.part.value for change in changes for _, number in change.keys}
        stored.open_numbers |= {one.product_number: one.rule for one in held}
        stored.held += len(held)
        if stored.vat_change is None:
            stored.vat_change = next(
                map(_new_rate, (one for one in changes if one.part is ImportPart.VAT)), None
            )
    return stored


def _new_rate(change: PlannedChange) -> tuple[int, str]:
    rate = next(one.after for one in change.fields if one.field is Master.VAT)
    return change.article_uid, rate or "0"


def owners_of(ctx: FlowContext, numbers: Sequence[str]) -> Owned:
    """The articles to plan for, and the numbers that the shop does not have."""
    owners = ctx.staging.number_owners(ctx.run)
    articles = {one.article_uid for number in numbers for one in owners.owners(number)}
    return Owned(sorted(articles), [number for number in numbers if number not in owners], owners)


def iter_plans(
    ctx: FlowContext,
    account: str,
    mapping: ImportMapping,
    facts: ShopFacts,
    owned: Owned,
    *,
    vat_read_only: bool = False,
) -> Iterator[dict[int, ArticlePlan]]:
    """Plans of the staged articles by uid, some hundreds at a time; memory does not grow with their number."""
    for start in range(0, len(owned.articles), ARTICLES_AT_ONCE):
        uids = owned.articles[start : start + ARTICLES_AT_ONCE]
        groups = list(ctx.staging.staged_groups(ctx.run, uids))
        ambiguous = _ambiguous(owned.owners, groups)
        yield {
            items[0].item.article_uid: plan_article(
                items, facts, ctx.settings, vat_read_only=vat_read_only, ambiguous=ambiguous
            )
            for items in told_items(ctx, account, mapping, groups)
        }


def _ambiguous(
    owners: NumberOwners, groups: Sequence[Sequence[CatalogueItem]]
) -> dict[str, tuple[ItemKey, ...]]:
    """The product numbers among these items that several items of the shop have."""
    found = {}
    for item in (one for group in groups for one in group):
        having = owners.owners(item.product_number or "")
        if len(having) > 1:
            found[item.product_number or ""] = tuple(one.key for one in having)
    return found


def _judge(ctx: FlowContext, part: ImportPart, catalogue: int) -> PartPlan | None:
    """The guard's verdict on a part; its changes wait for a person when it is beyond the limits."""
    imports = ctx.ledger.imports
    hashes = imports.change_hashes(ctx.run, part)
    if not hashes:
        return None
    limits = ctx.settings.import_guard
    recent = imports.recent_items(ctx.shop, part, ctx.clock() - timedelta(hours=limits.look_back_hours))
    verdict = guard(part, _changes(ctx, part), catalogue, recent, ctx.settings)
    bound_to = plan_hash(hashes)
    imports.record_part(ctx.run, verdict, bound_to)
    if not verdict.ask:
        return PartPlan(verdict, chunks=import_chunks(ctx, part))
    worst = worst_changes(_changes(ctx, part), SHOWN, ctx.settings.prices.usual_rates())
    subject, body = question(
        verdict, worst, shop=ctx.shop, changes=len(hashes), plan_hash=bound_to, settings=limits
    )
    imports.move_part(ctx.run, part, [ChangeState.PLANNED], ChangeState.WAITING, verdict.reasons[0].words)
    return PartPlan(verdict, question={"subject": subject, "body": body, "plan_hash": bound_to})


def _changes(ctx: FlowContext, part: ImportPart) -> Iterator[PlannedChange]:
    for batch in ctx.ledger.imports.iter_changes(ctx.run, part, [ChangeState.PLANNED]):
        yield from (record.change for record in batch)


def _show(ctx: FlowContext, plan: ImportPlan, unknown: Sequence[str]) -> None:
    log_table(
        log,
        f"What Specter told shop {ctx.shop}",
        ("what", "count"),
        [
            ("product numbers looked at", plan.looked_at),
            ("not in the shop", plan.unknown),
            ("held", plan.held),
            *((f"products to change: {part.value}", one.verdict.items) for part, one in plan.parts.items()),
        ],
    )
    for part, one in plan.parts.items():
        for reason in one.verdict.reasons:
            log.warning("Shop %s: %s waits for a person: %s", ctx.shop, part.value, reason.words)
    if unknown:
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        log.info("Not in the shop, so that nothing is done: %s%s.", ", ".join(unknown[:SHOWN]), more)
