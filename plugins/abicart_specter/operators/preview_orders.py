"""Dry run of the order export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PreviewOrdersOperator(ShopOperator):
    """Prints rows, customer (masked) and proof of the orders that a real run would send; writes nothing anywhere."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.preview_orders import preview_orders
        from abicart_specter.flows.orders.scan import orders_to_preview
        from abicart_specter.operators.options import lease_terms
        from abicart_specter.operators.run_window import run_window

        self.skip_when(not self.is_dry_run(context), "Not a dry run.")
        with self.flow_context(context) as ctx:
            uids = orders_to_preview(
                ctx,
                run_window(ctx, context),
                lease_terms(ctx.settings),
                int(context["params"]["orders_in_log"]),
            )
            return dict(preview_orders(ctx, uids, order_mapping(ctx.settings)) or {})
