"""DAG ``order_export_single__<shop>``: orders by number, by hand, and a person's answers about one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, TriggerRule

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.check_orders import CheckOrdersOperator
from abicart_specter.operators.policy import DEFAULT_ARGS, WATCHED
from abicart_specter.operators.report_orders import ReportOrdersOperator
from abicart_specter.operators.single_order import SingleOrderOperator
from abicart_specter.operators.special_numbers import EnsureSpecialNumbersOperator

FLOW = "order_export_single"

PARAMS = {
    "numbers": Param(
        type="string",
        minLength=1,
        title="Orders",
        description="Order numbers or uids of the shop, separated by commas, blanks or new lines.",
        examples=["10023", "10023, 10024"],
        format="multiline",
    ),
    "dry_run": Param(
        True,
        type="boolean",
        title="Dry run",
        description="Show the rows, the customer (masked) and the proof, and write nothing. Switch it off to send.",
    ),
    "although_not_ripe": Param(
        False,
        type="boolean",
        title="Send although its payment is awaited",
        description="Otherwise an order that is not ripe by the shop's settings stays held.",
    ),
    "link_to": Param(
        None,
        type=["null", "integer"],
        minimum=1,
        title="Link to this Specter order",
        description="One order only: its answer was lost, and you found it in Specter. Enter Specter's order number. "
        "Nothing is sent.",
    ),
    "looked_not_there": Param(
        False,
        type="boolean",
        title="Looked in Specter: it is not there, send it",
        description="One order only: its answer was lost, and you looked in Specter. It is sent under the same number.",
    ),
    "send_again_reason": Param(
        None,
        type=["null", "string"],
        maxLength=300,
        title="Send again as a new order, because",
        description="One order only: it is sent a second time as <number>-R2. The reason is kept for good: "
        "name no customer in it.",
    ),
    "change_dealt_with": Param(
        False,
        type="boolean",
        title="Its change is dealt with in Specter",
        description="It was changed in the shop after export, and you did in Specter what the log says: reports list "
        "it no more, until it is changed again.",
    ),
    "double_cancelled": Param(
        False,
        type="boolean",
        title="One of the two is cancelled in Specter",
        description="One order only: it was in Specter twice, and you cancelled one there. The alarm is over.",
    ),
}


def order_export_single(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop. Its tasks are in Airflow's own pool, so that they wait for no chunk of the schedule."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Single order export · {shop}",
        description="Orders by number, at once; and what to do about one whose answer was lost",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        max_active_runs=16,
        dagrun_timeout=timedelta(hours=3),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        common = {"shop": shop, "flow": FLOW, "priority_weight": 100}
        check = CheckOrdersOperator(task_id="check_shop", **common)
        special = EnsureSpecialNumbersOperator(task_id="ensure_special_numbers", **common)
        single = SingleOrderOperator(task_id="single_order", trigger_rule=TriggerRule.NONE_FAILED, **common)
        report = ReportOrdersOperator(
            task_id="report", trigger_rule=TriggerRule.ALL_DONE, retries=0, **common
        )

        check >> special >> single
        [check, special, single] >> report
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = order_export_single(name, settings_file)
