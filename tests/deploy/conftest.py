"""A folder with the scripts as on a host, and a way to run them as there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.deploy.compose_files import REPO, env_file, environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """What an operator has: the scripts and the demo's shop file."""
    shutil.copytree(REPO / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "include").mkdir()
    shutil.copytree(REPO / "include/shops", tmp_path / "include/shops")
    return tmp_path


@pytest.fixture
def run(host: Path) -> Run:
    """Runs a script of the host with nothing in its environment but what is given."""

    def run(
        script: str, *arguments: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(host / script), *arguments],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | (env or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def settings(host: Path, run: Run) -> Callable[..., dict[str, str]]:
    """Init's environment with a .env as ``new-env.sh`` writes it, and some of its values changed."""

    def settings(*options: str, **changes: str) -> dict[str, str]:
        done = run("deploy/new-env.sh", *options)
        assert done.returncode == 0, done.stderr
        given = env_file(host / ".env") | changes
        values = environment("init", given)
        values["ABICART_SPECTER_SHOPS_DIR"] = str(host / given["SHOPS_DIR"])
        values["ABICART_SPECTER_HOME"] = str(host)
        values["AIRFLOW_HOME"] = str(host / "airflow")
        for name in ("JOURNAL_DIR", "REPORTS_DIR"):
            values[f"ABICART_SPECTER_{name}"] = str(host / "shared" / name)
        values["AIRFLOW__LOGGING__BASE_LOG_FOLDER"] = str(host / "shared/logs")
        return values

    return settings
