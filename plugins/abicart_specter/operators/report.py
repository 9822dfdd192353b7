"""The run's account: every product found has one outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReportOperator(ShopOperator):
    """Runs whatever happened before, and is red when anything is missing."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.report import report

        self.skip_when(self.is_dry_run(context), "A dry run's table is in the task preview.")
        red_tasks = self.count_red_before(context)
        with self.flow_context(context) as ctx, measured(ctx):
            return report(ctx, red_tasks=red_tasks).as_dict()
