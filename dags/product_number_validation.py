"""DAG ``product_number_validation__<shop>``: which products have no valid product number, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, WATCHED
from abicart_specter.operators.read_catalogue import ReadCatalogueOperator
from abicart_specter.operators.validate_numbers import ValidateNumbersOperator

FLOW = "product_number_validation"


def product_number_validation(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Product number validation · {shop}",
        description="Flags products without a valid product number; sends nothing",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=3),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        tags=[shop, FLOW],
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        read = ReadCatalogueOperator(task_id="read_catalogue", pool=ABICART_POOL, **common)
        validate = ValidateNumbersOperator(task_id="validate_numbers", hold=False, **common)
        read >> validate
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = product_number_validation(name, settings_file)
