"""What Specter says of orders comes back to the shop (rule 35)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator, journal
from abicart_specter.operators.metrics import tell

if TYPE_CHECKING:
    from airflow.sdk import Context


class ImportOrderStatusOperator(ShopOperator):
    """Empties Specter's order queue, then marks orders as sent, cancels them by opt-in, lists the rest.

    For any DAG; runs of two DAGs at once wait for each other. A dry run reads no queue and shows what would be written.
    """

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.imports.status.import_status import import_order_status
        from abicart_specter.flows.metrics import drained_metric
        from abicart_specter.operators.options import lease_terms, shop_lease_terms

        with self.flow_context(context) as ctx:
            self.skip_when(
                not ctx.settings.status.read_orders, "status.read_orders is off: the queue is left alone."
            )
            either = (lease_terms(ctx.settings), shop_lease_terms(ctx.settings))
            terms = max(either, key=lambda terms: terms.write_timeout)
            summary = import_order_status(ctx, journal(), order_mapping(ctx.settings), terms)
        figures = summary.as_dict()
        tell(self.shop, [drained_metric(self.flow, "orders", figures["reported"])])
        return figures
