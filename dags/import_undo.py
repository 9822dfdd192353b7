"""DAG ``import_undo__<shop>``: takes the values that an import run wrote back, where nobody changed them since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.check_shop import CheckShopOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, WATCHED
from abicart_specter.operators.undo_import import UndoImportOperator

FLOW = "import_undo"
PARTS = ["price", "vat", "text"]

PARAMS = {
    "run_id": Param(
        type="string",
        minLength=1,
        title="Run to undo",
        description="Run id of the nightly import whose values are to be taken back, as its page shows it.",
    ),
    "parts": Param(
        PARTS,
        type="array",
        items={"type": "string", "enum": PARTS},
        examples=PARTS,
        minItems=1,
        title="Parts",
        description="price: regular and campaign prices; vat: VAT rates with their prices; text: names and "
        "descriptions. Stock is never taken back: it has moved on.",
    ),
    "dry_run": Param(
        True,
        type="boolean",
        title="Dry run",
        description="Show what would be restored, and what not and why. Switch it off to restore.",
    ),
}


def import_undo(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Undo of an import · {shop}",
        description="Restores the shop's prices, VAT rates and texts of before a chosen import run",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=6),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        check = CheckShopOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        undo = UndoImportOperator(task_id="undo_import", pool=ABICART_POOL, **common)
        check >> undo
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = import_undo(name, settings_file)
