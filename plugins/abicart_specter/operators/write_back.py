"""Specter's order numbers onto the shop's orders, where an earlier run could not write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class WriteBackOperator(ShopOperator):
    """What a run sends is marked by its own send tasks; this is for what was left. Skipped by the scan otherwise."""

    def execute(self, context: Context) -> int:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.pending_marks import write_pending_marks

        with self.flow_context(context) as ctx:
            return write_pending_marks(ctx, order_mapping(ctx.settings))
