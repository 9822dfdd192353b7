"""Workers for the kill tests: ordered, killed, ordered again until a run ends; and what must be true then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Any

from fault_lab import Lab

TERMS = {"write_timeout": 0.1, "margin": 0.05}
"""Seconds; a lease lasts four time-outs, and who takes over waits one and the margin."""

WORKER = Path(__file__).parent / "kill_worker.py"
RUN = "the-run"


@dataclass
class Workers:
    """The program that forks workers."""

    program: subprocess.Popen[str]

    def begin(self, order: dict[str, Any]) -> int:
        """Start a worker; returns its process id."""
        self._write(order)
        return self._number()

    def end(self) -> int:
        """How the worker ended: 0, or minus the signal that killed it."""
        return os.waitstatus_to_exitcode(self._number())

    def _write(self, order: dict[str, Any]) -> None:
        assert self.program.stdin is not None
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()

    def _number(self) -> int:
        assert self.program.stdout is not None
        line = self.program.stdout.readline()
        assert line, "the program that forks workers is gone"
        return int(line)


@contextmanager
def running_workers() -> Iterator[Workers]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)), OMP_NUM_THREADS="1")
    program = subprocess.Popen(
        [sys.executable, str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield Workers(program)
    finally:
        assert program.stdin is not None
        program.stdin.close()
        program.wait(30)


@dataclass
class Scenario:
    """One run under the same name, until it ends.

    :param kills: where each worker dies in turn; the last worker is left alone.
    """

    workers: Workers
    lab: Lab
    settings: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, float] = field(default_factory=lambda: dict(TERMS))
    abicart_url: str = ""
    specter_url: str = ""
    died: int = 0

    def order(self, kill: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "abicart": self.abicart_url or self.lab.abicart_url,
            "specter": self.specter_url or self.lab.specter_url,
            "folder": str(self.lab.folder),
            "run_id": RUN,
            "settings": self.settings,
            "terms": self.terms,
            "kill": kill or {},
        }

    def work(self, kill: dict[str, Any] | None = None) -> bool:
        """One worker. Whether it came to the end of the run; if not, it was killed."""
        self.workers.begin(self.order(kill))
        status = self.workers.end()
        assert status in (0, -SIGKILL), f"the worker ended with {status}"
        self.died += status != 0
        return status == 0

    def clear(self) -> None:
        """A person clears the whole run: every task runs again under the same run id."""
        (self.lab.folder / "progress.json").unlink(missing_ok=True)

    @property
    def result(self) -> dict[str, Any]:
        """What the last worker that ended left."""
        return dict(json.loads((self.lab.folder / "result.json").read_text()))
