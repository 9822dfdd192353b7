"""What Specter changed comes into the ledger's inbox before anything is written over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abicart_specter.operators.base import ShopOperator, journal
from abicart_specter.operators.metrics import tell

if TYPE_CHECKING:
    from airflow.sdk import Context


class DrainArticleInfoOperator(ShopOperator):
    """Only when Specter is master of a field, that is, when one of the shop's imports is on."""

    def execute(self, context: Context) -> int:
        from abicart_specter.flows.drain_queue import drain_article_info
        from abicart_specter.flows.metrics import drained_metric
        from abicart_specter.operators.options import lease_terms

        self.skip_when(self.is_dry_run(context), "A dry run leaves Specter's queue alone.")
        with self.flow_context(context) as ctx:
            self.skip_when(not ctx.settings.masters(), "The shop is master of every field; no import is on.")
            rows = drain_article_info(ctx, journal(), lease_terms(ctx.settings))
            tell(self.shop, [drained_metric(self.flow, "article_info", rows)])
            return rows
