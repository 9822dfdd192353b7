"""DAG ``stock_import__<shop>``: Specter's stock to the shop, with the night or every N minutes, without overselling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, TriggerRule

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.apply_stock import ApplyStockOperator
from abicart_specter.operators.approve_stock import ApproveStockOperator, ReleaseStockOperator
from abicart_specter.operators.check_stock import CheckStockOperator
from abicart_specter.operators.drain_queue import DrainQueueOperator
from abicart_specter.operators.plan_stock import QUESTION, PlanStockOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, SPECTER_POOL, WATCHED
from abicart_specter.operators.report_stock import ReportStockOperator
from abicart_specter.operators.scan_stock_orders import ScanStockOrdersOperator
from abicart_specter.operators.stock_schedule import stock_schedule

FLOW = "stock_import"

PARAMS = {
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Show what would be written to the shop, from what Specter has told so far. Nothing is written to "
        "the shop, and Specter's queue is left alone.",
    ),
}


def stock_import(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Stock import · {shop}",
        description="Specter's stock to the shop, less the orders that Specter does not know yet",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=stock_schedule(shop_file),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        # Specter holds only the present: a past night cannot be imported again.
        allowed_run_types=["scheduled", "manual"],
        # A question may wait for three days; the next run begins when this one has ended.
        dagrun_timeout=timedelta(hours=96),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
        render_template_as_native_obj=True,
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        mapped = {"pool": ABICART_POOL, "map_index_template": "chunk {{ task.chunk['chunk'] }}", **common}
        check = CheckStockOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        scan = ScanStockOrdersOperator(task_id="scan_orders", pool=ABICART_POOL, **common)
        drain = DrainQueueOperator(task_id="drain_stock", specter_queue="stock", pool=SPECTER_POOL, **common)
        plan = PlanStockOperator(
            task_id="plan_stock", pool=ABICART_POOL, trigger_rule=TriggerRule.NONE_FAILED, **common
        )
        within = ApplyStockOperator.partial(task_id="apply", **mapped).expand(chunk=plan.output)
        ask = ApproveStockOperator(task_id="approve", question=("plan_stock", QUESTION), **common)
        release = ReleaseStockOperator(task_id="release", pool=SPECTER_POOL, **common)
        beyond = ApplyStockOperator.partial(task_id="apply_approved", **mapped).expand(chunk=release.output)
        report = ReportStockOperator(task_id="report", trigger_rule=TriggerRule.ALL_DONE, retries=0, **common)

        check >> scan >> drain >> plan >> ask >> release
        # Not after the question itself: a person who rejects skips what follows it directly.
        [check, scan, drain, plan, within, release, beyond] >> report
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = stock_import(name, settings_file)
