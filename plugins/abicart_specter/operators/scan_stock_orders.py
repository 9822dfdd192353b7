"""The shop's orders into the ledger, before Specter is asked for its stock (rule 33)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ScanStockOrdersOperator(ShopOperator):
    """Records orders and does nothing else to them: sending them is the order export's work."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.imports.stock.order_book import OrderBook
        from abicart_specter.flows.requests_made import counted_abicart

        with self.flow_context(context) as ctx:
            ctx.dry_run = False  # recording an order changes nothing in either system
            ctx.begin()
            with counted_abicart(ctx, "scan_orders") as abicart:
                return {"new": OrderBook(ctx, abicart, order_mapping(ctx.settings).names).find()}
