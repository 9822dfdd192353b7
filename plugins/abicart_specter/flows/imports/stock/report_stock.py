"""Last task of a stock import: a line for every change and every figure that was held, and what is looked at again."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.silence import silent_queues
from abicart_specter.flows.imports.stock.figures import account_of
from abicart_specter.flows.imports.stock.stock_csv import iter_stock_changes, stock_cells, write_stock_csv
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.ledger.stock_records import (
    GIVEN_BACK,
    SETTLED_STATES,
    HeldStock,
    StockPlan,
    StockState,
)

log = logging.getLogger(__name__)

ROWS_IN_LOG = 50
KEEP_LINES = timedelta(days=30)
"""So long the lines of orders are kept after they went, where no older figure needs them."""

HELD_COLUMNS = ("product_number", "kind", "uid", "rule", "message", "remedy")


@dataclass(frozen=True, slots=True)
class StockReport:
    """The run's figures. ``states``: planned changes by what became of them. ``held``: figures by rule.

    ``open``: product numbers that the next run looks at again.
    """

    changes: int
    emptied: int
    managed: int
    states: dict[str, int]
    held: dict[str, int]
    open: int
    requests: dict[str, int]
    seconds: float
    asked: bool = False
    approved: bool | None = None
    decided_by: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def report_stock(ctx: FlowContext, *, red_tasks: int = 0, only_planned: bool = False) -> StockReport:
    """Account for the run and store its figures.

    :param red_tasks: how many tasks before this one failed.
    :param only_planned: a dry run: nothing was to be written.
    :raises IncompleteRunError: a task before failed, or a planned change was neither written nor explained.
    """
    stock, record = ctx.ledger.stock, ctx.ledger.get_run(ctx.run)
    plan = None if record is None else stock.plan(ctx.run)
    if record is None or plan is None:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: the run did not get as far as a plan of stock.",
            remedy="Read the red task above this one; when its cause is mended, clear it with what follows.",
        )
    states = {state.value: count for state, count in stock.state_counts(ctx.run).items() if count}
    held = Counter(one.rule for one in stock.iter_held(ctx.run))
    counted = ctx.ledger.request_counts(ctx.run)
    report = StockReport(
        changes=plan.changes,
        emptied=plan.emptied,
        managed=plan.managed,
        states=states,
        held=dict(sorted(held.items())),
        open=_close_numbers(ctx),
        requests={name: counted.get(name, {}).get("requests", 0) for name in ("abicart", "specter")},
        seconds=round((ctx.clock() - record.started_at).total_seconds(), 1),
        asked=bool(plan.reasons),
        approved=plan.approved,
        decided_by=plan.decided_by,
    )
    _show(ctx, report, plan)
    ctx.ledger.finish_run(ctx.run, report.as_dict())
    stock.drop_lines(ctx.shop, ctx.clock() - KEEP_LINES)
    problems = _problems(report, red_tasks, only_planned=only_planned)
    if problems:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: {'; '.join(problems)}.", remedy=" ".join(dict.fromkeys(problems.values()))
        )
    return report


def _close_numbers(ctx: FlowContext) -> int:
    """What was brought to its figure, with every order in it, need not be looked at again."""
    done: set[str] = set()
    for rows in ctx.ledger.stock.iter_changes(ctx.run, states=sorted(SETTLED_STATES)):
        done.update(row.change.product_number for row in rows if not row.change.subtracted)
    queue = Queue.STOCK.value
    still = {
        one.product_number: one.why
        for one in ctx.ledger.imports.iter_open(ctx.shop, queue)
        if one.product_number not in done or one.why == GIVEN_BACK  # after the plan
    }
    if done:
        ctx.ledger.imports.record_looked(ctx.shop, queue, 0, still)
    return len(still)


def _problems(report: StockReport, red_tasks: int, *, only_planned: bool) -> Mapping[str, str]:
    problems: dict[str, str] = {}
    if red_tasks:
        problems[f"{red_tasks} of the tasks before this one are red"] = (
            "Read the red tasks above this one first; when the cause is mended, clear them with what follows."
        )
    unwritten = sum(report.states.get(state, 0) for state in (StockState.PLANNED, StockState.WRITING))
    if unwritten and not only_planned:
        problems[f"{unwritten} planned changes were not written"] = (
            "Clear apply, or trigger a new run: it begins with the same figures."
        )
    if failed := report.states.get(StockState.FAILED, 0):
        problems[f"{failed} changes failed"] = "Their lines say why; the next run tries them again."
    return problems


def _show(ctx: FlowContext, report: StockReport, plan: StockPlan) -> None:
    rows = list(islice(iter_stock_changes(ctx), ROWS_IN_LOG))
    if rows:
        log_table(
            log,
            f"Stock of shop {ctx.shop}" + ("" if len(rows) == report.changes else f", the first {len(rows)}"),
            ("product number", "before", "Specter", "not in Specter yet", "after", "state", "why"),
            [stock_cells(row) for row in rows],
        )
    if report.held:
        examples: dict[str, HeldStock] = {}
        for one in ctx.ledger.stock.iter_held(ctx.run):
            examples.setdefault(one.rule, one)
        log_table(
            log,
            "Held: nothing is written for these",
            ("rule", "count", "for example", "to do"),
            [
                (rule, count, examples[rule].message, examples[rule].remedy)
                for rule, count in report.held.items()
            ],
        )
    for reason in plan.reasons:
        log.warning("Shop %s: %s", ctx.shop, reason)
    if plan.reasons:
        log.warning("Shop %s: %s", ctx.shop, answer_words(plan))
    for sentence in silent_queues(ctx, account_of(ctx), [Queue.STOCK]):
        log.warning("Shop %s: %s", ctx.shop, sentence)
    log_table(
        log,
        f"{ctx.run.flow} of shop {ctx.shop}",
        ("what", "count"),
        [
            ("products with stock from Specter", report.managed),
            ("planned changes", report.changes),
            ("… of them to zero", report.emptied),
            *((f"… {state}", count) for state, count in sorted(report.states.items())),
            ("held", sum(report.held.values())),
            ("looked at again by the next run", report.open),
            *((f"requests to {system}", count) for system, count in sorted(report.requests.items())),
            ("seconds", report.seconds),
        ],
    )
    if report.changes:
        path = write_stock_csv(ctx)
        log.info("Shop %s: every change: %s", ctx.shop, path)
    if report.held:
        path = write_csv(ctx, "held.csv", HELD_COLUMNS, map(_held_row, ctx.ledger.stock.iter_held(ctx.run)))
        log.info("Shop %s: everything held: %s", ctx.shop, path)


def answer_words(plan: StockPlan) -> str:
    """What a person said, as a sentence."""
    if plan.approved is None:
        return "Nobody was asked yet: nothing was written."
    if plan.approved:
        return f"Approved by {plan.decided_by or 'the setting import_guard.without_answer'}."
    if plan.decided_by:
        return f"Refused by {plan.decided_by}: nothing was written; the next run asks again."
    return "Nobody answered in time: nothing was written; the next run asks again."


def _held_row(held: HeldStock) -> tuple[object, ...]:
    kind, uid = (held.key.kind.value, held.key.uid) if held.key else ("", "")
    return (held.product_number, kind, uid, held.rule, held.message, held.remedy)
