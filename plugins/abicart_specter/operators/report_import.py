"""The nightly import's account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReportImportOperator(ShopOperator):
    """Runs whatever happened before, and is red when anything is missing."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.imports.report_import import report_import
        from abicart_specter.flows.orders.report_orders import require_none_red
        from abicart_specter.operators.plan_import import PLAN

        red_tasks = self.count_red_before(context)
        dry_run = self.is_dry_run(context)
        if dry_run:  # nothing to account for; but a skipped last task would leave the run green
            with self.flow_context(context):
                require_none_red(self.shop, red_tasks)
        self.skip_when(dry_run, "A dry run's changes are in the log of the task before.")
        plan = context["ti"].xcom_pull(task_ids="plan_import", key=PLAN)
        with self.flow_context(context) as ctx, measured(ctx):
            return report_import(ctx, plan, red_tasks=red_tasks).as_dict()
