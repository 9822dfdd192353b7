"""Airflow gets a home of its own before anything imports it; labs of the flows' tests can be imported."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__CORE__UNIT_TEST_MODE"] = "False"

for folder in ("flows", "flows/imports", "flows/orders", "flows/imports/status"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))


@pytest.fixture
def ledger_folder(tmp_path: Path) -> Path:
    """A folder for a fresh ledger."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    return folder
