"""What processes cost: processor seconds of a tree, and the peak memory of each task. Linux only (/proc)."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
KIB = 1024
PSS_EVERY = 4
TASK_TITLE = re.compile(rb"^airflow worker -- ([0-9a-f]{8}-[0-9a-f-]{27})")


def descendants(pid: int) -> Iterator[int]:
    """``pid`` and every living process below it."""
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        try:
            for thread in (PROC / str(one) / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except OSError:
            continue  # it has ended meanwhile


def cpu_seconds(pid: int, *, reaped: bool = True) -> float:
    """Processor seconds of one process; with ``reaped`` also of its children that have ended."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if reaped else 13])) / TICKS


def tree_cpu_seconds(pid: int) -> float:
    """Processor seconds of a process and all that ever descended from it."""
    return sum(cpu_seconds(one) for one in descendants(pid))


@dataclass(slots=True)
class TaskCost:
    """One task process. Memory in bytes: the peak of its resident set, which counts what it shares with its
    parent in full, and the peak of its proportional set, which counts that in part.
    """

    peak_rss: int = 0
    peak_pss: int = 0
    cpu: float = 0.0


@dataclass(slots=True)
class TaskSampler:
    """Looks at the task processes below ``pid`` every ``every`` seconds. Use as a context manager.

    The system remembers the peak of the resident set by itself. The proportional set is dear to read: it is looked
    at only every ``PSS_EVERY`` times. ``costs`` is by the task instance's id, which Airflow puts into the process's
    title.
    """

    pid: int
    every: float = 0.25
    costs: dict[str, TaskCost] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> TaskSampler:
        self._thread = threading.Thread(target=self._run, name="task-sampler", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        looks = 0
        while not self._ending.wait(self.every):
            for pid in descendants(self.pid):
                self._look(pid, with_pss=looks % PSS_EVERY == 0)
            looks += 1

    def _look(self, pid: int, *, with_pss: bool) -> None:
        folder = PROC / str(pid)
        try:
            title = TASK_TITLE.match((folder / "cmdline").read_bytes())
            if title is None:
                return
            peak = _kib(folder / "status", "VmHWM")
            pss = _kib(folder / "smaps_rollup", "Pss") if with_pss else 0
            cpu = cpu_seconds(pid)
        except (OSError, ValueError):
            return  # it has ended meanwhile
        cost = self.costs.setdefault(title[1].decode(), TaskCost())
        cost.peak_rss = max(cost.peak_rss, peak)
        cost.peak_pss = max(cost.peak_pss, pss)
        cost.cpu = max(cost.cpu, cpu)


def _kib(file: Path, key: str) -> int:
    """A value of the form ``Key:  123 kB``, in bytes. Unreadable for others than root: 0."""
    try:
        text = file.read_text()
    except PermissionError:
        return 0
    found = re.search(rf"^{key}:\s+(\d+) kB$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"{file} has no {key}")
    return int(found[1]) * KIB
