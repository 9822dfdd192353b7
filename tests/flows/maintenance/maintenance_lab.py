"""Weeks of an account's queues, and clean-ups of its ledger, journal and reports."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness import demo_settings
from queue_lab import QueueLab

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.maintenance.check_ledger import check_ledger
from abicart_specter.flows.maintenance.clean_up import clean_up
from abicart_specter.ledger import Ledger, ShopBinding

START = datetime(2026, 9, 6, 2, 30, tzinfo=UTC)
FLOW = "ledger_maintenance"


@dataclass
class MaintenanceLab:
    """``now`` is the time of flows and ledger; ``shops`` the folder of the shop files."""

    queues: QueueLab
    shops: Path
    now: datetime = START

    def __post_init__(self) -> None:
        self.export = self.queues.export
        self.export.ledger.close()
        self.export.ledger = Ledger.open(self.export.ledger_url, clock=lambda: self.now)
        self.ledger.bind(ShopBinding("demo", 22222, 1000, 12))
        self.shop_file("demo")

    @property
    def ledger(self) -> Ledger:
        return self.export.ledger

    def shop_file(self, shop: str, **retention: int) -> None:
        """A shop with this retention."""
        terms = ", ".join(f"{name}: {value}" for name, value in retention.items())
        (self.shops / f"{shop}.yaml").write_text(
            f"orders: {{orders_from: 2026-01-01}}\nretention: {{{terms}}}\n", "utf-8"
        )

    def use(self, **retention: int) -> None:
        """Demo's retention from now on."""
        changed = {f"retention__{name}": value for name, value in retention.items()}
        self.export.settings = demo_settings(**changed)

    def night(self, price: int) -> None:
        """Something of everything changes, all queues are emptied, a day passes."""
        self.queues.specter.edit("article.change", number="Å-2", price=f"{price}")
        self.queues.specter.edit("article.stock", number="Å-3", available=price, site=1)
        self.queues.specter.edit("order.status", number=self.queues.orders[0], status_id=price)
        for queue in Queue:
            ctx = self.context("nightly_import", f"night {price}")
            ctx.begin()
            drain_queue(ctx, self.queues.journal(), self.export.terms, queue)
            self.now += timedelta(minutes=1)
        self.now += timedelta(days=1)

    def context(self, flow: str = FLOW, run_id: str | None = None, *, dry_run: bool = False) -> FlowContext:
        ctx = self.export.context(run_id, flow=flow)
        ctx.clock, ctx.dry_run = lambda: self.now, dry_run
        return ctx

    def clean_up(self, *, dry_run: bool = False) -> dict[str, int]:
        result = clean_up(self.context(dry_run=dry_run), self.queues.journal())
        assert result["dry_run"] is dry_run
        removed: dict[str, int] = result["removed"]
        return removed

    def check(self) -> dict[str, Any]:
        return check_ledger(self.context())

    def report(
        self, flow: str, run: str, days_old: float, *, shop: str = "demo", name: str = "orders.csv"
    ) -> Path:
        """A file of a run's report."""
        path = self.export.folder / "reports" / shop / flow / run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("number\n", "utf-8")
        written = (self.now - timedelta(days=days_old)).timestamp()
        os.utime(path, (written, written))
        return path

    def csv(self, name: str) -> list[dict[str, str]]:
        """A file of the newest clean-up."""
        path = max(
            (self.export.folder / "reports/demo" / FLOW).glob(f"*/{name}"),
            key=lambda one: one.stat().st_mtime_ns,
        )
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def journal_ages(self, function: str) -> list[int]:
        return [(self.now - entry.read_at).days for entry in self.queues.journal().entries(function=function)]
