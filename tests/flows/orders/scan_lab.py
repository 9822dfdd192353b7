"""The scan side of the order export without Airflow: real servers, a real ledger, a clock that tests set."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness import TERMS, Export, demo_settings

from abicart_specter.domain.orders.content import content_hash, snapshot
from abicart_specter.domain.orders.order_mapping import OrderMapping, order_mapping
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.records import Outcome
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.find_changes import ChangesSummary, find_changes
from abicart_specter.flows.orders.next_steps import next_steps
from abicart_specter.flows.orders.report_orders import OrderReport, report_orders
from abicart_specter.flows.orders.scan import ScanSummary, scan_orders, window_for
from abicart_specter.flows.orders.sweep import SweepSummary, sweep_orders
from abicart_specter.flows.orders.window import Interval, RunKind, ScanWindow
from abicart_specter.ledger import OrderIntent, OrderState
from abicart_specter.ledger.order_records import OrderOutcome
from shop_sandbox.pytest_plugin import RunningSandbox

SECRET = b"a secret of the tests, long enough"
TEN = timedelta(minutes=10)
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@dataclass
class Run:
    """One run of the DAG up to where orders would be sent."""

    ctx: FlowContext
    window: ScanWindow
    summary: ScanSummary
    needless: tuple[str, ...]


@dataclass
class ScanLab:
    """A shop, an account, a ledger; ``now`` is the time of the flows."""

    abicart_server: RunningSandbox
    specter_server: RunningSandbox
    folder: Path
    now: datetime = NOON
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.export = Export(self.abicart_server.url, self.specter_server.url, self.folder)
        self.use()

    def close(self) -> None:
        self.export.close()

    def use(self, **changes: object) -> None:
        """Other settings from now on: ``section__key=value``."""
        self.export.settings = demo_settings(**changes)
        self.mapping: OrderMapping = order_mapping(self.export.settings)

    @property
    def orders(self):
        return self.export.ledger.orders

    # the shop

    def place(self, at: datetime, **wanted: object) -> int:
        """Somebody buys something; returns the order's uid."""
        item = self.abicart_server.control.inspect("items", limit=1)[0]
        row = {item["kind"]: item["uid"]} | {"quantity": 1}
        order = {"rows": [row], "ordered": at.isoformat()} | wanted
        return int(self.abicart_server.control.edit("place_order", **order)["uid"])

    def edit(self, what: str, **values: object) -> object:
        return self.abicart_server.control.edit(what, **values)

    # runs

    def context(self, *, flow: str = "order_export", run_id: str | None = None) -> FlowContext:
        ctx = self.export.context(run_id or f"run-{next(self._numbers)}", flow=flow)
        ctx.hash_secret, ctx.clock = SECRET, lambda: self.now
        return ctx

    def scan(
        self,
        kind: RunKind = RunKind.SCHEDULED,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        ctx: FlowContext | None = None,
        send_manual: bool = False,
    ) -> Run:
        """A run; without times it is the scheduled one whose interval has just ended."""
        end = end or self.now
        interval = None if kind is RunKind.MANUAL else Interval(start or end - TEN, end)
        ctx = ctx or self.context()
        window = window_for(ctx, kind, interval)
        summary = scan_orders(ctx, window, self.mapping.names, TERMS, send_manual=send_manual)
        return Run(ctx, window, summary, next_steps(ctx, window, summary).needless)

    def sweep(self, run: Run) -> SweepSummary:
        return sweep_orders(run.ctx, run.window, self.mapping.names)

    def changes(self, ctx: FlowContext | None = None) -> ChangesSummary:
        return find_changes(ctx or self.context(), self.mapping)

    def report(self, run: Run, **options: object) -> OrderReport:
        return report_orders(run.ctx, **options)

    # the ledger

    def to_send(self, run: Run) -> set[int]:
        """Uids of the run's orders that are still to be sent."""
        return {order.uid for order in self.orders.run_orders(run.ctx.run)}

    def outcomes(self, run: Run) -> dict[int, OrderOutcome]:
        return {one.uid: one for one in self.orders.iter_order_outcomes(run.ctx.run)}

    def outcome(self, run: Run, uid: int) -> tuple[Outcome, str]:
        found = self.outcomes(run)[uid]
        return found.outcome, found.rule

    def intend(self, run: Run, uid: int):
        """The send side is about to write the order; returns its lease."""
        order = self.orders.states("demo", [uid])[uid]
        with self.export.abicart() as client:
            document = client.orders.get_orders([uid])[uid]
        shop_order = read_order(document, self.mapping.names)
        intent = OrderIntent(
            shop="demo",
            uid=uid,
            generation=order.generation,
            external_no=order.number,
            hash="0" * 64,
            specter_customer_no="5001",
            at=self.now,
            content_hash=content_hash(shop_order),
            snapshot=snapshot(shop_order, SECRET),
        )
        return self.orders.begin("demo", order.customer_key, run.ctx.owner, 60.0, intent)

    def send(self, run: Run, *uids: int) -> None:
        """What the send side does when Specter accepts: the order's number there is its uid plus 700000."""
        for uid in uids or sorted(self.to_send(run)):
            lease = self.intend(run, uid)
            self.orders.confirm_order(
                lease, run.ctx.run, uid, 1, str(700_000 + uid), state=OrderState.SENT, release=True
            )
