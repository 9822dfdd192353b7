"""May this shop's stock be imported at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.check_shop import CheckShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class CheckStockOperator(CheckShopOperator):
    """Reads only. Skips the whole run while ``imports.stock`` is off."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.check_shop import check_shop

        result: dict[str, Any] = {}
        with self.flow_context(context) as ctx:
            self.begin_run(ctx, context)
            off = not ctx.settings.imports.stock
            if off:
                self.log.info("Shop %s: imports.stock is off; every other task is skipped.", self.shop)
            else:
                _ = ctx.customer_secret  # orders are recorded with it; missing or too short is said here
                order_mapping(ctx.settings)
                result = {"webshop": check_shop(ctx).webshop_id}
                if not ctx.settings.orders_leave_by_themselves:
                    self.log.warning(
                        "Shop %s: orders do not go to Specter by themselves. Every order since orders.orders_from that "
                        "was not sent is taken off Specter's figures, until somebody sends it.",
                        self.shop,
                    )
        after = sorted(self.get_flat_relative_ids(upstream=False))
        return self.end_skipping(context, result, after if off else [])
