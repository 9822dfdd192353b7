"""docker-compose.yaml as processes: a start that is refused, and one that is stopped on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from compose_processes.machine import missing_programs
from compose_processes.stack import ComposeOptions, ComposeStack
from local_stack.errors import StackError
from local_stack.files import PROJECT, project_home
from local_stack.leftovers import kill_marked, marked

NAME = "production_start"
SECRETS = (
    *(
        "POSTGRES_PASSWORD",
        "AIRFLOW_DB_PASSWORD",
        "LEDGER_OWNER_PASSWORD",
        "LEDGER_PASSWORD",
        "REDIS_PASSWORD",
    ),
    *("FERNET_KEY", "API_SECRET_KEY", "JWT_SECRET", "SYNC_HASH_SECRET", "ADMIN_PASSWORD"),
)


@pytest.fixture(autouse=True)
def _programs() -> None:
    if sentence := missing_programs():
        pytest.skip(sentence)


@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
@pytest.mark.parametrize("name", SECRETS)
def test_a_start_without_a_secret_is_refused(name: str, value: str | None) -> None:
    home = project_home(NAME)
    with pytest.raises(StackError, match=f"{name} is missing - run deploy/new-env.sh, which writes .env"):
        ComposeStack(home, ComposeOptions(settings={name: value})).__enter__()
    assert marked(home.path) == []
    assert list(home.logs.iterdir()) == []


def test_init_ends_a_start_with_settings_that_cannot_work() -> None:
    home = project_home(NAME)
    with pytest.raises(StackError, match="The service init ended with exit code 1") as refusal:
        ComposeStack(home, ComposeOptions(settings={"JWT_SECRET": "short"})).__enter__()
    assert "JWT_SECRET in .env is missing or too short" in refusal.value.details
    assert not (home.logs / "scheduler.log").exists()
    assert marked(home.path) == []


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that PostgreSQL's user can reach, too; pytest's cannot be entered by others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_ctrl_c_while_it_starts_leaves_nothing(open_folder: Path) -> None:
    home = project_home(NAME)
    paths = ("plugins", "include/sandbox", "bin/lib")
    process = subprocess.Popen(
        [sys.executable, "-m", "compose_processes", "--name", NAME],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(str(PROJECT / one) for one in paths), "TMPDIR": str(open_folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said, started = "", []
        for line in process.stdout:
            said += line
            if "Starting init" in line:
                assert list(open_folder.iterdir()), "PostgreSQL has its folder"
                started = psutil.Process(process.pid).children(recursive=True)
                names = {one.name() for one in started}
                assert {"postgres", "redis-server"} <= names, "those hide the mark in their environment"
                os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 128 + signal.SIGINT, said
        assert said.splitlines()[-1] == "compose_processes: stopped by SIGINT; no process is left."
        assert [one for one in started if one.is_running()] == []
        assert marked(home.path) == []
        assert list(open_folder.iterdir()) == []
    finally:
        process.kill()
        process.wait()
        kill_marked(home.path)
