"""Runs a product export as Airflow would: tasks in the order of the DAG, each tried again, the report at the end.

Knows neither pytest nor the sandbox, so that the worker process of the kill tests can use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness import Export

from abicart_specter.errors import FatalError, IncompleteRunError, LeaseHeldError, RecordError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_article_info
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.plan_chunks import Chunk, Selection
from abicart_specter.flows.prepare_products import PrepareOptions
from abicart_specter.flows.report import RunReport, report
from abicart_specter.flows.special_numbers import ensure_special_numbers

TRIES = 5
"""Of a task, as in the DAG: one and four retries."""

NEVER_TRIED_AGAIN = (FatalError, RecordError, IncompleteRunError)
"""What the DAG's retry policy fails at once."""


class Progress(Protocol):
    """Which tasks of a run have succeeded, and what they returned: Airflow's own memory."""

    def get(self, task: str) -> Any: ...

    def put(self, task: str, returned: Any) -> None: ...


class InMemory(dict[str, Any]):
    """Progress of a run that nobody kills."""

    def put(self, task: str, returned: Any) -> None:
        self[task] = returned


@dataclass
class Ran:
    """What one run of the DAG came to.

    ``errors``: what failed a task for good, by task; ``retried``: what a further try came over.
    """

    run_id: str
    report: RunReport | None = None
    errors: dict[str, Exception] = field(default_factory=dict)
    retried: list[tuple[str, Exception]] = field(default_factory=list)

    @property
    def green(self) -> bool:
        return self.report is not None and not self.errors


@dataclass
class AirflowLike:
    """One run. ``wait`` is told the seconds that a held lease still lasts, before the next try."""

    export: Export
    run_id: str
    flow: str = "product_export"
    tries: int = TRIES
    selection: Selection = field(default_factory=Selection)
    options: PrepareOptions = field(default_factory=PrepareOptions)
    progress: Progress = field(default_factory=InMemory)
    wait: Callable[[float], None] = lambda seconds: None
    on_try: Callable[[str, int], None] = lambda task, attempt: None

    def run(self) -> Ran:
        ran = Ran(self.run_id)
        export = self.export
        good = self._good(ran, "check_shop", check_shop)
        if good and export.settings.masters():
            good = self._good(ran, "drain_article_info", self._drain)
        written_to = good and self._good(ran, "ensure_special_numbers", ensure_special_numbers)
        read = "check_shop" not in ran.errors and self._good(ran, "read_catalogue", export.read)
        checked = read and self._good(ran, "validate_numbers", export.validate)
        planned = checked and self._good(ran, "plan_chunks", self._plan)
        if written_to and planned:
            for chunk in map(Chunk.from_xcom, self.progress.get("plan_chunks")):
                self._good(
                    ran,
                    f"send_products {chunk.chunk}",
                    lambda ctx, chunk=chunk: dict(export.send(ctx, chunk, self.options).outcomes),
                )
        self._report(ran)
        return ran

    def _plan(self, ctx: FlowContext) -> list[dict[str, Any]]:
        return [chunk.as_xcom() for chunk in self.export.plan(ctx, self.selection)]

    def _drain(self, ctx: FlowContext) -> int:
        return drain_article_info(ctx, Journal(self.export.folder / "journal"), self.export.terms)

    def _report(self, ran: Ran) -> None:
        try:
            ran.report = report(self._context("report", 1))
        except IncompleteRunError as error:
            ran.errors["report"] = error

    def _good(self, ran: Ran, task: str, work: Callable[[FlowContext], Any]) -> bool:
        """Whether the task succeeded, now or before."""
        if self.progress.get(task) is not None:
            return True
        for attempt in range(1, self.tries + 1):
            self.on_try(task, attempt)
            try:
                returned = work(self._context(task, attempt))
            except NEVER_TRIED_AGAIN as error:
                ran.errors[task] = error
                return False
            except Exception as error:  # as Airflow: any other error is tried again
                if attempt == self.tries:
                    ran.errors[task] = error
                    return False
                ran.retried.append((task, error))
                if isinstance(error, LeaseHeldError):
                    self.wait(error.seconds_left)
            else:
                self.progress.put(task, returned if isinstance(returned, int | list | dict) else True)
                return True
        return False

    def _context(self, task: str, attempt: int) -> FlowContext:
        ctx = self.export.context(self.run_id, flow=self.flow)
        ctx.owner = f"{self.run_id}/{task}/try {attempt}"
        return ctx
