"""The shop's orders of this run's time into the ledger, before any of them is sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ScanOrdersOperator(ShopOperator):
    """Also decides which of the later tasks this run needs; most runs find nothing and need none of them."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.next_steps import next_steps
        from abicart_specter.flows.orders.scan import scan_orders
        from abicart_specter.operators.options import lease_terms
        from abicart_specter.operators.run_window import run_window

        params = context["params"]
        with self.flow_context(context) as ctx:
            window, names = run_window(ctx, context), order_mapping(ctx.settings).names
            summary = scan_orders(
                ctx, window, names, lease_terms(ctx.settings), send_manual=bool(params["send_manual"])
            )
            steps = next_steps(ctx, window, summary, sweep_asked_for=bool(params["sweep"]))
            result = asdict(summary) | window.as_xcom()
        return self.end_skipping(context, result, steps.needless)
