"""Once a day: the shop's orders of the last days beside the ledger, uid by uid."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class SweepOrdersOperator(ShopOperator):
    """Takes up what is missing (rule 6). Skipped by the scan unless it is due."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.sweep import sweep_orders
        from abicart_specter.operators.run_window import run_window

        with self.flow_context(context) as ctx:
            window, names = run_window(ctx, context), order_mapping(ctx.settings).names
            send_manual = bool(context["params"]["send_manual"])
            return asdict(sweep_orders(ctx, window, names, send_manual=send_manual))
