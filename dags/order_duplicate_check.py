"""DAG ``order_duplicate_check__<shop>``: does Specter refuse an order number that it already has, and how?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.check_orders import CheckOrdersOperator
from abicart_specter.operators.duplicate_check import DuplicateCheckOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, SPECTER_POOL, WATCHED

FLOW = "order_duplicate_check"

PARAMS = {
    "number": Param(
        type="string",
        minLength=1,
        title="Test order",
        description="Number or uid of an order that you placed in the shop for this check, and that may be in "
        "Specter twice for a moment.",
    ),
    # A switch that the task looks at: what may only be true is a hidden field in Airflow's form, and cannot be filled.
    "may_send_twice": Param(
        False,
        type="boolean",
        title="It is a test order; send it twice",
        description="Switch it on: without it nothing is sent. If Specter does not refuse the second one, delete "
        "both in Specter.",
    ),
}


def order_duplicate_check(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Duplicate check of orders · {shop}",
        description="Going live: sends one test order twice and shows Specter's answer to the second",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        # Never by itself: what is tested here is what a second try does.
        default_args=DEFAULT_ARGS | {"retries": 0},
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        check = CheckOrdersOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        duplicate = DuplicateCheckOperator(task_id="duplicate_check", pool=SPECTER_POOL, **common)
        check >> duplicate
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = order_duplicate_check(name, settings_file)
