"""The stock import's account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReportStockOperator(ShopOperator):
    """Runs whatever happened before, and is red when anything is missing."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.imports.stock.report_stock import report_stock

        red_tasks, dry_run = self.count_red_before(context), self.is_dry_run(context)
        with self.flow_context(context) as ctx, measured(ctx):
            ctx.dry_run = False  # the plan of a dry run is shown like any other
            return report_stock(ctx, red_tasks=red_tasks, only_planned=dry_run).as_dict()
