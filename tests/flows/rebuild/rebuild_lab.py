"""Orders, products and stock with a ledger that is lost, or put back as it was some time ago, and rebuilt."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from harness import TERMS
from order_lab import Ran
from stock_lab import StockLab

from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.apply_changes import apply_changes
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.plan_import import ImportPlan, plan_import
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.orders.report_orders import OrderReport
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.rebuild.finish import finish_rebuild
from abicart_specter.flows.rebuild.rebuild_orders import OrdersRebuilt, rebuild_orders
from abicart_specter.flows.rebuild.rebuild_products import rebuild_products
from abicart_specter.flows.rebuild.times import RebuildRequest, RebuildTimes, begin_rebuild
from abicart_specter.flows.reports import run_folder
from abicart_specter.flows.validate_numbers import validate_numbers
from abicart_specter.ledger import Ledger, OrderState, ShopBinding
from abicart_specter.ledger.backup import backup
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.ledger.rebuild.state import replace_lost, restored

TEN = timedelta(minutes=10)
TRUSTED = {
    "orders__duplicate_control": "trusted",
    "orders__duplicate_answer": "finns redan: order (?P<number>[0-9]+)",
}


@dataclass
class Rebuilt:
    """One run of the DAG, up to its end."""

    ctx: FlowContext
    times: RebuildTimes
    orders: OrdersRebuilt
    products: dict[str, Any]
    summary: dict[str, Any]

    def questions(self) -> list[dict[str, str]]:
        """The file of questions."""
        path = run_folder(self.ctx) / "questions.csv"
        return list(csv.DictReader(path.open(encoding="utf-8-sig"), delimiter=";"))


@dataclass
class RebuildLab(StockLab):
    """``lose`` and ``put_back`` are the disasters, ``rebuild`` is one run of the DAG."""

    chosen: dict[str, object] = field(default_factory=dict)

    def start(self) -> None:
        self.begun = self.now
        self.open_ledger()
        self.settings_are()
        self.export.ledger.bind(self.binding())
        self.export.run()
        self.later(timedelta(hours=1))

    def settings_are(self, **changes: object) -> None:
        self.chosen |= changes
        self.use(**({"orders__orders_from": self.begun - timedelta(days=30)} | self.chosen))

    @staticmethod
    def binding() -> ShopBinding:
        return ShopBinding("demo", 22222, 1000, 12)

    @property
    def ledger(self) -> Ledger:
        return self.export.ledger

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / "journal")

    def open_ledger(self) -> None:
        self.export.ledger.close()
        self.export.ledger = Ledger.open(self.export.ledger_url, clock=lambda: self.now)

    # disasters

    def lose(self) -> None:
        """The ledger's file is gone; a person makes a new one that stands for it."""
        lost = self.ledger.id
        self._remove()
        upgrade(self.export.ledger_url)
        database = Database(self.export.ledger_url)
        replace_lost(database, lost)
        database.close()
        self.open_ledger()

    def save(self, name: str = "backup.db") -> Path:
        target = self.folder / name
        backup(self.export.ledger_url, target)
        return target

    def put_back(self, saved: Path, *, told: bool = True) -> None:
        """An old backup takes the ledger's place; ``told``: a person says so on the command line."""
        self._remove()
        shutil.copy(saved, self.folder / "ledger.db")
        if told:
            database = Database(self.export.ledger_url)
            restored(database, None)
            database.close()
        self.open_ledger()

    def _remove(self) -> None:
        self.export.ledger.close()
        for file in self.folder.glob("ledger.db*"):
            file.unlink()

    # runs

    def sell(self, count: int, *, every: timedelta = timedelta(minutes=1), **wanted: object) -> list[int]:
        """Orders of several buyers and products, one after the other; the clock goes with them."""
        items = self.items()
        customers = [one["uid"] for one in self.abicart_server.control.inspect("Customer", limit=100)]
        orders = []
        for place in range(count):
            self.later(every)
            item = items[place % len(items)]
            orders.append(
                {
                    "rows": [{item["kind"]: item["uid"], "quantity": 1 + place % 2}],
                    "ordered": self.now.isoformat(),
                    "customer": customers[place % len(customers)],
                }
                | wanted
            )
        self.later(every)
        placed = self.abicart_server.control.edit("place_orders", orders=orders)
        return [int(row["uid"]) for row in placed]

    def export_all(self, *, runs: int = 4, tries: int = 2) -> Ran:
        """Runs of the order export until nothing moves any more."""
        for _ in range(runs):
            self.beat()
            ran = self.export_orders(tries=tries)
            self.beat()
            self.later(TEN)
        return ran

    def beat(self) -> datetime:
        self.seen = self.ledger.rebuild.beat("demo")
        return self.seen

    def rebuild(
        self,
        *,
        dry_run: bool = False,
        known_good: datetime | None = None,
        stopped: datetime | None = None,
        seen: datetime | None = None,
        run_id: str | None = None,
    ) -> Rebuilt:
        ctx = self.context(flow="ledger_rebuild", run_id=run_id)
        ctx.dry_run = dry_run
        times = begin_rebuild(ctx, RebuildRequest(dry_run, known_good, stopped), seen)
        if not dry_run:
            self.ledger.bind(self.binding())
        orders = rebuild_orders(ctx, times, self.mapping.names)
        products = rebuild_products(ctx, times, self.journal, TERMS)
        return Rebuilt(ctx, times, orders, products, finish_rebuild(ctx, orders.as_dict(), products))

    def night(self) -> ImportPlan:
        """A nightly import; whatever it asks waits."""
        ctx = self.context(flow="nightly_import")
        ctx.begin()
        self.export.drain(ctx)
        read_catalogue(ctx, article_fields(ctx.settings))
        validate_numbers(ctx, hold=False)
        plan = plan_import(ctx, import_mapping(ctx.settings))
        for part in plan.parts.values():
            for chunk in part.chunks:
                apply_changes(ctx, chunk, import_mapping(ctx.settings), TERMS)
        return plan

    # what must be true

    def copies(self) -> Counter[str]:
        """How often Specter has each external order number."""
        return Counter(str(one["external_number"]) for one in self.specter_orders())

    def states(self) -> dict[int, OrderState]:
        uids = [one["uid"] for one in self.abicart_server.control.inspect("Order", limit=100_000)]
        return {uid: one.state for uid, one in self.orders.states("demo", uids).items()}

    def in_state(self, state: OrderState) -> set[int]:
        return {uid for uid, one in self.states().items() if one is state}

    def number_of(self, uid: int) -> str:
        return str(self.shop_order(uid)["orderNumber"])

    def mark_of(self, uid: int) -> str:
        return str(self.shop_order(uid)["externalOrderNumber"] or "")

    def in_specter(self) -> dict[str, int]:
        """External order number → Specter's, of what it holds."""
        return {str(one["external_number"]): int(one["number"]) for one in self.specter_orders()}


__all__ = ["OrderReport", "Ran", "RebuildLab", "Rebuilt"]
