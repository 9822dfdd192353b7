"""Orders that were edited, cancelled or refunded after they went to Specter."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class FindChangesOperator(ShopOperator):
    """Lists what differs and what to do in Specter; sends nothing. Skipped by the scan when nothing changed."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.find_changes import find_changes

        with self.flow_context(context) as ctx:
            return asdict(find_changes(ctx, order_mapping(ctx.settings)))
