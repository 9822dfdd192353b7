"""Runs of the import DAGs, task by task: the night with its questions and order status, and stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cut_lab import CutLab
from task_runs import TaskRuns

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.import_mapping import ImportMapping, import_mapping
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.apply_changes import apply_changes
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.chunks import ImportChunk
from abicart_specter.flows.imports.decide import record_answer, release
from abicart_specter.flows.imports.plan_import import plan_import
from abicart_specter.flows.imports.reconcile import reconcile
from abicart_specter.flows.imports.report_import import report_import
from abicart_specter.flows.imports.status.import_status import import_order_status
from abicart_specter.flows.imports.stock.apply_stock import apply_stock
from abicart_specter.flows.imports.stock.chunks import StockChunk, stock_chunks
from abicart_specter.flows.imports.stock.order_book import OrderBook
from abicart_specter.flows.imports.stock.plan_stock import plan_stock
from abicart_specter.flows.imports.stock.report_stock import report_stock
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.flows.validate_numbers import validate_numbers

NIGHT, STOCK = "nightly_import", "stock_import"
APPROVE, REFUSE, NOBODY = "approve", "refuse", "nobody"


@dataclass(frozen=True)
class Wanted:
    """One run of a DAG.

    :param answers: by part, or ``stock``: what a person says when asked.
    :param whole: with the reconciliation at the end of the night.
    """

    run_id: str
    flow: str
    answers: Mapping[str, str] = field(default_factory=dict)
    tries: int = 2
    whole: bool = False


class ImportDag:
    """``run`` goes on from what succeeded before."""

    def __init__(self, lab: CutLab, wanted: Wanted) -> None:
        self.lab, self.wanted = lab, wanted
        self._tasks = TaskRuns(lab, wanted.run_id, wanted.flow, wanted.tries)
        self.done, self._good = self._tasks.progress.done, self._tasks.good
        self.journal = Journal(Path(lab.folder) / "journal")

    def run(self) -> dict[str, Exception]:
        """What failed a task for good."""
        if self._good("check_shop", lambda ctx: check_shop(ctx).webshop_id):
            (self._night if self.wanted.flow == NIGHT else self._stock)()
        return self._tasks.errors

    # the night

    def _night(self) -> None:
        status = self._good("order_status", self._status)
        drained = self._good("drain_article_info", lambda ctx: self._drain(ctx, Queue.ARTICLE_INFO))
        read = self._good("read_catalogue", self._read) and self._good("validate_numbers", self._validate)
        if drained and read and self._good("plan_import", self._plan):
            planned = self.done["plan_import"]
            within = self._apply("apply_changes", planned["chunks"])
            for part in planned["ask"]:
                self._question(ImportPart(part))
            if status and within and self.wanted.whole:
                self._good("reconcile", lambda ctx: reconcile(ctx, self._mapping(ctx)).as_dict())
        self._good("report", self._report, tries=1)

    def _status(self, ctx: FlowContext) -> dict[str, Any]:
        summary = import_order_status(ctx, self.journal, self.lab.orders_mapping, self.lab.terms)
        return dict(summary.as_dict())

    def _drain(self, ctx: FlowContext, queue: Queue) -> int:
        ctx.begin()
        return drain_queue(ctx, self.journal, self.lab.terms, queue).reported

    def _read(self, ctx: FlowContext) -> dict[str, Any]:
        return asdict(read_catalogue(ctx, article_fields(ctx.settings)))

    def _validate(self, ctx: FlowContext) -> bool:
        validate_numbers(ctx, hold=False)
        return True

    def _plan(self, ctx: FlowContext) -> dict[str, Any]:
        plan = plan_import(ctx, self._mapping(ctx))
        chunks = [chunk.as_xcom() for part in plan.parts.values() for chunk in part.chunks]
        return plan.as_dict() | {"chunks": chunks}

    def _apply(self, name: str, chunks: list[dict[str, Any]]) -> bool:
        ended = True
        for document in chunks:
            chunk = ImportChunk.from_xcom(document)
            work = partial(self._apply_chunk, chunk)
            ended = self._good(f"{name} {chunk.part.value} {chunk.chunk}", work) and ended
        return ended

    def _apply_chunk(self, chunk: ImportChunk, ctx: FlowContext) -> dict[str, int]:
        return dict(apply_changes(ctx, chunk, self._mapping(ctx), self.lab.terms))

    def _question(self, part: ImportPart) -> None:
        if not self._good(f"approve_{part.value}", self._answered(part.value, partial(self._record, part))):
            return
        if self.done[f"approve_{part.value}"] != APPROVE:
            return
        released = f"release_{part.value}"
        if self._good(released, lambda ctx: [chunk.as_xcom() for chunk in release(ctx, part)]):
            self._apply(f"apply_{part.value}", self.done[released])

    def _answered(
        self, about: str, record: Callable[[FlowContext, str], None]
    ) -> Callable[[FlowContext], str]:
        def answer(ctx: FlowContext) -> str:
            said = self.wanted.answers.get(about, NOBODY)
            record(ctx, said)
            return said

        return answer

    @staticmethod
    def _record(part: ImportPart, ctx: FlowContext, said: str) -> None:
        by = "" if said == NOBODY else "the owner"
        record_answer(ctx, part, approved=said == APPROVE, by=by, at=ctx.clock())

    def _report(self, ctx: FlowContext) -> dict[str, Any]:
        return report_import(ctx, self.done.get("plan_import"), red_tasks=len(self._tasks.errors)).as_dict()

    @staticmethod
    def _mapping(ctx: FlowContext) -> ImportMapping:
        return import_mapping(ctx.settings)

    # stock

    def _stock(self) -> None:
        if (
            self._good("scan_orders", self._scan)
            and self._good("drain_stock", lambda ctx: self._drain(ctx, Queue.STOCK))
            and self._good("plan_stock", self._plan_stock)
        ):
            planned = self.done["plan_stock"]
            if not planned["asks"]:
                self._apply_stock("apply", planned["chunks"])
            elif self._good("approve", self._answered("stock", self._decide)):
                chunks = self.done["approve"] == APPROVE and self._good(
                    "release", lambda ctx: [chunk.as_xcom() for chunk in stock_chunks(ctx)]
                )
                self._apply_stock("apply_approved", self.done["release"] if chunks else [])
        self._good("report", self._report_stock, tries=1)

    def _scan(self, ctx: FlowContext) -> int:
        ctx.begin()
        with counted_abicart(ctx, "scan_orders") as abicart:
            return OrderBook(ctx, abicart, self.lab.orders_mapping.names).find()

    def _plan_stock(self, ctx: FlowContext) -> dict[str, Any]:
        planned = plan_stock(ctx, self.lab.orders_mapping.names)
        return planned.as_dict() | {"chunks": [chunk.as_xcom() for chunk in planned.chunks]}

    @staticmethod
    def _decide(ctx: FlowContext, said: str) -> None:
        by = "" if said == NOBODY else "the owner"
        ctx.ledger.stock.decide(ctx.run, approved=said == APPROVE, by=by, at=ctx.clock())

    def _apply_stock(self, name: str, chunks: list[dict[str, Any]]) -> None:
        for document in chunks:
            chunk = StockChunk.from_xcom(document)
            self._good(f"{name} {chunk.chunk}", partial(self._apply_stock_chunk, chunk))

    def _apply_stock_chunk(self, chunk: StockChunk, ctx: FlowContext) -> dict[str, int]:
        return dict(apply_stock(ctx, chunk, self.lab.orders_mapping.names, self.lab.terms))

    def _report_stock(self, ctx: FlowContext) -> dict[str, Any]:
        return report_stock(ctx, red_tasks=len(self._tasks.errors)).as_dict()
