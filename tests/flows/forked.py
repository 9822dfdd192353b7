"""Workers of tests that kill them: processes forked from a program that has everything imported and compiled.

Started once, the program forks a process for each line (JSON) that it reads and answers with the process's id. A line
with ``wait`` is answered with how that process ended or stopped (as ``waitpid`` says). A line with ``warm`` is worked
off without a fork, so that later processes find everything read and compiled.

A process dies by SIGKILL from its own hand, at a function of the package that it enters: nothing runs after that, no
``finally`` and no handler, as when the kernel kills a worker. Or it stops there (SIGSTOP), as when its machine sleeps.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from abicart_specter import errors

PACKAGE = str(Path(errors.__file__).parent) + "/"

Zones = Mapping[str, tuple[str, ...]]
"""Parts of the package: the files of each, by how their paths begin."""
Order = dict[str, Any]


@dataclass
class Fate:
    """Counts the functions of a zone that are entered; at the nth the process gets the signal. Without: only counts."""

    zones: Zones
    zone: str = ""
    nth: int = 0
    signal: int = signal.SIGKILL
    entered: Counter[str] = field(default_factory=Counter)
    _hits: int = 0

    def watch(self) -> None:
        if self.zone:
            sys.settrace(self._called)

    @staticmethod
    def look_away() -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, _arg: Any) -> None:
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(PACKAGE):
            return
        file = name[len(PACKAGE) :]
        if not self.nth:
            self.entered.update(zone for zone, begins in self.zones.items() if file.startswith(begins))
        elif file.startswith(self.zones[self.zone]):
            self._hits += 1
            if self._hits == self.nth:
                os.kill(os.getpid(), self.signal)


def serve(prepare: Callable[[Order], object], work: Callable[[Order], object]) -> None:
    """The program: reads lines until there are no more.

    :param prepare: is called before the fork, with what the process is to work off.
    """
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _say(os.waitpid(order["wait"], os.WUNTRACED)[1])
            continue
        if order.get("warm"):
            work(order)
            _say(0)
            continue
        prepare(order)
        pid = os.fork()
        if pid == 0:
            try:
                work(order)
            except BaseException:  # whatever it is, a forked child must not go on in its parent's code
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        _say(pid)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


@dataclass
class ForkedWorkers:
    """The parent's side: workers begun, killed or stopped on the way, waited for. Several may be at work at once."""

    program: subprocess.Popen[str]

    def begin(self, order: Order) -> int:
        """Start a worker; returns its process id."""
        return self._ask(order)

    def warm(self, order: Order) -> None:
        """Let the program itself work it off."""
        self._ask(order | {"warm": True})

    def wait(self, pid: int) -> int:
        """What ``waitpid`` says when it ended or stopped."""
        return self._ask({"wait": pid})

    def _ask(self, order: Order) -> int:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()
        line = self.program.stdout.readline()
        assert line, "the program that forks workers is gone"
        return int(line)


@contextmanager
def forked_workers(program_file: Path) -> Iterator[ForkedWorkers]:
    """The program of that file, until the end."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)), OMP_NUM_THREADS="1")
    program = subprocess.Popen(
        [sys.executable, str(program_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield ForkedWorkers(program)
    finally:
        assert program.stdin is not None
        program.stdin.close()
        program.wait(30)
