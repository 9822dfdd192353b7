"""Order status without Airflow: orders sent as the export does, changed in Specter, brought back."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "orders"))

from harness import TERMS
from order_lab import OrderLab
from scan_lab import NOON, SECRET

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.status.import_status import import_order_status
from abicart_specter.flows.imports.status.report_status import StatusSummary
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.reports import run_folder
from abicart_specter.ledger import Ledger
from abicart_specter.ledger.status_records import StatusRecord, StatusState


@dataclass
class StatusLab(OrderLab):
    """``send_orders`` places and sends orders; ``bring`` is one run of order status."""

    placed: list[int] = field(default_factory=list)
    a_day = timedelta(days=1)
    a_minute = timedelta(minutes=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.export.ledger.close()
        self.export.ledger = Ledger.open(self.export.ledger_url, clock=lambda: self.now)

    def send_orders(self, count: int = 1, **wanted: object) -> list[int]:
        """Orders of the shop that are in Specter now; their uids."""
        new = [self.place(self.now - timedelta(minutes=1), **wanted) for _ in range(count)]
        self.placed += new
        self.export_orders()
        states = self.orders.states("demo", new)
        assert all(states[uid].specter_order_no for uid in new)
        return new

    def specter_no(self, uid: int) -> str:
        return str(self.orders.states("demo", [uid])[uid].specter_order_no)

    def in_specter(self, what: str, uid: int, **values: object) -> None:
        """Somebody does something to the order in Specter: deliver, cancel, status, delete."""
        self.specter_server.control.edit(f"order.{what}", number=int(self.specter_no(uid)), **values)

    def by_hand_in_specter(self, external_number: str) -> str:
        """An order that somebody enters in Specter; its number there. It is on the queue."""
        control = self.specter_server.control
        customers = control.inspect("customers", limit=1)
        customer = customers[0] if customers else control.edit("customer.new", name="Walk-in")
        made = control.edit(
            "order.new",
            customer=customer["number"],
            external_number=external_number,
            rows=[{"name": "Something", "quantity": 1, "price": 100, "vat_percent": 25}],
        )
        control.edit("order.status", number=made["number"])
        return str(made["number"])

    def status_csv(self) -> str:
        return (run_folder(self.last) / "order_status.csv").read_text(encoding="utf-8-sig")

    def bring(self, ctx: FlowContext | None = None) -> StatusSummary:
        ctx = ctx or self.context(flow="nightly_import")
        self.last = ctx
        return import_order_status(ctx, Journal(self.folder / "journal"), self.mapping, TERMS)

    def record(self, uid: int) -> StatusRecord:
        (found,) = self.export.ledger.status.by_uid("demo", [uid])[uid]
        return found

    def state(self, uid: int) -> tuple[StatusState, str]:
        found = self.record(uid)
        return found.state, found.rule

    def in_state(self, *states: StatusState) -> list[str]:
        pages = self.export.ledger.status.in_states("demo", states)
        return [one.order_no for page in pages for one in page]

    def shop_status(self, uid: int) -> tuple[bool, bool]:
        """(sent, cancelled) as the shop has it."""
        order = self.shop_order(uid)
        return str(order["deliveryStatus"]).lower() in ("sent", "shipped"), bool(order["discarded"])

    def flags(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for row in self.export.ledger.iter_open_flags("demo"):
            found.setdefault(row.flag.key.uid, []).append(row.flag.rule)
        return found

    def calls(self) -> list[str]:
        """Every method that the shop was asked for since its log was cleared."""
        bodies = [str(one.get("body", "")) for one in self.abicart_server.control.requests(limit=100_000)]
        return [method for body in bodies for method in re.findall(r'"method": ?"([A-Za-z.]+)"', body)]

    def shipments(self) -> list[dict[str, Any]]:
        return list(self.abicart_server.control.inspect("Shipment", limit=100_000))

    def payments(self) -> list[dict[str, Any]]:
        return list(self.abicart_server.control.inspect("Payment", limit=100_000))


__all__ = ["NOON", "SECRET", "StatusLab", "StatusState"]
