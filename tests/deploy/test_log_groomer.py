"""deploy/log-groomer.sh: old log files go, all else stays."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.deploy.conftest import Run

DAY = 86400.0


def made(path: Path, days: float) -> Path:
    """A file that was last written so many days ago, in a folder as old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("line\n", encoding="utf-8")
    then = time.time() - days * DAY
    for one in (path, path.parent):
        os.utime(one, (then, then))
    return path


def test_only_old_logs_go(host: Path, run: Run) -> None:
    logs = host / "shared/logs"
    young = made(logs / "dag_id=a/run_id=2/attempt=1.log", 6)
    old = made(logs / "dag_id=a/run_id=1/attempt=1.log", 9)
    journal = made(host / "shared/journal/batch.xml", 400)
    done = run(
        "deploy/log-groomer.sh",
        "--once",
        env={"AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(logs), "LOG_RETENTION_DAYS": "7"},
    )
    assert done.returncode == 0, done.stderr
    assert "removed 1 log files older than 7 days" in done.stdout
    assert not old.exists()
    assert young.exists()
    assert journal.exists()


def test_a_folder_that_is_not_there_yet_is_no_error(host: Path, run: Run) -> None:
    done = run(
        "deploy/log-groomer.sh", "--once", env={"AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(host / "logs")}
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("days", ["0", "-1", "week", "7; rm -r /"])
def test_a_wrong_number_of_days_removes_nothing(host: Path, run: Run, days: str) -> None:
    old = made(host / "logs/old.log", 90)
    done = run(
        "deploy/log-groomer.sh",
        "--once",
        env={"AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(host / "logs"), "LOG_RETENTION_DAYS": days},
    )
    assert done.returncode == 1
    assert "write a number of days" in done.stderr
    assert old.exists()


@pytest.mark.parametrize("asleep", [True, False], ids=["asleep", "right after the first line"])
def test_it_ends_at_once_when_told_and_leaves_nothing_behind(host: Path, asleep: bool) -> None:
    (host / "logs").mkdir()
    with subprocess.Popen(
        ["bash", str(host / "deploy/log-groomer.sh")],
        env={"PATH": os.environ["PATH"], "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(host / "logs")},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert "removed 0 log files" in process.stdout.readline()
        if asleep:
            until(lambda: "sleep" in [one.name() for one in members(process.pid)])
        process.terminate()
        assert process.wait(timeout=10) == 0
        until(lambda: not members(process.pid))


def members(session: int) -> list[psutil.Process]:
    """The living processes of a session."""
    return [
        one
        for one in psutil.process_iter()
        if one.status() != psutil.STATUS_ZOMBIE and _session(one) == session
    ]


def _session(one: psutil.Process) -> int | None:
    try:
        return os.getsid(one.pid)
    except ProcessLookupError:
        return None


def until(condition: Callable[[], bool]) -> None:
    """Waits for the condition, 10 s at most."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
