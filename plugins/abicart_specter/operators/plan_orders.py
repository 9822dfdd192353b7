"""Which orders this run sends, in which chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PlanOrdersOperator(ShopOperator):
    """At most 16 chunks; all orders of one customer are in the same."""

    def execute(self, context: Context) -> list[dict[str, Any]]:
        from abicart_specter.flows.orders.plan import plan_orders

        with self.flow_context(context) as ctx:
            return [chunk.as_xcom() for chunk in plan_orders(ctx)]
