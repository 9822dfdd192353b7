"""One chunk of products to Specter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class SendProductsOperator(ShopOperator):
    """Mapped over chunks. May be retried or cleared at any time: what was sent is not sent again.

    :param chunk: what ``plan_chunks`` returned for this chunk.
    """

    def __init__(self, *, chunk: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chunk = chunk

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.flows.plan_chunks import Chunk
        from abicart_specter.flows.prepare_products import PrepareOptions
        from abicart_specter.flows.send_products import send_products
        from abicart_specter.operators.options import lease_terms

        chunk = Chunk.from_xcom(self.chunk)
        with self.flow_context(context) as ctx:
            summary = send_products(
                ctx,
                chunk,
                article_mapping(ctx.settings),
                lease_terms(ctx.settings),
                PrepareOptions.from_params(context["params"]),
            )
            return dict(summary.outcomes)
