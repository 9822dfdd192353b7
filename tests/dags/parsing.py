"""Loads the project's DAG files as Airflow's DAG processor would."""

from __future__ import annotations

from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

REPO = Path(__file__).parents[2]
DAGS_FOLDER = REPO / "dags"


def load_dags() -> DagBag:
    """All DAGs of the project's own ``dags/`` folder."""
    return DagBag(dag_folder=str(DAGS_FOLDER), bundle_path=DAGS_FOLDER, bundle_name="dags-folder")


def flow_files() -> list[Path]:
    """The DAG files: one per flow. ``shop_files.py`` holds no DAG, it shows broken shop files."""
    return sorted(path for path in DAGS_FOLDER.glob("*.py") if path.name != "shop_files.py")
