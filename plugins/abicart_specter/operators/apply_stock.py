"""One chunk of stock figures to the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ApplyStockOperator(ShopOperator):
    """Mapped over chunks. May be retried or cleared at any time: what is right already is not written again.

    :param chunk: what the plan, or its release by a person, dealt out.
    """

    def __init__(self, *, chunk: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chunk = chunk

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.imports.stock.apply_stock import apply_stock
        from abicart_specter.flows.imports.stock.chunks import StockChunk
        from abicart_specter.operators.options import shop_lease_terms

        chunk = StockChunk.from_xcom(self.chunk)
        with self.flow_context(context) as ctx:
            names = order_mapping(ctx.settings).names
            return dict(apply_stock(ctx, chunk, names, shop_lease_terms(ctx.settings)))
