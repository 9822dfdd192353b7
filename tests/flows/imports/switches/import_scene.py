"""A shop, an account and a ledger on one clock, and every flow that brings something back, tried as Airflow would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from fault_lab import Ledgers, mapping_of
from fault_runner import NEVER_TRIED_AGAIN
from harness import TERMS
from import_lab import FLOW, ImportLab
from order_lab import OrderLab
from scan_lab import SECRET

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.errors import AbicartSpecterError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.apply_changes import apply_changes
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.chunks import ImportChunk
from abicart_specter.flows.imports.decide import record_answer, release
from abicart_specter.flows.imports.plan_import import plan_import
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS
from abicart_specter.flows.imports.reconcile import reconcile
from abicart_specter.flows.imports.report_import import report_import
from abicart_specter.flows.imports.status.import_status import import_order_status
from abicart_specter.flows.imports.stock.apply_stock import apply_stock
from abicart_specter.flows.imports.stock.order_book import OrderBook
from abicart_specter.flows.imports.stock.plan_stock import plan_stock
from abicart_specter.flows.imports.stock.report_stock import report_stock
from abicart_specter.flows.imports.undo import undo_import
from abicart_specter.flows.imports.undo_request import UndoRequest
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.product_changes.read_changes import read_changes
from abicart_specter.flows.product_changes.report_changes import finish_without_changes, report_changes
from abicart_specter.flows.product_changes.validate_changes import validate_changes
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.flows.validate_numbers import validate_numbers
from abicart_specter.ledger import Ledger, RunKey

FAILED = object()
"""What a task that failed for good returns."""


@dataclass
class Clock:
    """The time of flows and ledger: the machine's, moved by tests."""

    offset: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


class ClockedLedgers(Ledgers):
    """Ledgers that live by ``clock``."""

    clock: Clock = Clock()

    def _new(self) -> Any:
        folder = self.new_folder()
        return folder, Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock=self.clock)

    @contextmanager
    def fresh(self) -> Iterator[tuple[Path, Ledger]]:
        """One that no other test has used."""
        folder, ledger = self._new()
        yield folder, ledger
        ledger.close()


@dataclass
class Till(OrderLab):
    """Orders of the scene's shop."""

    scene: SceneLab | None = None

    def __post_init__(self) -> None:
        assert self.scene is not None
        self.export = self.scene
        self.mapping = order_mapping(self.scene.settings)

    def context(self, *, flow: str = "order_export", run_id: str | None = None) -> FlowContext:
        assert self.scene is not None
        return self.scene.context(run_id, flow=flow)


@dataclass
class SceneLab(ImportLab):
    """``nightly``, ``stock``, ``changed``, ``undo`` are one run of a DAG each; waits let all clocks move on.

    ``tries`` of each task; ``errors``: what failed a task for good; ``retried``: what a further try came over;
    ``said``: what tasks handed on, as XCom would keep it.
    """

    clock: Clock = field(default_factory=Clock)
    lent: Ledger | None = None
    tries: int = 1
    secret: bytes = SECRET
    errors: list[tuple[str, Exception]] = field(default_factory=list)
    retried: list[tuple[str, Exception]] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)
    last_night: FlowContext | None = None
    last_stock: FlowContext | None = None

    def __post_init__(self) -> None:
        assert self.lent is not None
        self.ledger_url = f"sqlite:///{self.folder / 'ledger.db'}"
        self.ledger = self.lent
        self.mapping = mapping_of(self.settings)
        self.told = import_mapping(self.settings)
        self.till = Till(self.abicart_server, self.specter_server, self.folder, self.clock(), scene=self)

    def close(self) -> None:
        """Whoever lent the ledger closes it."""

    def abicart(self) -> AbicartClient:
        connection = AbicartConnection("demo", self.abicart_url, 22222, self.token)
        return AbicartClient(connection, self.options, sleep=self.wait)

    def specter(self) -> SpecterClient:
        options = replace(self.options, rate_per_second=self.settings.limits.specter.rate_per_second)
        return SpecterClient(self.connection or self.specter_connection(), options, sleep=self.wait)

    def wait(self, seconds: float) -> None:
        self.clock.offset += timedelta(seconds=seconds)
        for server in (self.abicart_server, self.specter_server):
            server.control.advance_clock(seconds)

    def later(self, **span: float) -> None:
        self.wait(timedelta(**span).total_seconds())

    def context(self, run_id: str | None = None, *, flow: str = "product_export") -> FlowContext:
        ctx = super().context(run_id, flow=flow)
        ctx.clock, ctx.hash_secret = self.clock, self.secret
        return ctx

    # one task, one run

    def task(self, run: RunKey, name: str, work: Callable[[FlowContext], Any], tries: int = 0) -> Any:
        """What it returned; ``FAILED`` when no try succeeded, or an error came that no try mends."""
        tries = tries or self.tries
        for attempt in range(1, tries + 1):
            ctx = self.context(run.run_id, flow=run.flow)
            ctx.owner = f"{run.run_id}/{name}/try {attempt}"
            ctx.begin()
            try:
                self.said.append(work(ctx))
                return self.said[-1]
            except NEVER_TRIED_AGAIN as error:
                self.errors.append((name, error))
                return FAILED
            except AbicartSpecterError as error:  # anything else is a bug, and fails the test
                (self.errors if attempt == tries else self.retried).append((name, error))
        return FAILED

    def journal(self) -> Journal:
        return Journal(self.folder / "journal")

    def drain_info(self, ctx: FlowContext) -> int:
        fields = ARTICLE_FIELDS | self.told.wire_names()
        return drain_queue(ctx, self.journal(), TERMS, Queue.ARTICLE_INFO, fields).reported

    def nightly(self, *, approve: bool = True) -> FlowContext:
        """``nightly_import``, in the order of its DAG. What is asked is answered after the reconciliation."""
        ctx = self.last_night = self.context(flow=FLOW)
        task = partial(self.task, ctx.run)
        plan, status, within = FAILED, FAILED, [FAILED]
        if task("check_shop", check_shop) is not FAILED:
            status = task(
                "order_status",
                lambda ctx: import_order_status(ctx, self.journal(), self.till.mapping, TERMS),
            )
            drained = task("drain_article_info", self.drain_info)
            read = task("read_catalogue", lambda ctx: read_catalogue(ctx, article_fields(ctx.settings)))
            if read is not FAILED:
                read = task("validate_numbers", lambda ctx: validate_numbers(ctx, hold=False))
            if FAILED not in (drained, read):
                plan = task("plan_import", lambda ctx: plan_import(ctx, self.told))
        if plan is not FAILED:
            within = [self.write(ctx, chunk) for part in plan.parts.values() for chunk in part.chunks]
        if plan is not FAILED and FAILED not in (status, *within):
            task("reconcile", lambda ctx: reconcile(ctx, self.told))
        if plan is not FAILED:
            for part in (part for part, one in plan.parts.items() if one.question):
                self.answered(ctx, part, approve)
        known = plan.as_dict() if plan is not FAILED else None
        red = len(self.errors)
        task("report", lambda ctx: report_import(ctx, known, red_tasks=0 if known else red), 1)
        return ctx

    def write(self, ctx: FlowContext, chunk: ImportChunk) -> Any:
        name = f"apply {chunk.part.value} {chunk.chunk}"
        return self.task(ctx.run, name, lambda ctx: apply_changes(ctx, chunk, self.told, TERMS))

    def answered(self, ctx: FlowContext, part: ImportPart, approve: bool) -> None:
        record_answer(ctx, part, approved=approve, by="Anna", at=self.clock())
        if approve:
            for chunk in release(ctx, part):
                self.write(ctx, chunk)

    def stock(self) -> FlowContext:
        """``stock_import``; beyond the guard it is approved."""
        ctx = self.last_stock = self.context(flow="stock_import")
        names = self.till.mapping.names
        task = partial(self.task, ctx.run)

        def scan(ctx: FlowContext) -> int:
            with counted_abicart(ctx, "scan_orders") as abicart:
                return int(OrderBook(ctx, abicart, names).find())

        planned = FAILED
        if task("check_shop", check_shop) is not FAILED and task("scan_orders", scan) is not FAILED:
            drain = partial(drain_queue, journal=self.journal(), terms=TERMS, queue=Queue.STOCK)
            if task("drain_stock", drain) is not FAILED:
                planned = task("plan_stock", lambda ctx: plan_stock(ctx, names))
        if planned is not FAILED:
            if planned.question is not None:
                self.ledger.stock.decide(ctx.run, approved=True, by="Anna", at=self.clock())
            for chunk in planned.chunks:
                task("apply_stock", lambda ctx, chunk=chunk: apply_stock(ctx, chunk, names, TERMS))
            task("report", report_stock, 1)
        return ctx

    def changed(self) -> FlowContext:
        """``product_change_export``."""
        ctx = self.context(flow="product_change_export")
        task = partial(self.task, ctx.run)
        if task("check_shop", check_shop) is FAILED:
            return ctx
        read = task("read_changes", lambda ctx: read_changes(ctx, self.mapping.extra_fields))
        if read is FAILED or finish_without_changes(ctx, read):
            return ctx
        if read.items:
            drained = task("drain_article_info", self.drain_info)
            checked = task("validate_changes", validate_changes)
            planned = FAILED if FAILED in (drained, checked) else task("plan_chunks", self.plan)
            for chunk in [] if planned is FAILED else planned:
                task(f"send_products {chunk.chunk}", lambda ctx, chunk=chunk: self.send(ctx, chunk))
        task("report", report_changes, 1)
        return ctx

    def undo(self, *parts: ImportPart) -> None:
        """``import_undo`` of every run that changed something, newest first."""
        for one in self.ledger.imports.import_runs("demo"):
            request = UndoRequest(one.run.run_id, parts, dry_run=False)
            ctx = self.context(flow="import_undo")
            self.task(ctx.run, "undo", lambda ctx, request=request: undo_import(ctx, request, TERMS))

    def export_orders(self) -> None:
        self.till.now = self.clock()
        self.till.export_orders()
