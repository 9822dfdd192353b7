"""Runs of the order DAGs, task by task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cut_lab import CutLab
from task_runs import TaskRuns

from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import watch_at_the_start
from abicart_specter.flows.orders.find_changes import find_changes
from abicart_specter.flows.orders.next_steps import next_steps
from abicart_specter.flows.orders.pending_marks import write_pending_marks
from abicart_specter.flows.orders.plan import OrderChunk, plan_orders
from abicart_specter.flows.orders.report_orders import report_orders
from abicart_specter.flows.orders.scan import scan_orders, window_for
from abicart_specter.flows.orders.send_orders import send_orders
from abicart_specter.flows.orders.single import single_order
from abicart_specter.flows.orders.single_request import SingleRequest
from abicart_specter.flows.orders.sweep import sweep_orders
from abicart_specter.flows.orders.window import Interval, RunKind, ScanWindow
from abicart_specter.flows.special_numbers import ensure_special_numbers

SINGLE = "single"
WHO = "the accountant"


@dataclass(frozen=True)
class Wanted:
    """One run: a kind of ``RunKind`` with its interval, or ``single`` with what its form says."""

    run_id: str
    kind: str
    start: datetime | None = None
    end: datetime | None = None
    form: dict[str, Any] = field(default_factory=dict)
    tries: int = 2

    @property
    def flow(self) -> str:
        return "order_export_single" if self.kind == SINGLE else "order_export"

    def as_json(self) -> dict[str, Any]:
        times = {name: at.isoformat() for name in ("start", "end") if (at := getattr(self, name))}
        return asdict(self) | times

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Wanted:
        times = {
            name: datetime.fromisoformat(at) if (at := document[name]) else None for name in ("start", "end")
        }
        return cls(**document | times)


@dataclass
class OrderDag:
    """``patience``: waits between two looks at a buyer somebody else keeps."""

    lab: CutLab
    wanted: Wanted
    patience: Callable[[float], None] = lambda seconds: None

    def __post_init__(self) -> None:
        self._tasks = TaskRuns(self.lab, self.wanted.run_id, self.wanted.flow, self.wanted.tries)
        self.progress, self.errors = self._tasks.progress, self._tasks.errors
        self._good = self._tasks.good

    def run(self) -> dict[str, Exception]:
        """What failed a task for good."""
        if self.wanted.kind == SINGLE:
            self._good("ensure_special_numbers", ensure_special_numbers)
            self._good("single_order", self._single)
        elif self._good("check_shop", self._check) and self._good("scan_orders", self._scan):
            self._export(set(self.progress.done["scan_orders"]["needless"]))
        if self.wanted.kind != SINGLE:
            self._good("report", self._report, tries=1)
        return self.errors

    def _export(self, needless: set[str]) -> None:
        names = self.lab.orders_mapping.names
        ready = "sweep_orders" in needless or self._good(
            "sweep_orders", lambda ctx: sweep_orders(ctx, self._window(), names).compared
        )
        if ready and "ensure_special_numbers" not in needless:
            ready = self._good("ensure_special_numbers", ensure_special_numbers)
        if ready and "plan_orders" not in needless and self._good("plan_orders", self._plan):
            for document in self.progress.done["plan_orders"]:
                chunk = OrderChunk.from_xcom(document)
                self._good(f"send_orders {chunk.chunk}", lambda ctx, chunk=chunk: self._send(ctx, chunk))
        if "write_back" not in needless:
            self._good("write_back", lambda ctx: write_pending_marks(ctx, self.lab.orders_mapping))
        if "find_changes" not in needless:
            self._good("find_changes", lambda ctx: find_changes(ctx, self.lab.orders_mapping).compared)

    def _check(self, ctx: FlowContext) -> int:
        return check_shop(ctx, watch=watch_at_the_start(ctx)).webshop_id

    def _scan(self, ctx: FlowContext) -> dict[str, Any]:
        wanted, kind = self.wanted, RunKind(self.wanted.kind)
        interval = Interval(wanted.start, wanted.end) if wanted.start and wanted.end else None
        window = window_for(ctx, kind, interval)
        summary = scan_orders(ctx, window, self.lab.orders_mapping.names, self.lab.terms)
        return {"window": window.as_xcom(), "needless": list(next_steps(ctx, window, summary).needless)}

    def _window(self) -> ScanWindow:
        return ScanWindow.from_xcom(self.progress.done["scan_orders"]["window"])

    def _plan(self, ctx: FlowContext) -> list[dict[str, Any]]:
        return [chunk.as_xcom() for chunk in plan_orders(ctx)]

    def _send(self, ctx: FlowContext, chunk: OrderChunk) -> int:
        sent = send_orders(ctx, chunk, self.lab.orders_mapping, self.lab.terms, sleep=self.patience)
        return sent.outcomes.total()

    def _single(self, ctx: FlowContext) -> int:
        form = {"dry_run": False} | self.wanted.form
        request = SingleRequest(**form | {"numbers": tuple(form["numbers"])})
        sent = single_order(
            ctx, request, self.lab.orders_mapping, self.lab.terms, who=WHO, sleep=self.patience
        )
        return sent.outcomes.total()

    def _report(self, ctx: FlowContext) -> dict[str, Any]:
        return report_orders(ctx, red_tasks=len(self.errors)).as_dict()
