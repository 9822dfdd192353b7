"""DAG ``alerts__<shop>``: tells people what is wrong, when it begins, now and then while it lasts, and at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, Param

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.alerts import AlertsOperator
from abicart_specter.operators.policy import DEFAULT_ARGS, WATCHED

FLOW = "alerts"
EVERY = "*/5 * * * *"

PARAMS = {
    "test_message": Param(
        False,
        type="boolean",
        title="Test message",
        description="Send a test to every channel of the shop, to see that it arrives. Red if one does not take it.",
    ),
}


def alerts(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Alerts · {shop}",
        description="Messages about what is wrong: opened, reminder, closed; by e-mail and Slack",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=CronTriggerTimetable(EVERY, timezone="UTC"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        # What holds now is told now: a past moment cannot be looked at again.
        allowed_run_types=["scheduled", "manual"],
        dagrun_timeout=timedelta(minutes=20),
        default_args=DEFAULT_ARGS | {"retries": 0, "execution_timeout": timedelta(minutes=10)},
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        # Before everything else that waits for a worker: it is short, and others wait for what it says.
        AlertsOperator(task_id="alerts", shop=shop, flow=FLOW, priority_weight=100)
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = alerts(name, settings_file)
