"""May this shop's changed products be exported at all, and do they leave by themselves?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.check_shop import CheckShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class CheckChangesOperator(CheckShopOperator):
    """Reads only. Skips the whole run when setting 22 says so."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.flows.check_shop import check_shop
        from abicart_specter.flows.product_changes.switched_off import why_off

        result: dict[str, Any] = {}
        with self.flow_context(context) as ctx:
            self.begin_run(ctx, context)
            if off := why_off(ctx.settings):
                self.log.info("Shop %s: %s", self.shop, off)
            else:
                article_mapping(ctx.settings)
                result = {"webshop": check_shop(ctx).webshop_id}
        return self.end_skipping(context, result, self.rest() if off else [])

    def rest(self) -> list[str]:
        """Every task after this one."""
        return sorted(self.get_flat_relative_ids(upstream=False))
