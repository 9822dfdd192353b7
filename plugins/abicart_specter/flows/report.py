"""Last task: account for every product found, show it, and turn the run red when something is missing."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.reports import log_table, write_flags_csv, write_outcomes_csv
from abicart_specter.flows.write_group import REFUSED
from abicart_specter.ledger import OutcomeRecord, StagingGoneError

log = logging.getLogger(__name__)

NAMED_IN_LOG = 50
HELD_PER_RULE = 10
SYSTEMS = ("abicart", "specter")
REFUSED_TO_BLAME_THE_ACCOUNT = 20
"""Fewer refused products in a run that sent nothing may well be those few products' own fault."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """The run's figures, as the demo, the UI and the accountant see them."""

    found: int
    sent: int
    unchanged: int
    linked: int
    unconfirmed: int
    held: int
    excluded: int
    failed: int
    flags: dict[str, int]
    requests: dict[str, int]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def report(ctx: FlowContext, *, red_tasks: int = 0) -> RunReport:
    """Compare what was found with the outcomes as sets, and with the shop's own count; then log and store it.

    :param red_tasks: how many tasks before this one failed; a run with any is red, whatever the products say.
    :raises IncompleteRunError: a task before failed, a product has no outcome, or one failed, or an outcome belongs
        to no product found, or the catalogue was not read to its end.
    """
    staging, run = ctx.staging, ctx.run
    record = staging.get_run(run)
    if record is None:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: the run did not get as far as reading the catalogue.",
            remedy="Read the red task above this one; when the cause is mended, clear it with what follows.",
        )
    try:
        counts, gaps = staging.staged_counts(run), staging.outcome_gaps(run)
    except StagingGoneError as gone:
        raise IncompleteRunError(
            gone.message, remedy=f"Read the red tasks above this one first. {gone.remedy}"
        ) from None
    outcomes = staging.outcome_counts(run)
    problems = []
    if red_tasks:
        problems.append(f"{red_tasks} of the tasks before this one are red")
    if (counts.expected_articles, counts.expected_items) != (counts.articles, counts.items):
        problems.append(f"the shop counts {counts.expected_articles} articles, {counts.articles} were read")
    if gaps.missing:
        problems.append(f"{gaps.missing} products have no outcome")
    if gaps.unexpected:
        problems.append(f"{gaps.unexpected} outcomes belong to no product found")
    counted = staging.request_counts(run)
    figures = {outcome.value: outcomes.get(outcome, 0) for outcome in Outcome}
    if figures["failed"]:
        problems.append(f"{figures['failed']} products failed")
    if figures["unconfirmed"]:
        problems.append(f"{figures['unconfirmed']} products are unconfirmed")
    flags = staging.flag_counts(run)
    refused = flags.get(REFUSED, 0)
    if refused >= REFUSED_TO_BLAME_THE_ACCOUNT and not figures["sent"] and not figures["unchanged"]:
        problems.append(
            f"Specter refused all {refused} products it was sent, so the account is the likely cause"
        )
    if figures["held"] and ctx.settings.held_makes_run_red:
        problems.append(f"{figures['held']} products are held, and the shop's settings make that red")
    result = RunReport(
        found=counts.items,
        **figures,
        flags=flags,
        requests={system: counted.get(system, {}).get("requests", 0) for system in SYSTEMS},
        seconds=round((ctx.clock() - record.started_at).total_seconds(), 1),
    )
    _show(ctx, result)
    if not ctx.dry_run:
        staging.finish_run(run, result.as_dict())
    if problems:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: {'; '.join(problems)}.",
            remedy="Read the red tasks above this one first; when the cause is mended, clear them with what follows.",
        )
    return result


def _show(ctx: FlowContext, result: RunReport) -> None:
    log_table(
        log,
        f"{ctx.run.flow} of shop {ctx.shop}",
        ("what", "count"),
        [
            ("found", result.found),
            *((outcome.value, getattr(result, outcome.value)) for outcome in Outcome),
            *((f"requests to {system}", count) for system, count in sorted(result.requests.items())),
            ("seconds", result.seconds),
        ],
    )
    if result.flags:
        log_table(log, "Flags per rule", ("rule", "products"), sorted(result.flags.items()))
    show_held(ctx, result.held)
    for gap in ctx.staging.missing_outcomes(ctx.run, NAMED_IN_LOG):
        log.error("Shop %s: %s was found but has no outcome.", ctx.shop, gap.key)
    for gap in ctx.staging.unexpected_outcomes(ctx.run, NAMED_IN_LOG):
        log.error("Shop %s: %s has an outcome but was not found.", ctx.shop, gap.key)
    path = write_outcomes_csv(
        ctx,
        (
            (
                r.key.kind.value,
                r.key.uid,
                r.product_number or "",
                name or "",
                r.outcome.value,
                r.rule,
                r.reason,
            )
            for r, name in ((row.record, row.name) for row in ctx.staging.iter_outcomes(ctx.run))
        ),
    )
    log.info("Shop %s: every product with its outcome: %s", ctx.shop, path)
    # Written anew: the validation's flags are in it already, those of the mapping and of Specter are not.
    path = write_flags_csv(ctx, (row.flag for row in ctx.staging.iter_flags(ctx.run)))
    log.info("Shop %s: every flag: %s", ctx.shop, path)


def show_held(ctx: FlowContext, total: int) -> None:
    """What did not make it and why, a few of each rule; all of it is in the CSV."""
    shown: dict[str, list[OutcomeRecord]] = {}
    counts: Counter[str] = Counter()
    for row in ctx.staging.iter_outcomes(ctx.run, Outcome.HELD):
        counts[row.record.rule] += 1
        if counts[row.record.rule] <= HELD_PER_RULE:
            shown.setdefault(row.record.rule, []).append(row.record)
    if total:
        log.info("Held: %s products %s make it to Specter.", total, "would not" if ctx.dry_run else "did not")
    for rule, records in sorted(shown.items()):
        log_table(
            log,
            f"{rule}: {counts[rule]}",
            ("product", "product number", "reason"),
            [(record.key, record.product_number or "", record.reason) for record in records],
        )
        if counts[rule] > len(records):
            log.info(
                "… and %s more%s", counts[rule] - len(records), "" if ctx.dry_run else " in outcomes.csv"
            )
