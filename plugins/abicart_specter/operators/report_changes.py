"""The account of a run on change: every product found has one outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReportChangesOperator(ShopOperator):
    """Runs whatever happened before, and is red when anything is missing. What is not done waits for the next run."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.product_changes.report_changes import report_changes

        red_tasks = context["ti"].get_ti_count(
            dag_id=self.dag_id,
            run_ids=[context["run_id"]],
            task_ids=sorted(self.upstream_task_ids),
            states=["failed", "upstream_failed"],
        )
        with self.flow_context(context) as ctx, measured(ctx):
            return report_changes(ctx, red_tasks=red_tasks).as_dict()
