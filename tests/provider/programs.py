"""Small programs in a Python of their own, which print one JSON document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local_stack.files import PROJECT


def run(
    code: str, home: Path, *, python: str | Path = sys.executable, path: str | None = None, **more: str
) -> Any:
    """What the program prints as its last line.

    :param home: Airflow's home, and the current folder.
    :param path: PYTHONPATH, none if None.
    :param more: environment variables.
    """
    dropped = ("AIRFLOW", "ABICART_SPECTER_", "PYTHON")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    env |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    }
    if path is not None:
        env["PYTHONPATH"] = path
    done = subprocess.run(
        [python, "-c", code],
        env=env | more,
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
