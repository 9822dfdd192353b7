"""Is there anything to rebuild, and which orders are in doubt?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.check_shop import CheckShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class BeginRebuildOperator(CheckShopOperator):
    """Checks both systems, then fixes which orders are in doubt. Red where nothing is to be rebuilt."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.check_shop import check_shop
        from abicart_specter.flows.rebuild.times import RebuildRequest, begin_rebuild
        from abicart_specter.operators.ledger_age import seen_outside

        with self.flow_context(context) as ctx:
            self.refuse_unknown_params(context)
            request = RebuildRequest.from_params(context["params"])
            _ = ctx.customer_secret  # missing or too short: said here, before anything is read
            order_mapping(ctx.settings)
            check_shop(ctx)
            return begin_rebuild(ctx, request, seen_outside(self.shop)).as_xcom()
