"""The export on change without Airflow: read, drain, validate, plan, send, report, as the DAG joins them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from harness import Export
from scenes import article_calls, last_request

from abicart_specter.domain.records import ItemKey
from abicart_specter.errors import IncompleteRunError, LeaseHeldError, RetriableError, UnconfirmedError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.product_changes.read_changes import ChangesRead, read_changes
from abicart_specter.flows.product_changes.report_changes import finish_without_changes, report_changes
from abicart_specter.flows.product_changes.validate_changes import validate_changes
from abicart_specter.flows.report import RunReport
from shop_sandbox.pytest_plugin import RunningSandbox

FLOW = "product_change_export"


@dataclass
class ChangeRun:
    """One run of the DAG. ``report`` is ``None`` when it was red, or ended before."""

    ctx: FlowContext
    read: ChangesRead
    report: RunReport | None
    red: str = ""

    @property
    def sent(self) -> int:
        return 0 if self.report is None else self.report.sent


@dataclass
class ChangeLab(Export):
    """``changes`` is one run. The clock of the flows and the shop's move together by ``later``."""

    abicart_server: RunningSandbox | None = None
    specter_server: RunningSandbox | None = None
    between_tries: Event = field(default_factory=Event)
    offset: timedelta = timedelta()
    skew: timedelta = timedelta()
    """By how much the flows' clock is ahead of the shop's."""

    def later(self, **span: float) -> None:
        self.offset += timedelta(**span)
        for server in (self.abicart_server, self.specter_server):
            server.control.advance_clock(timedelta(**span).total_seconds())

    def quiet_while(self) -> None:
        """Time goes by until the next run's overlap holds no edit any more."""
        self.later(minutes=16)
        self.ledger.product_changes.move_cursor("demo", self.clock())
        self.later(minutes=16)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.offset + self.skew

    def context(self, run_id: str | None = None, *, flow: str = "product_export") -> FlowContext:
        ctx = super().context(run_id, flow=flow)
        ctx.clock = self.clock
        return ctx

    def read_changes(self, ctx: FlowContext | None = None) -> ChangesRead:
        return read_changes(ctx or self.context(flow=FLOW), self.mapping.extra_fields)

    def changes(self, *, tries: int = 1, ctx: FlowContext | None = None) -> ChangeRun:
        """A whole run; a chunk that fails is tried again as Airflow would."""
        ctx = ctx or self.context(flow=FLOW)
        check_shop(ctx)
        read = self.read_changes(ctx)
        if finish_without_changes(ctx, read):
            return ChangeRun(ctx, read, None)
        red = 0
        if read.items:
            if self.settings.masters():
                self.drain(ctx)
            validate_changes(ctx)
            for chunk in self.plan(ctx):
                for attempt in range(tries):
                    try:
                        self.send(ctx, chunk)
                        break
                    except LeaseHeldError:
                        self.between_tries.wait(0.02)  # a dead worker's lease has to run out first
                        red += attempt == tries - 1
                    except (RetriableError, UnconfirmedError):
                        red += attempt == tries - 1
        try:
            return ChangeRun(ctx, read, report_changes(ctx, red_tasks=red))
        except IncompleteRunError as error:
            return ChangeRun(ctx, read, None, str(error))

    @contextmanager
    def writes(self) -> Iterator[list]:
        """The article writes that Specter got inside the block."""
        calls: list = []
        after = last_request(self.specter_server)
        yield calls
        calls += article_calls(self.specter_server, after=after)

    def waiting(self) -> int:
        return self.ledger.product_changes.waiting_count("demo")

    def flagged(self, key: ItemKey) -> set[str]:
        return {row.flag.rule for row in self.ledger.iter_open_flags("demo") if row.flag.key == key}


@contextmanager
def change_lab(abicart, specter, folder: Path, **changes: object) -> Iterator[ChangeLab]:
    lab = ChangeLab(
        abicart.url, specter.url, folder, abicart_server=abicart, specter_server=specter, **changes
    )
    try:
        yield lab
    finally:
        lab.close()
