"""The values that Specter told and the shop does not have, each with why.

The plan is made once more, on what is settled now: what it would still write is a difference, and the ledger must say
what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.imports.records import ArticlePlan, ImportPart, PlannedChange
from abicart_specter.domain.reconcile.standing import Line, Reason, Standing
from abicart_specter.domain.reconcile.values import EQUAL, explain_change
from abicart_specter.domain.records import ShopFacts
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.plan_import import Owned, iter_plans
from abicart_specter.flows.imports.reconcile_items import ItemAccount
from abicart_specter.flows.imports.told_items import INFO
from abicart_specter.ledger import ChangeStanding, PartDecision

NUMBER_UNKNOWN = Reason(
    Standing.EXCLUDED,
    "number_unknown",
    "Specter tells of a product number that the shop does not have.",
    "Nothing, unless the product should be in the shop: then give it this number.",
)


def value_lines(
    ctx: FlowContext, specter_account: str, mapping: ImportMapping, facts: ShopFacts, account: ItemAccount
) -> Iterator[Line]:
    """A line for every value told and not settled.

    :param specter_account: whose article-info queue, see ``drain_queue.queue_account``.
    """
    imports = ctx.ledger.imports
    looked = imports.looked_to(ctx.shop, INFO)
    newer = imports.told_since(specter_account, INFO, looked)
    owners = ctx.staging.number_owners(ctx.run)
    held = {one.product_number: one.rule for one in imports.iter_held(ctx.run)}
    finished = imports.finished_articles(ctx.run)
    articles: set[int] = set()
    for number in sorted(newer.union(one.product_number for one in imports.iter_open(ctx.shop, INFO))):
        having = owners.owners(number)
        if not having:
            account.values["", NUMBER_UNKNOWN.standing, NUMBER_UNKNOWN.rule] += 1
            yield Line("value", "", 0, number, NUMBER_UNKNOWN)
        settled = number not in newer and number not in held
        articles |= {one.article_uid for one in having if not (settled and one.article_uid in finished)}
    approved = {
        part
        for part in ImportPart
        if (record := imports.part(ctx.run, part)) is not None and record.decision is PartDecision.APPROVED
    }
    owned = Owned(sorted(articles), [], owners)
    for plans in iter_plans(ctx, specter_account, mapping, facts, owned):
        standings = imports.change_standings(ctx.run, plans)
        for uid, plan in sorted(plans.items()):
            for change in plan.changes:
                reason = _reason(
                    change, standings.get((uid, change.part)), looked, held, change.part in approved
                )
                yield from _change_lines(change, reason, account)
            yield from _other_lines(uid, plan, account)


def _reason(
    change: PlannedChange,
    standing: ChangeStanding | None,
    looked: int,
    held: Mapping[str, str],
    approved: bool,
) -> Reason:
    return explain_change(
        None if standing is None else standing.state.value,
        "" if standing is None else standing.words,
        told_since=max(change.row_ids.values(), default=0) > looked,
        held_rule=next((held[number] for _, number in change.keys if number in held), ""),
        approved=approved,
    )


def _change_lines(change: PlannedChange, reason: Reason, account: ItemAccount) -> Iterator[Line]:
    numbers = ", ".join(number for _, number in change.keys)
    for one in change.fields:
        if one.before == one.after:
            continue
        account.values[one.field.value, reason.standing, reason.rule] += 1
        yield Line(
            "value",
            "article",
            change.article_uid,
            numbers,
            reason,
            field=one.field.value,
            shop_value=one.before,
            specter_value=one.after,
        )


def _other_lines(uid: int, plan: ArticlePlan, account: ItemAccount) -> Iterator[Line]:
    for one in plan.held:
        reason = Reason(Standing.HELD, one.rule, one.message, one.remedy)
        account.values[one.field.value, reason.standing, reason.rule] += 1
        yield Line(
            "value",
            one.key.kind.value,
            one.key.uid,
            one.product_number,
            reason,
            field=one.field.value,
            shop_value=one.shop_value,
            specter_value=one.specter_value,
        )
    for settles in plan.agreed:
        account.values[settles.field.value, EQUAL.standing, EQUAL.rule] += 1
        yield Line(
            "value",
            settles.key.kind.value,
            settles.key.uid,
            "",
            replace(EQUAL),
            field=settles.field.value,
            shop_value=settles.shop_value,
            specter_value=settles.specter_value,
        )
