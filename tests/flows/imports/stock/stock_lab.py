"""The stock import without Airflow, as the DAG joins its tasks: real servers, a real ledger, a clock that tests set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from harness import TERMS
from order_lab import OrderLab
from relay import Hook, relay_to

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.stock.apply_stock import apply_stock
from abicart_specter.flows.imports.stock.order_book import OrderBook
from abicart_specter.flows.imports.stock.plan_stock import StockPlanned, plan_stock
from abicart_specter.flows.imports.stock.report_stock import StockReport, report_stock
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import Ledger

HOUR = timedelta(hours=1)


@dataclass
class StockRun:
    """One run of the DAG."""

    ctx: FlowContext
    planned: StockPlanned
    report: StockReport | None = None
    ended: Counter[str] = field(default_factory=Counter)


@dataclass
class StockLab(OrderLab):
    """``stock_import`` is one run. ``sold``: how many of each item were bought by ``buy``."""

    sold: Counter[tuple[str, int]] = field(default_factory=Counter)

    def start(self) -> None:
        """Products in Specter, its queues read once, and the ledger on the lab's clock."""
        self.export.ledger.close()
        self.export.ledger = Ledger.open(self.export.ledger_url, clock=lambda: self.now)
        self.use(imports__stock=True, orders__orders_from=self.now - timedelta(days=30))
        self.export.run()
        self.specter_server.control.edit("queue.clear", queue="stock")
        self.later(HOUR)

    def later(self, by: timedelta) -> None:
        self.now += by

    # Specter

    def specter_stock(self, number: str, available: object, **where: object) -> None:
        """A person in Specter sets what is available."""
        self.specter_server.control.edit("article.stock", number=number, available=available, **where)

    def available(self, number: str) -> Decimal:
        (article,) = self.specter_server.control.inspect("articles", number=number)
        return Decimal(str(article["available"]))

    # the shop

    def items(self) -> list[dict[str, Any]]:
        return list(self.abicart_server.control.inspect("items", limit=1000))

    def item(self, kind: str = "article", nth: int = 0) -> dict[str, Any]:
        return [one for one in self.items() if one["kind"] == kind][nth]

    def stock(self, item: dict[str, Any]) -> Decimal:
        """The shop's stock of an item now."""
        (found,) = (one for one in self.items() if (one["kind"], one["uid"]) == (item["kind"], item["uid"]))
        return Decimal(str(found["stock"]))

    def buy(self, item: dict[str, Any], quantity: int = 1, **more: object) -> int:
        """Somebody buys an item now; returns the order's uid."""
        self.sold[item["kind"], item["uid"]] += quantity
        rows = [{item["kind"]: item["uid"], "quantity": quantity}]
        return self.place(self.now, rows=rows, **more)

    def left(self, item: dict[str, Any]) -> Decimal:
        """What may be sold as long as Specter has none of the orders: its figure less all of them."""
        return self.available(item["product_number"]) - self.sold[item["kind"], item["uid"]]

    def set_stock(self, item: dict[str, Any], stock: int) -> None:
        """A person in the shop."""
        if item["kind"] == "article":
            self.edit("Article", uid=item["uid"], patch={"stock": {"useStock": True, "stock": stock}})
        else:
            self.edit("ArticleVariant", uid=item["uid"], patch={"stock": stock})

    @staticmethod
    def key(item: dict[str, Any]) -> ItemKey:
        return ItemKey(Kind(item["kind"]), item["uid"])

    def index_catalogue(self) -> None:
        """What a nightly import does: the ledger's index of the whole catalogue is renewed."""
        ctx = self.context(flow="nightly_import")
        self.export.read(ctx)
        self.export.ledger.product_changes.index_staging(ctx.run, self.now)

    # runs

    def drain(self, ctx: FlowContext) -> None:
        drain_queue(ctx, Journal(self.folder / "journal"), TERMS, Queue.STOCK)

    def scan_stock_orders(self, ctx: FlowContext) -> None:
        with counted_abicart(ctx, "scan_orders") as abicart:
            OrderBook(ctx, abicart, self.mapping.names).find()

    def plan_stock(self, ctx: FlowContext | None = None) -> StockRun:
        """Everything up to the plan."""
        ctx = ctx or self.context(flow="stock_import")
        ctx.begin()
        self.scan_stock_orders(ctx)
        self.drain(ctx)
        return StockRun(ctx, plan_stock(ctx, self.mapping.names))

    def apply(self, run: StockRun) -> Counter[str]:
        for chunk in run.planned.chunks:
            run.ended += apply_stock(run.ctx, chunk, self.mapping.names, TERMS)
        return run.ended

    def stock_import(self, ctx: FlowContext | None = None, *, approve: bool | None = None) -> StockRun:
        """A whole run. Beyond the guard it is answered as ``approve`` says, or nobody answers."""
        run = self.plan_stock(ctx)
        if run.planned.question is None:
            self.apply(run)
        else:
            self.export.ledger.stock.decide(
                run.ctx.run, approved=bool(approve), by="" if approve is None else "anna", at=self.now
            )
            if approve:
                self.apply(run)
        try:
            run.report = report_stock(run.ctx)
        except IncompleteRunError:
            run.report = None
        return run

    def through_relay(self, **hooks: Hook):
        """A relay in front of the shop: what the flows ask of it passes there."""
        return relay_to(self.abicart_server.url, **hooks)

    def held(self, run: StockRun) -> dict[str, str]:
        """Product number → rule of what the run held."""
        return {one.product_number: one.rule for one in self.export.ledger.stock.iter_held(run.ctx.run)}

    def open_numbers(self) -> dict[str, str]:
        """What the next run looks at again."""
        return {one.product_number: one.why for one in self.export.ledger.imports.iter_open("demo", "stock")}
