"""What DAG files reach must not drag in what only tasks need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
HEAVY = ("pandas", "numpy", "sqlalchemy", "airflow", "requests")


@pytest.mark.parametrize(
    "module",
    [
        "abicart_specter.settings",
        "abicart_specter.domain.catalogue",
        "abicart_specter.domain.mapping",
        "abicart_specter.domain.masters",
        "abicart_specter.domain.groups",
        "abicart_specter.domain.number_check",
        "abicart_specter.domain.special_numbers",
    ],
)
def test_a_module_brings_nothing_heavy(module: str) -> None:
    assert printed(f"import sys, {module}; print([x for x in {HEAVY!r} if x in sys.modules])") == "[]"


def test_only_the_product_number_validation_brings_pandas() -> None:
    code = "import sys, abicart_specter.domain.product_numbers; print('pandas' in sys.modules)"
    assert printed(code) == "True"


def printed(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PLUGINS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()
