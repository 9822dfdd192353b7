"""DAG ``ledger_maintenance__<shop>``: what is not needed any more goes, every week; and how the ledger is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, Param

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.maintenance import CheckLedgerOperator, CleanUpOperator
from abicart_specter.operators.policy import DEFAULT_ARGS, WATCHED

FLOW = "ledger_maintenance"
SUNDAY_MORNING = "30 4 * * 0"

PARAMS = {
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Show how much of what would go, and remove nothing. The figures are those of a real run.",
    ),
}


def ledger_maintenance(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Ledger maintenance · {shop}",
        description="Old detail and personal data leave the ledger, the journal and the reports; the ledger's health",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=CronTriggerTimetable(SUNDAY_MORNING, timezone="Europe/Stockholm"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        # What is old is old now: there is no past week to clean up.
        allowed_run_types=["scheduled", "manual"],
        dagrun_timeout=timedelta(hours=6),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        # A damaged file is not written to.
        CheckLedgerOperator(task_id="check_ledger", **common) >> CleanUpOperator(task_id="clean_up", **common)
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = ledger_maintenance(name, settings_file)
