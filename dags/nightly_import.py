"""DAG ``nightly_import__<shop>``: prices, VAT, texts and order status from Specter to the shop, every night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, Param, TaskGroup, TriggerRule

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.apply_changes import ApplyChangesOperator
from abicart_specter.operators.approve_changes import ApproveChangesOperator, ReleaseChangesOperator
from abicart_specter.operators.check_imports import CheckImportsOperator
from abicart_specter.operators.drain_article_info import DrainArticleInfoOperator
from abicart_specter.operators.order_status import ImportOrderStatusOperator
from abicart_specter.operators.plan_import import AskOnlyWhatIsAskedOperator, PlanImportOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, SPECTER_POOL, WATCHED
from abicart_specter.operators.preview_import import PreviewImportOperator
from abicart_specter.operators.read_import_catalogue import ReadImportCatalogueOperator
from abicart_specter.operators.reconcile import ReconcileOperator
from abicart_specter.operators.report_import import ReportImportOperator
from abicart_specter.operators.validate_numbers import ValidateNumbersOperator

FLOW = "nightly_import"
AT_NIGHT = "30 2 * * *"
PARTS = ("price", "vat", "text")

PARAMS = {
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Show what would be written to the shop, from what Specter has told so far. Nothing is written, "
        "and Specter's queues are left alone.",
    ),
    "changes_in_log": Param(
        50,
        type="integer",
        minimum=0,
        maximum=10_000,
        title="Changes in the log",
        description="How many changes a dry run prints; the rest is counted.",
    ),
}


def nightly_import(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Nightly import · {shop}",
        description="Prices, VAT and texts from Specter to the shop, order status back, and the reconciliation",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=CronTriggerTimetable(AT_NIGHT, timezone="Europe/Stockholm"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        # Specter holds only the present: a past night cannot be imported again.
        allowed_run_types=["scheduled", "manual"],
        # A question may wait for three days; the next night begins when this one has ended.
        dagrun_timeout=timedelta(hours=96),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
        render_template_as_native_obj=True,
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        check = CheckImportsOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        preview = PreviewImportOperator(task_id="preview", pool=ABICART_POOL, **common)
        status = ImportOrderStatusOperator(task_id="order_status", pool=SPECTER_POOL, **common)
        drain = DrainArticleInfoOperator(task_id="drain_article_info", pool=SPECTER_POOL, **common)
        read = ReadImportCatalogueOperator(task_id="read_catalogue", pool=ABICART_POOL, **common)
        validate = ValidateNumbersOperator(task_id="validate_numbers", hold=False, **common)
        plan = PlanImportOperator(
            task_id="plan_import", pool=ABICART_POOL, trigger_rule=TriggerRule.NONE_FAILED, **common
        )
        mapped = {
            "pool": ABICART_POOL,
            "map_index_template": "{{ task.chunk['part'] }} {{ task.chunk['chunk'] }}",
            **common,
        }
        within = ApplyChangesOperator.partial(task_id="apply_changes", **mapped).expand(chunk=plan.output)
        questions = AskOnlyWhatIsAskedOperator(task_id="questions", **common)
        asked = []
        for part in PARTS:
            with TaskGroup(f"beyond_limits_{part}", prefix_group_id=False):
                ask = ApproveChangesOperator(
                    task_id=f"approve_{part}",
                    part=part,
                    question=("plan_import", f"question_{part}"),
                    **common,
                )
                release = ReleaseChangesOperator(
                    task_id=f"release_{part}", part=part, pool=SPECTER_POOL, **common
                )
                beyond = ApplyChangesOperator.partial(task_id=f"apply_{part}", **mapped).expand(
                    chunk=release.output
                )
                questions >> ask >> release
                # Not the question itself: who rejects skips what follows it directly, and the report must run.
                asked += [release, beyond]
        # Does not wait for people: what waits for an answer is explained by that.
        reconcile = ReconcileOperator(
            task_id="reconcile", pool=ABICART_POOL, trigger_rule=TriggerRule.NONE_FAILED, **common
        )
        report = ReportImportOperator(
            task_id="report", trigger_rule=TriggerRule.ALL_DONE, retries=0, **common
        )

        check >> [preview, status, drain, read]
        drain >> plan >> questions
        read >> [validate, plan]
        [status, validate, within] >> reconcile
        [check, status, drain, read, validate, plan, questions, within, *asked, reconcile] >> report
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = nightly_import(name, settings_file)
