"""The alerts flow with a ledger, a mail server and a Slack; time and Airflow's answers are set by the test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness import demo_settings
from servers import Mailbox, Slack

from abicart_specter.flows.alerts.airflow_runs import Ended
from abicart_specter.flows.alerts.alerts import alerts
from abicart_specter.flows.context import FlowContext
from abicart_specter.hooks.notify import ways
from abicart_specter.ledger import FoundOrder, Ledger, RunKey
from abicart_specter.ledger.order_records import Decision
from abicart_specter.ledger.order_rules import OrderState

START = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
BOTH = {
    "alerts__email": {"connection": "mail", "to": ["agare@example.com"]},
    "alerts__slack": {"connection": "slack"},
}


@dataclass
class Airflow:
    """What Airflow would answer."""

    red: dict[str, list[Ended]] = field(default_factory=dict)
    green: dict[str, list[Ended]] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    pauses: set[str] = field(default_factory=set)
    asked: int = 0
    tasks: list[str] = field(default_factory=lambda: ["report", "send_orders"])

    def _runs(self, flow: str, state: str) -> list[Ended]:
        self.asked += 1
        if state == "running":
            return [Ended("running", None)] if flow in self.running else []
        return (self.red if state == "failed" else self.green).get(flow, [])

    def count(self, flow: str, state: str) -> int:
        return len(self._runs(flow, state))

    def last(self, flow: str, state: str) -> Ended | None:
        return (self._runs(flow, state) or [None])[-1]

    def red_tasks(self, flow: str, run_id: str) -> list[str]:
        return self.tasks

    def paused(self, flow: str) -> bool:
        return flow in self.pauses

    def link(self, flow: str, run_id: str = "") -> str:
        page = f"https://airflow.example/dags/{flow}__demo"
        return f"{page}/runs/{run_id}" if run_id else page

    def questions_link(self) -> str:
        return "https://airflow.example/required_actions"


@dataclass
class AlertLab:
    """``look`` is one run of ``alerts__demo``."""

    folder: Path
    mail: Mailbox
    slack: Slack
    now: datetime = START
    airflow: Airflow = field(default_factory=Airflow)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.url = f"sqlite:///{self.folder / 'ledger.db'}"
        self.ledger = Ledger.open(self.url, clock=lambda: self.now)
        self.use(**BOTH)

    def close(self) -> None:
        self.ledger.close()

    def use(self, **changes: object) -> None:
        """Settings; the demo's imports are off, and so is the alarm about orders that nobody reads here."""
        own = {k: v for k, v in changes.items() if not k.startswith("alerts__")}
        settings = demo_settings(**({"status__read_orders": False} | own))
        alert_settings = {"late_orders": False} | {
            k.removeprefix("alerts__"): v for k, v in changes.items() if k.startswith("alerts__")
        }
        whole = settings.alerts.model_dump() | alert_settings
        self.settings = settings.model_copy(update={"alerts": type(settings.alerts).model_validate(whole)})

    def context(self, flow: str = "alerts") -> FlowContext:
        run_id = f"run-{next(self._numbers)}"

        def none():
            raise AssertionError("alerts ask neither system")

        return FlowContext(
            settings=self.settings,
            run=RunKey("demo", flow, run_id),
            ledger=self.ledger,
            staging=self.ledger,
            owner=run_id,
            reports_dir=self.folder / "reports",
            open_abicart=none,
            open_specter=none,
            clock=lambda: self.now,
        )

    def look(self) -> None:
        alerts(self.context(), self.airflow, ways(self.settings.alerts))

    def pass_(self, time: timedelta) -> None:
        """A look every five minutes for so long."""
        end = self.now + time
        while self.now < end:
            self.now += FIVE
            self.look()

    def find(self, *uids: int) -> RunKey:
        """Orders that a run found."""
        run = RunKey("demo", "order_export", f"run-{next(self._numbers)}")
        self.ledger.start_run(run, {})
        found = [FoundOrder(uid, f"{uid}", self.now, f"buyer {uid}", 0) for uid in uids]
        self.ledger.orders.record_found(run, found)
        self.ledger.orders.move_scanned_to("demo", self.now)
        return run

    def hold(self, *uids: int, rule: str = "email_missing") -> None:
        run = self.find(*uids)
        decisions = [Decision(uid, OrderState.HELD, rule, "No e-mail address.", "Add it.") for uid in uids]
        self.ledger.orders.decide(run, decisions)

    def kinds(self, cause: str) -> list[str]:
        return [one.kind for one in self.ledger.orders.messages("demo", 1000) if one.cause == cause]
