"""The night of a shop with orders: the exports of products and orders, the import, and the reconciliation after it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from import_lab import FLOW, ImportLab, Night
from order_lab import OrderLab

from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.reconcile import Reconciliation, reconcile


@dataclass
class Reconciled:
    """What the task said, and its file. ``result`` is ``None`` when it was red."""

    result: Reconciliation | None
    lines: list[dict[str, str]]

    def of(self, what: str) -> list[dict[str, str]]:
        return [line for line in self.lines if line["what"] == what]

    def why(self, what: str, number: str) -> set[tuple[str, str, str]]:
        """(field, standing, rule) of an order's, a product's or a value's lines."""
        return {
            (line["field"], line["standing"], line["rule"])
            for line in self.of(what)
            if line["number"] == number
        }


@dataclass
class ReconcileLab:
    """``imports`` and ``orders`` share servers and ledger."""

    imports: ImportLab
    orders: OrderLab

    def place(self, ago: timedelta = timedelta(hours=2), **wanted: object) -> int:
        return self.orders.place(datetime.now(UTC) - ago, **wanted)

    def export_orders(self) -> None:
        self.orders.now = datetime.now(UTC)
        self.orders.export_orders()

    def night(self) -> tuple[Night, Reconciled]:
        night = self.imports.night()
        return night, self.reconcile(night.ctx)

    def reconcile(self, ctx: FlowContext) -> Reconciled:
        try:
            result = reconcile(ctx, import_mapping(ctx.settings))
        except IncompleteRunError:
            result = None
        path = ctx.reports_dir / "demo" / FLOW / ctx.run.run_id / "reconciliation.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return Reconciled(result, list(csv.DictReader(file, delimiter=";")))

    def number(self, uid: int) -> str:
        """An order's number."""
        return str(self.orders.shop_order(uid)["orderNumber"])

    def use(self, **changes: Any) -> None:
        """Other settings from now on, for every flow."""
        self.orders.use(**changes)
        self.imports.settings = self.orders.export.settings
