"""Last task: account for every order found, a line for each, and turn the run red when something is missing."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.open_questions import OpenQuestions, open_questions
from abicart_specter.flows.orders.order_lines import (
    ORDER_COLUMNS,
    PROOF_COLUMNS,
    order_cells,
    order_line,
    proof_cells,
    total_of,
    vat_of,
)
from abicart_specter.flows.reports import log_table, write_csv, write_flags_csv
from abicart_specter.ledger.order_records import OrderOutcome

log = logging.getLogger(__name__)

SYSTEMS = ("abicart", "specter")
NAMED_IN_LOG = 50


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The run's figures. ``changed``: orders that differ from what was sent and that nobody has dealt with;
    ``waiting``: orders whose answer was lost and that wait for a person.
    """

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
    changed: int = 0
    waiting: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


BY_NUMBER = "order_export_single"
"""Its orders were named by a person, who looks for the line of each."""


def report_orders(ctx: FlowContext, *, red_tasks: int = 0, orders_in_table: int = 50) -> OrderReport:
    """Compare what was found with the outcomes as sets; then log and store it.

    :param red_tasks: how many tasks before this one failed; a run with any is red, whatever the orders say.
    :param orders_in_table: how many orders the table at the end shows; every order has a line and is in the files.
    :raises IncompleteRunError: a task before failed, an order has no outcome, failed or is unconfirmed.
    """
    ledger, run = ctx.ledger, ctx.run
    record = ledger.get_run(run)
    if record is None:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: the run did not get as far as reading orders.",
            remedy="Read the red task above this one; when the cause is mended, clear it with what follows.",
        )
    outcomes, gaps = ledger.orders.outcome_counts(run), ledger.orders.outcome_gaps(run)
    figures = {outcome.value: outcomes.get(outcome, 0) for outcome in Outcome}
    counted = ledger.request_counts(run)
    questions = open_questions(ctx)
    result = OrderReport(
        found=len(ledger.orders.found(run)),
        **figures,
        flags=ledger.flag_counts(run),
        requests={system: counted.get(system, {}).get("requests", 0) for system in SYSTEMS},
        seconds=round((ctx.clock() - record.started_at).total_seconds(), 1),
        changed=len(questions.changes),
        waiting=len(questions.unconfirmed),
    )
    _show(ctx, result, questions, orders_in_table)
    ledger.finish_run(run, result.as_dict())
    problems = _problems(ctx, result, red_tasks, gaps.missing, gaps.unexpected)
    if problems:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: {'; '.join(problems)}.", remedy=" ".join(dict.fromkeys(problems.values()))
        )
    return result


def require_none_red(shop: str, red_tasks: int) -> None:
    """A dry run has nothing to report, but is red when its task is.

    :raises IncompleteRunError: a task before failed.
    """
    if red_tasks:
        raise IncompleteRunError(
            f"Shop {shop}: the task before this one is red.",
            remedy="Read its log; then trigger a new run, or clear it with what follows.",
        )


def _problems(
    ctx: FlowContext, result: OrderReport, red_tasks: int, missing: int, unexpected: int
) -> dict[str, str]:
    """What makes the run red → what to do about it."""
    problems = {}
    if red_tasks:
        problems[f"{red_tasks} of the tasks before this one are red"] = (
            "Read the red tasks above this one first; when the cause is mended, clear them with what follows."
        )
    if missing:
        problems[f"{missing} orders have no outcome"] = "Clear the whole run: that is always safe."
    if unexpected:
        problems[f"{unexpected} outcomes belong to no order found"] = (
            "Clear the whole run: that is always safe."
        )
    if result.failed:
        problems[f"{result.failed} orders failed"] = (
            "Failed orders are tried again by every run of order_export."
        )
    if result.unconfirmed:
        by_itself = ctx.settings.orders.duplicate_control == "trusted"
        problems[f"{result.unconfirmed} orders are unconfirmed"] = (
            "A later run repeats each by itself, minutes after its answer was lost. One that stays so, look for in "
            if by_itself
            else "Unconfirmed orders wait for your answer: look for each in "
        ) + "Specter, then answer in order_export_single."
    if result.held and ctx.settings.held_makes_run_red:
        problems[f"{result.held} orders are held, and the shop's settings make that red"] = (
            "What to do about a held order is in its line above."
        )
    return problems


def _show(ctx: FlowContext, result: OrderReport, questions: OpenQuestions, most: int) -> None:
    shown: list[OrderOutcome] = []
    rules: Counter[tuple[str, str]] = Counter()
    for order in ctx.ledger.orders.iter_order_outcomes(ctx.run):
        if order.outcome is Outcome.UNCHANGED and ctx.run.flow != BY_NUMBER:
            continue  # the overlap finds the same orders again; the files have them
        log.info("%s", order_line(order))
        rules[order.outcome.value, order.rule] += bool(order.rule)
        if len(shown) < most:
            shown.append(order)
    for gap in ctx.ledger.orders.missing_outcomes(ctx.run, NAMED_IN_LOG):
        log.error("Shop %s: order %s was found but has no outcome.", ctx.shop, gap.product_number)
    if shown:
        log_table(
            log,
            f"Orders of this run{'' if len(shown) < most else f', the first {most}'}",
            ("order", "outcome", "in Specter", "total", "VAT", "reason"),
            [_cells(order) for order in shown],
        )
    if rules := +rules:
        rows = [(outcome, rule, count) for (outcome, rule), count in sorted(rules.items())]
        log_table(log, "Reasons", ("outcome", "rule", "orders"), rows)
    questions.show(ctx)
    log_table(
        log,
        f"{ctx.run.flow} of shop {ctx.shop}",
        ("what", "count"),
        [
            ("found", result.found),
            *((outcome.value, getattr(result, outcome.value)) for outcome in Outcome),
            ("changed after export, not dealt with", result.changed),
            ("waiting for a person's answer", result.waiting),
            *((f"requests to {system}", count) for system, count in sorted(result.requests.items())),
            ("seconds", result.seconds),
        ],
    )
    if result.found:
        _write_files(ctx)


def _cells(order: OrderOutcome) -> tuple[object, ...]:
    proof = order.proof
    return (
        order.number,
        order.outcome.value,
        order.specter_order_no or "",
        total_of(proof) if proof else "",
        vat_of(proof) if proof else "",
        order.reason,
    )


def _write_files(ctx: FlowContext) -> None:
    orders = ctx.ledger.orders
    path = write_csv(
        ctx,
        "orders.csv",
        ORDER_COLUMNS,
        (order_cells(order) for order in orders.iter_order_outcomes(ctx.run)),
    )
    log.info("Shop %s: every order with its outcome: %s", ctx.shop, path)
    proofs = chain.from_iterable(proof_cells(order) for order in orders.iter_order_outcomes(ctx.run))
    log.info("Shop %s: every proof: %s", ctx.shop, write_csv(ctx, "proofs.csv", PROOF_COLUMNS, proofs))
    path = write_flags_csv(ctx, (row.flag for row in ctx.ledger.iter_flags(ctx.run)))
    log.info("Shop %s: every flag: %s", ctx.shop, path)
