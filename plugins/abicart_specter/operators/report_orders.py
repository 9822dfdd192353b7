"""The run's account: every order found has one outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReportOrdersOperator(ShopOperator):
    """Runs whatever happened before, and is red when anything is missing."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.orders.report_orders import report_orders, require_none_red
        from abicart_specter.operators.ledger_age import check_age

        red_tasks = self.count_red_before(context)
        dry_run = self.is_dry_run(context)
        if dry_run:  # nothing to account for; but a skipped last task would leave the run green
            with self.flow_context(context):
                require_none_red(self.shop, red_tasks)
        self.skip_when(dry_run, "A dry run's orders are in the log of the task before.")
        in_log = int(context["params"].get("orders_in_log", 50))
        with self.flow_context(context) as ctx, measured(ctx):
            check_age(ctx)  # a backup put back from now on lacks what this run sent
            return report_orders(ctx, red_tasks=red_tasks, orders_in_table=in_log).as_dict()
