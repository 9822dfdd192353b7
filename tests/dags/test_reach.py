"""What parsing a DAG file loads: neither pandas nor our database code, so that the DAG processor stays quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from tests.dags.parsing import DAGS_FOLDER, REPO

FORBIDDEN = ("pandas", "numpy", "abicart_specter.ledger", "abicart_specter.clients", "abicart_specter.flows")
SHOW_MODULES = """
import json, runpy, sys
runpy.run_path(sys.argv[1])
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("dag_file", sorted(DAGS_FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_parsing_reaches_neither_pandas_nor_our_database_code(dag_file, tmp_path) -> None:
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(REPO / "plugins"),
    }
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_MODULES, str(dag_file)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    modules = json.loads(shown.stdout.splitlines()[-1])
    assert "abicart_specter.dag_docs" in modules
    assert [name for name in modules if name.startswith(FORBIDDEN)] == []
