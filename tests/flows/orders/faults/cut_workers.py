"""The parent's side of the workers: begun, killed or stopped on the way, waited for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORKER = Path(__file__).parent / "cut_worker.py"


@dataclass
class CutWorkers:
    """The program that forks workers; several may be at work at once."""

    program: subprocess.Popen[str]

    def begin(self, order: dict[str, Any]) -> int:
        """Start a worker; returns its process id."""
        return self._ask(order)

    def warm(self, order: dict[str, Any]) -> None:
        """Let the program itself work it off."""
        self._ask(order | {"warm": True})

    def wait(self, pid: int) -> int:
        """What ``waitpid`` says when it ended or stopped."""
        return self._ask({"wait": pid})

    def _ask(self, order: dict[str, Any]) -> int:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()
        line = self.program.stdout.readline()
        assert line, "the program that forks workers is gone"
        return int(line)


@contextmanager
def running_cut_workers() -> Iterator[CutWorkers]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)), OMP_NUM_THREADS="1")
    program = subprocess.Popen(
        [sys.executable, str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield CutWorkers(program)
    finally:
        assert program.stdin is not None
        program.stdin.close()
        program.wait(30)
