"""The whole order export without Airflow: scan, plan, send, changes, report, as the DAG joins them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from harness import TERMS
from scan_lab import NOON, Run, ScanLab
from scenes import table_dump

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import IncompleteRunError, RetriableError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.plan import plan_orders
from abicart_specter.flows.orders.report_orders import OrderReport
from abicart_specter.flows.orders.send_orders import send_orders
from abicart_specter.flows.orders.single import single_order
from abicart_specter.flows.orders.single_request import SingleRequest
from abicart_specter.flows.orders.window import RunKind
from abicart_specter.flows.special_numbers import ensure_special_numbers


@dataclass
class Ran:
    """One run: its context, its report, and how many chunks failed."""

    run: Run
    report: OrderReport | None
    red: int

    @property
    def ctx(self) -> FlowContext:
        return self.run.ctx


@dataclass
class OrderLab(ScanLab):
    """``export_orders`` is one run of the DAG."""

    def export_orders(
        self,
        kind: RunKind = RunKind.SCHEDULED,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        tries: int = 1,
        ctx: FlowContext | None = None,
    ) -> Ran:
        """A whole run; a chunk that fails is tried again as Airflow would."""
        run = self.scan(kind, start, end, ctx=ctx)
        ensure_special_numbers(run.ctx)
        red = 0
        for chunk in plan_orders(run.ctx):
            for attempt in range(tries):
                try:
                    send_orders(run.ctx, chunk, self.mapping, TERMS, sleep=lambda _: None)
                    break
                except RetriableError:
                    red += attempt == tries - 1
        if "find_changes" not in run.needless:
            self.changes(run.ctx)
        try:
            return Ran(run, self.report(run, red_tasks=red), red)
        except IncompleteRunError:
            return Ran(run, None, red)

    def single(self, *numbers: object, ctx: FlowContext | None = None, **asked: Any) -> Counter[Outcome]:
        """The single-order DAG; with ``ctx`` a second try of a run."""
        ctx = ctx or self.context(flow="order_export_single")
        request = SingleRequest(tuple(str(one) for one in numbers), **({"dry_run": False} | asked))
        ctx.dry_run = request.dry_run
        if not request.dry_run:
            ctx.begin()
            ensure_special_numbers(ctx)
        self.last = ctx
        return single_order(
            ctx, request, self.mapping, TERMS, who="the accountant", sleep=lambda _: None
        ).outcomes

    def ensure_numbers(self, ctx: FlowContext) -> None:
        ensure_special_numbers(ctx)

    def to_pay(self, uid: int) -> Decimal:
        """What the buyer has to pay in the end, gift cards aside."""
        order = self.shop_order(uid)
        cards = {
            one["uid"]
            for one in self.abicart_server.control.inspect("PaymentMethod", limit=100)
            if one["type"] == "giftcard"
        }
        used = (
            Decimal(str(one["amount"]))
            for one in self.abicart_server.control.inspect("Payment", limit=100_000)
            if one["uid"] in order["payments"] and one["method"] in cards
        )
        return Decimal(str(order["costs"]["total"]["incVat"])) - sum(used, Decimal(0))

    # Specter

    def specter_orders(self) -> list[dict[str, Any]]:
        return list(self.specter_server.control.inspect("orders", limit=100_000))

    def shop_order(self, uid: int) -> dict[str, Any]:
        return dict(self.abicart_server.control.inspect("Order", uid=uid))

    def dump_ledger(self) -> dict[str, list[tuple[Any, ...]]]:
        return table_dump(self.export)


__all__ = ["NOON", "OrderLab", "Ran"]
