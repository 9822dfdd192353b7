"""DAG ``order_export__<shop>``: the shop's orders to Specter, every ten minutes and for any past period by backfill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronDataIntervalTimetable, Param, TriggerRule

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.check_orders import CheckOrdersOperator
from abicart_specter.operators.find_changes import FindChangesOperator
from abicart_specter.operators.plan_orders import PlanOrdersOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, SPECTER_POOL, WATCHED
from abicart_specter.operators.preview_orders import PreviewOrdersOperator
from abicart_specter.operators.report_orders import ReportOrdersOperator
from abicart_specter.operators.scan_orders import ScanOrdersOperator
from abicart_specter.operators.send_orders import SendOrdersOperator
from abicart_specter.operators.special_numbers import EnsureSpecialNumbersOperator
from abicart_specter.operators.sweep_orders import SweepOrdersOperator
from abicart_specter.operators.write_back import WriteBackOperator

FLOW = "order_export"
EVERY = "*/10 * * * *"

PARAMS = {
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Show exactly what would be sent, and write nothing.",
    ),
    "send_manual": Param(
        False,
        type="boolean",
        title="Send although the shop's setting is “manual”",
        description="With events.export_order.when: manual, orders are found and listed only. "
        "Switch this on to send what is found, and what waits.",
    ),
    "sweep": Param(
        False,
        type="boolean",
        title="Compare the last days with the ledger now",
        description="Otherwise the first scheduled run after 03:00 does it. Not in a backfill.",
    ),
    "orders_in_log": Param(
        50,
        type="integer",
        minimum=0,
        maximum=10_000,
        title="Orders in the log",
        description="How many orders a dry run prints in full, and the report in its table; the rest is counted.",
    ),
}


def order_export(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Order export · {shop}",
        description="Orders of the shop to Specter, each exactly once",
        doc_md=dag_doc(__file__, shop_file, shop),
        # In UTC, so that a night on which the clocks change is like any other: no interval is missing or twice there.
        schedule=CronDataIntervalTimetable(EVERY, timezone="UTC"),
        start_date=datetime(2020, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=12),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
        render_template_as_native_obj=True,
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        # Tasks that this run needs not are skipped by check_shop and scan_orders, without starting a process for each.
        late = {"trigger_rule": TriggerRule.NONE_FAILED, **common}
        check = CheckOrdersOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        preview = PreviewOrdersOperator(task_id="preview", pool=ABICART_POOL, **common)
        scan = ScanOrdersOperator(task_id="scan_orders", pool=ABICART_POOL, **common)
        sweep = SweepOrdersOperator(task_id="sweep_orders", pool=ABICART_POOL, **late)
        special = EnsureSpecialNumbersOperator(task_id="ensure_special_numbers", pool=SPECTER_POOL, **late)
        plan = PlanOrdersOperator(task_id="plan_orders", **late)
        send = SendOrdersOperator.partial(
            task_id="send_orders",
            pool=SPECTER_POOL,
            map_index_template="chunk {{ task.chunk['chunk'] }}",
            **common,
        ).expand(chunk=plan.output)
        marks = WriteBackOperator(task_id="write_back", pool=ABICART_POOL, **common)
        changes = FindChangesOperator(task_id="find_changes", pool=ABICART_POOL, **common)
        report = ReportOrdersOperator(
            task_id="report", trigger_rule=TriggerRule.ALL_DONE, retries=0, **common
        )

        check >> [preview, scan]
        scan >> sweep >> special >> plan >> send
        scan >> [marks, changes]
        [check, scan, sweep, special, plan, send, marks, changes] >> report
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = order_export(name, settings_file)
