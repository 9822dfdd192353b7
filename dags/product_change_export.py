"""DAG ``product_change_export__<shop>``: what is added or changed in the shop to Specter, every quarter of an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.check_changes import CheckChangesOperator
from abicart_specter.operators.drain_article_info import DrainArticleInfoOperator
from abicart_specter.operators.plan_chunks import PlanChunksOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, SPECTER_POOL, WATCHED
from abicart_specter.operators.read_changes import ReadChangesOperator
from abicart_specter.operators.report_changes import ReportChangesOperator
from abicart_specter.operators.send_products import SendProductsOperator
from abicart_specter.operators.validate_changes import ValidateChangesOperator

FLOW = "product_change_export"
EVERY = "*/15 * * * *"


def product_change_export(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Product export on change · {shop}",
        description="Products that were added or changed in the shop to Specter",
        doc_md=dag_doc(__file__, shop_file, shop),
        # In UTC, so that a night on which the clocks change is like any other.
        schedule=CronTriggerTimetable(EVERY, timezone="UTC"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        # A run goes on where the last one stopped, whatever its own time: no past period can be asked for.
        allowed_run_types=["scheduled", "manual"],
        dagrun_timeout=timedelta(hours=12),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        tags=[shop, FLOW],
        render_template_as_native_obj=True,
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        # Most runs find nothing: read_changes then skips the rest without starting a process for each.
        check = CheckChangesOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        read = ReadChangesOperator(task_id="read_changes", pool=ABICART_POOL, **common)
        drain = DrainArticleInfoOperator(task_id="drain_article_info", pool=SPECTER_POOL, **common)
        validate = ValidateChangesOperator(task_id="validate_numbers", **common)
        plan = PlanChunksOperator(task_id="plan_chunks", **common)
        send = SendProductsOperator.partial(
            task_id="send_products",
            pool=SPECTER_POOL,
            map_index_template="chunk {{ task.chunk['chunk'] }}",
            # The queue's task is skipped where the shop is master of every field.
            trigger_rule=TriggerRule.NONE_FAILED,
            **common,
        ).expand(chunk=plan.output)
        report = ReportChangesOperator(
            task_id="report", trigger_rule=TriggerRule.ALL_DONE, retries=0, **common
        )

        check >> read >> [drain, validate]
        validate >> plan >> send
        drain >> send
        [check, read, drain, validate, plan, send] >> report
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = product_change_export(name, settings_file)
