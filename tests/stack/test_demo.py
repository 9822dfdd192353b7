"""bin/demo as a newcomer runs it: a real Airflow, its scheduler, both sandbox servers, one export."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil
import pytest

from local_stack.files import PROJECT, project_home
from local_stack.flow_run import OUTCOMES
from local_stack.leftovers import kill_marked, marked
from local_stack.ports import free_ports, is_free

NAME = "stack_test"
ITEMS = 60


@dataclass(frozen=True, slots=True)
class RunningDemo:
    process: subprocess.Popen[str]
    ports: list[int]
    report: Path
    home: Path

    @property
    def output(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def read_until(self, words: str) -> str:
        """What it said up to the line that holds ``words``."""
        said = ""
        for line in self.output:
            said += line
            if words in line:
                return said
        pytest.fail(f"ended before saying {words!r}:\n{said}")


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    """A person's home folder with nothing in it."""
    home = tmp_path / "home"
    home.mkdir()
    return home


@contextmanager
def demo(folder: Path, home: Path, *options: str) -> Iterator[RunningDemo]:
    """bin/demo in a session of its own, as in a terminal; ended at the latest with the block."""
    ports = free_ports(3)
    names = ("--port", "--abicart-port", "--specter-port")
    words = [word for name, port in zip(names, ports, strict=True) for word in (name, str(port))]
    report = folder / "report.json"
    process = subprocess.Popen(
        [
            PROJECT / "bin" / "demo",
            *words,
            "--name",
            NAME,
            "--report",
            report,
            "--items",
            str(ITEMS),
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"HOME": str(home)},
        start_new_session=True,
    )
    running = RunningDemo(process, ports, report, project_home(NAME).path)
    try:
        yield running
    finally:
        process.kill()
        process.wait()
        running.output.close()
        kill_marked(running.home)


def assert_nothing_is_left(demo: RunningDemo) -> None:
    assert marked(demo.home) == []
    assert [port for port in demo.ports if not is_free(port)] == []


def listening_addresses(pid: int) -> dict[str, set[int]]:
    """Address → ports on which the process, or one below it, listens."""
    found: dict[str, set[int]] = {}
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            for connection in process.net_connections("inet"):
                if connection.status == psutil.CONN_LISTEN:
                    found.setdefault(connection.laddr.ip, set()).add(connection.laddr.port)
    return found


def test_once_runs_green_and_leaves_its_figures_and_nothing_else(tmp_path: Path, empty_home: Path) -> None:
    with demo(tmp_path, empty_home, "--once") as running:
        said, _ = running.process.communicate(timeout=600)
        assert running.process.returncode == 0, said
        assert_nothing_is_left(running)
    report = json.loads(running.report.read_text(encoding="utf-8"))
    assert list(report) == ["flows", "seconds"]
    assert report["seconds"] > 0
    figures = report["flows"]["product_export"]
    assert list(figures) == ["found", *OUTCOMES, "flags", "requests", "seconds"]
    assert figures["found"] == sum(figures[outcome] for outcome in OUTCOMES)
    assert figures["sent"] > 0
    assert figures["held"] > 0, "the made-up shop has products with bad numbers"
    assert sum(figures["flags"].values()) >= figures["held"]
    assert set(figures["requests"]) == {"abicart", "specter"}
    assert figures["requests"]["specter"] > 0
    assert list(empty_home.iterdir()) == []


def test_ctrl_c_in_the_middle_of_a_run_leaves_no_process(tmp_path: Path, empty_home: Path) -> None:
    with demo(tmp_path, empty_home) as running:
        running.read_until("Triggering product_export__demo")
        listening = listening_addresses(running.process.pid)
        assert set(listening) == {"127.0.0.1"}
        assert listening["127.0.0.1"] >= set(running.ports)
        running.read_until("check_shop")
        os.killpg(running.process.pid, signal.SIGINT)
        said, _ = running.process.communicate(timeout=60)
        assert running.process.returncode == 128 + signal.SIGINT, said
        assert said.splitlines()[-1] == "demo: stopped by SIGINT; no process is left."
        assert_nothing_is_left(running)
