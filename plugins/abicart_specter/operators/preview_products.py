"""Dry run of the product export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PreviewProductsOperator(ShopOperator):
    """Prints the rows that a real run would send; writes nothing anywhere but this log."""

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.flows.plan_chunks import Selection
        from abicart_specter.flows.prepare_products import PrepareOptions
        from abicart_specter.flows.preview_products import preview_products

        params = context["params"]
        self.skip_when(not self.is_dry_run(context), "Not a dry run.")
        with self.flow_context(context) as ctx:
            return preview_products(
                ctx,
                article_mapping(ctx.settings),
                Selection.from_params(params),
                PrepareOptions.from_params(params),
                rows_in_log=int(params["rows_in_log"]),
            )
