"""One chunk of orders to Specter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class SendOrdersOperator(ShopOperator):
    """Mapped over chunks. May be retried or cleared at any time: what was sent is not sent again.

    :param chunk: what ``plan_orders`` returned for this chunk.
    """

    def __init__(self, *, chunk: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chunk = chunk

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.plan import OrderChunk
        from abicart_specter.flows.orders.send_orders import send_orders
        from abicart_specter.operators.options import lease_terms

        chunk = OrderChunk.from_xcom(self.chunk)
        with self.flow_context(context) as ctx:
            summary = send_orders(ctx, chunk, order_mapping(ctx.settings), lease_terms(ctx.settings))
            return {str(outcome): count for outcome, count in summary.outcomes.items()}
