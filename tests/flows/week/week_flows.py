"""The DAGs' runs as generators that stop after each task, so that other runs and people get their turn in between.

A task is tried again as Airflow does; a flow that asks a person stops with a ``Question`` and goes on with the answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from week_lab import WeekLab

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import AbicartSpecterError, FatalError, IncompleteRunError, RecordError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_article_info, drain_queue
from abicart_specter.flows.imports.apply_changes import apply_changes
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.chunks import ImportChunk
from abicart_specter.flows.imports.decide import record_answer, release
from abicart_specter.flows.imports.plan_import import plan_import
from abicart_specter.flows.imports.reconcile import reconcile
from abicart_specter.flows.imports.report_import import report_import
from abicart_specter.flows.imports.status.import_status import import_order_status
from abicart_specter.flows.imports.stock.apply_stock import apply_stock
from abicart_specter.flows.imports.stock.chunks import stock_chunks
from abicart_specter.flows.imports.stock.order_book import OrderBook
from abicart_specter.flows.imports.stock.plan_stock import plan_stock
from abicart_specter.flows.imports.stock.report_stock import report_stock
from abicart_specter.flows.orders.alarms import watch_at_the_start
from abicart_specter.flows.orders.find_changes import find_changes
from abicart_specter.flows.orders.next_steps import next_steps
from abicart_specter.flows.orders.pending_marks import write_pending_marks
from abicart_specter.flows.orders.plan import plan_orders
from abicart_specter.flows.orders.report_orders import report_orders
from abicart_specter.flows.orders.scan import scan_orders, window_for
from abicart_specter.flows.orders.send_orders import send_orders
from abicart_specter.flows.orders.sweep import sweep_orders
from abicart_specter.flows.orders.window import Interval, RunKind
from abicart_specter.flows.plan_chunks import Selection, plan_chunks
from abicart_specter.flows.product_changes.read_changes import read_changes
from abicart_specter.flows.product_changes.report_changes import finish_without_changes, report_changes
from abicart_specter.flows.product_changes.validate_changes import validate_changes
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.flows.special_numbers import ensure_special_numbers
from abicart_specter.flows.validate_numbers import validate_numbers

NEVER_TRIED_AGAIN = (FatalError, RecordError, IncompleteRunError)
"""What the DAGs' retry policy fails at once."""
TRIES = 5
TEN = timedelta(minutes=10)
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Question:
    """A person is asked; the flow goes on when it is sent ``Answer``."""

    flow: str
    part: str


@dataclass(frozen=True)
class Answer:
    """``by`` is empty when nobody answered in time."""

    approved: bool
    by: str


Steps = Generator[Question | None, Answer | None, None]
FAILED = object()


@dataclass
class Run:
    """One run: its tasks' errors, and whether its last task was green.

    :param disturbed: product numbers whose stock somebody had touched when it began, with how often.
    """

    lab: WeekLab
    flow: str
    started: datetime
    errors: dict[str, AbicartSpecterError] = field(default_factory=dict)
    green: bool = False
    report: Any = None
    disturbed: dict[str, int] = field(default_factory=dict)
    ctx: FlowContext = field(init=False)

    def __post_init__(self) -> None:
        self.run_id = f"{self.flow}-{next(NUMBERS)}"
        self.ctx = self.lab.context(self.run_id, flow=self.flow)

    def task(self, name: str, work: Callable[[FlowContext], Any], tries: int = TRIES) -> Generator:
        """What the task returned, or ``FAILED``."""
        for attempt in range(1, tries + 1):
            yield None
            ctx = self.lab.context(self.run_id, flow=self.flow)
            ctx.owner = f"{self.run_id}/{name}/try {attempt}"
            try:
                returned = work(ctx)
            except NEVER_TRIED_AGAIN as error:
                self.errors[name] = error
                return FAILED
            except AbicartSpecterError as error:
                self.errors[name] = error
            else:
                self.errors.pop(name, None)
                return returned
        return FAILED

    def end(self, work: Callable[[FlowContext, int], Any]) -> Generator:
        """The report, whatever happened before."""
        red = len(self.errors)
        self.report = yield from self.task("report", lambda ctx: work(ctx, red), tries=1)
        self.green = self.report is not FAILED

    def __str__(self) -> str:
        errors = "; ".join(f"{name}: {type(one).__name__} {one}" for name, one in self.errors.items())
        return f"{self.run_id} {'green' if self.green else 'RED'} {errors}"


def order_export(run: Run) -> Steps:
    lab, names = run.lab, run.lab.order_mapping.names
    interval = Interval(run.started - TEN, run.started)

    def scan(ctx: FlowContext) -> tuple[Any, set[str]]:
        window = window_for(ctx, RunKind.SCHEDULED, interval)
        summary = scan_orders(ctx, window, names, lab.terms)
        return window, set(next_steps(ctx, window, summary).needless)

    checked = yield from run.task("check_shop", lambda ctx: check_shop(ctx, watch=watch_at_the_start(ctx)))
    if checked is not FAILED:
        scanned = yield from run.task("scan_orders", scan)
        if scanned is not FAILED:
            yield from _send_orders(run, *scanned)
    yield from run.end(lambda ctx, red: report_orders(ctx, red_tasks=red))


def _send_orders(run: Run, window: Any, needless: set[str]) -> Generator:
    lab, mapping = run.lab, run.lab.order_mapping
    ready: Any = True
    if "sweep_orders" not in needless:
        ready = yield from run.task("sweep_orders", lambda ctx: sweep_orders(ctx, window, mapping.names))
    if ready is not FAILED and "ensure_special_numbers" not in needless:
        ready = yield from run.task("ensure_special_numbers", ensure_special_numbers)
    if ready is not FAILED and "plan_orders" not in needless:
        chunks = yield from run.task("plan_orders", plan_orders)
        for chunk in [] if chunks is FAILED else chunks:
            yield from run.task(
                f"send_orders {chunk.chunk}",
                lambda ctx, chunk=chunk: send_orders(ctx, chunk, mapping, lab.terms, sleep=lambda _: None),
            )
    if "write_back" not in needless:
        yield from run.task("write_back", lambda ctx: write_pending_marks(ctx, mapping))
    if "find_changes" not in needless:
        yield from run.task("find_changes", lambda ctx: find_changes(ctx, mapping))


def product_export(run: Run) -> Steps:
    """Everything to Specter, as at the start of all."""
    lab = run.lab
    prepared = yield from run.task("prepare", lambda ctx: lab.run(ctx=ctx), tries=TRIES)
    run.green = prepared is not FAILED


def product_change_export(run: Run) -> Steps:
    lab = run.lab
    read: Any = yield from run.task("check_shop", check_shop)
    if read is not FAILED:
        read = yield from run.task("read_changes", lambda ctx: read_changes(ctx, lab.mapping.extra_fields))
    if read is not FAILED and finish_without_changes(run.ctx, read):
        run.green = True
        return
    if read is not FAILED and read.items:
        yield from _send_changes(run)
    yield from run.end(lambda ctx, red: report_changes(ctx, red_tasks=red))


def _send_changes(run: Run) -> Generator:
    lab = run.lab
    ready: Any = True
    if lab.settings.masters():
        ready = yield from run.task("drain", lambda ctx: drain_article_info(ctx, lab.journal, lab.terms))
    valid = yield from run.task("validate_numbers", validate_changes)
    chunks = FAILED
    if valid is not FAILED:
        chunks = yield from run.task("plan_chunks", lambda ctx: plan_chunks(ctx, Selection()))
    if ready is not FAILED and chunks is not FAILED:
        for chunk in chunks:
            yield from run.task(f"send {chunk.chunk}", lambda ctx, chunk=chunk: lab.send(ctx, chunk))


def stock_import(run: Run) -> Steps:
    lab, names = run.lab, run.lab.order_mapping.names

    def scan(ctx: FlowContext) -> None:
        with counted_abicart(ctx, "scan_orders") as abicart:
            OrderBook(ctx, abicart, names).find()

    def drain(ctx: FlowContext) -> None:
        drain_queue(ctx, lab.journal, lab.terms, Queue.STOCK)

    planned: Any = yield from run.task("check_shop", check_shop)
    for name, work in (("scan_orders", scan), ("drain_stock", drain)):
        if planned is not FAILED:
            planned = yield from run.task(name, work)
    if planned is not FAILED:
        planned = yield from run.task("plan_stock", lambda ctx: plan_stock(ctx, names))
    if planned is not FAILED:
        chunks = planned.chunks
        if planned.question is not None:
            answer = yield Question("stock_import", "stock")
            assert answer is not None
            lab.ledger.stock.decide(run.ctx.run, approved=answer.approved, by=answer.by, at=lab.clock.now())
            chunks = tuple(stock_chunks(run.ctx)) if answer.approved else ()
        for chunk in chunks:
            yield from run.task(
                f"apply {chunk.chunk}",
                lambda ctx, chunk=chunk: apply_stock(ctx, chunk, names, lab.terms),
            )
    yield from run.end(lambda ctx, red: report_stock(ctx, red_tasks=red))


def nightly_import(run: Run, reconciled: Callable[[Run], None] = lambda run: None) -> Steps:
    """:param reconciled: called right after the reconciliation, before anybody answers a question."""
    lab = run.lab
    plan: Any = None
    checked = yield from run.task("check_shop", check_shop)
    if checked is not FAILED:
        status = yield from run.task(
            "order_status",
            lambda ctx: import_order_status(ctx, lab.journal, lab.order_mapping, lab.terms),
        )
        drained = yield from run.task("drain", lambda ctx: drain_article_info(ctx, lab.journal, lab.terms))
        read = yield from run.task(
            "read_catalogue", lambda ctx: read_catalogue(ctx, article_fields(ctx.settings))
        )
        if read is not FAILED:
            read = yield from run.task("validate_numbers", lambda ctx: validate_numbers(ctx, hold=False))
        if FAILED not in (drained, read):
            plan = yield from run.task("plan_import", lambda ctx: plan_import(ctx, lab.import_mapping))
            plan = None if plan is FAILED else plan
        if plan is not None:
            applied = True
            for part in plan.parts.values():
                applied &= yield from _apply(run, part.chunks)
            if applied and status is not FAILED:
                yield from run.task("reconcile", lambda ctx: reconcile(ctx, lab.import_mapping))
                reconciled(run)
            yield from _ask(run, plan)
    as_dict = None if plan is None else plan.as_dict()
    yield from run.end(lambda ctx, red: report_import(ctx, as_dict, red_tasks=red))


def _apply(run: Run, chunks: list[ImportChunk]) -> Generator:
    done = True
    for chunk in chunks:
        returned = yield from run.task(
            f"apply {chunk.part.value} {chunk.chunk}",
            lambda ctx, chunk=chunk: apply_changes(ctx, chunk, run.lab.import_mapping, run.lab.terms),
        )
        done &= returned is not FAILED
    return done


def _ask(run: Run, plan: Any) -> Generator:
    for part, one in plan.parts.items():
        if one.question is None:
            continue
        answer = yield Question("nightly_import", part.value)
        assert answer is not None
        record_answer(
            run.ctx, ImportPart(part), approved=answer.approved, by=answer.by, at=run.lab.clock.now()
        )
        if answer.approved:
            chunks = yield from run.task(f"release {part.value}", lambda ctx, part=part: release(ctx, part))
            if chunks is not FAILED:
                yield from _apply(run, chunks)


FLOWS: dict[str, Callable[[Run], Steps]] = {
    "order_export": order_export,
    "product_change_export": product_change_export,
    "stock_import": stock_import,
    "nightly_import": nightly_import,
    "product_export": product_export,
}
