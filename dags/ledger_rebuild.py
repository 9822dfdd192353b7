"""DAG ``ledger_rebuild__<shop>``: the ledger is lost, or an old backup of it was put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.begin_rebuild import BeginRebuildOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, WATCHED
from abicart_specter.operators.rebuild import (
    BEGIN,
    ORDERS,
    PRODUCTS,
    FinishRebuildOperator,
    RebuildOrdersOperator,
    RebuildProductsOperator,
)

FLOW = "ledger_rebuild"

PARAMS = {
    "dry_run": Param(
        True,
        type="boolean",
        title="Dry run",
        description="Show what would be linked and which orders are in question, and change nothing. Switch it off to "
        "rebuild.",
    ),
    "known_good": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="The ledger knows everything up to",
        description="When the backup that was put back was made. Empty: the ledger is new, or it knows itself when it "
        "was last in use.",
    ),
    "stopped": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="Nothing was sent since",
        description="Since when the exports surely stood still. Orders placed later are no question. Empty: up to now.",
    ),
}


def ledger_rebuild(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Rebuild of the ledger · {shop}",
        description="After a loss: links what the shop shows as sent, asks about the rest, sends nothing",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=24),
        default_args=DEFAULT_ARGS | {"execution_timeout": timedelta(hours=12)},
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        begin = BeginRebuildOperator(task_id=BEGIN, pool=ABICART_POOL, **common)
        orders = RebuildOrdersOperator(task_id=ORDERS, pool=ABICART_POOL, **common)
        products = RebuildProductsOperator(task_id=PRODUCTS, pool=ABICART_POOL, **common)
        finish = FinishRebuildOperator(task_id="finish", **common)
        begin >> orders >> products >> finish
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = ledger_rebuild(name, settings_file)
