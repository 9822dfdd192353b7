"""DAG ``connection_probe__<shop>``: what is not known of the real systems is asked of them, by reads alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, WATCHED
from abicart_specter.operators.probe import BOTH, SYSTEMS, ProbeOperator

FLOW = "connection_probe"

PARAMS = {
    "systems": Param(
        BOTH,
        enum=[BOTH, *SYSTEMS],
        title="Systems",
        description="Which of the two to ask.",
    ),
    "read_queues": Param(
        False,
        type="boolean",
        title="Read Specter's change queues",
        description="Tells how changes look in Specter. Each batch read stays open, and nobody else can read that "
        "queue until the next import of this shop has read it again and acknowledged it. Nothing is lost.",
    ),
}


def connection_probe(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Connection probe · {shop}",
        description="Asks Abicart and Specter, by harmless reads, which of what is uncertain about them is true",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        allowed_run_types=["manual"],
        dagrun_timeout=timedelta(hours=2),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
    ) as dag:
        ProbeOperator(
            task_id="probe",
            shop=shop,
            flow=FLOW,
            pool=ABICART_POOL,
            execution_timeout=timedelta(minutes=30),
        )
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = connection_probe(name, settings_file)
