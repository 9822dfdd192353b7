"""The worker that the kill tests kill: a program that runs product exports in processes of their own.

Started once, it reads one order per line (JSON) and forks a process for it, so that no order waits for imports. It
answers with the process's id, then with how it ended (as ``waitpid`` says). An order holds the addresses, the ledger's
folder, the run's id and where to die, if at all; what the run came to is left in ``result.json`` in the folder.

A process dies by SIGKILL from its own hand, at a function of the package that is entered or left for the nth time:
nothing runs after that, no ``finally`` and no handler, as when the kernel kills a worker that used too much memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from fault_lab import Lab, mapping_of
from fault_runner import AirflowLike
from fault_scene import settings

from abicart_specter import errors
from abicart_specter.clients.options import HttpOptions
from abicart_specter.flows.leases import LeaseTerms

PACKAGE = str(Path(errors.__file__).parent) + "/"
MANY_TRIES = 30
"""Leases last parts of a second here, so a busy machine may lose one between two writes; that is one try more."""

ZONES: dict[str, tuple[str, ...]] = {
    "anywhere": ("",),
    "writing a group": ("flows/write_group.py", "clients/specter.py", "flows/leases.py"),
    "on the wire": ("clients/transport.py", "clients/wire.py", "clients/tries.py"),
    "in a transaction": ("ledger/engine.py",),
    "draining the queue": ("flows/drain_queue.py", "flows/journal.py", "ledger/inbox.py"),
    "reading the shop": ("flows/read_catalogue.py", "ledger/staging.py", "clients/paging.py"),
    "leases and intents": (
        "ledger/leases.py",
        "ledger/items.py",
        "ledger/sent_in_run.py",
        "ledger/outcomes.py",
    ),
}
"""Parts of the package: the files of each, by how their paths begin."""


@dataclass
class Executioner:
    """Counts what happens in the package, or kills the process when it is time.

    :param point: ``file:function:event`` such as ``ledger/facade.py:record_intent:return``.
    :param zone: or a zone, in which every function entered counts.
    :param nth: how many of them.
    :param count: instead: how often is each zone entered?
    """

    point: str = ""
    zone: str = ""
    nth: int = 0
    count: bool = False
    entered: Counter[str] = field(default_factory=Counter)
    _hits: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self) -> None:
        if self.nth or self.count:
            threading.settrace(self._called)
            sys.settrace(self._called)

    @staticmethod
    def look_away() -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, _arg: Any) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(PACKAGE):
            return None
        file = name[len(PACKAGE) :]
        if self.count:
            self._note(file)
        elif self.zone:
            if file.startswith(ZONES[self.zone]):
                self._hit()
        elif self.point.startswith(f"{file}:{frame.f_code.co_name}:"):
            if self.point.endswith(":return"):
                frame.f_trace_lines = False
                return self._left
            self._hit()
        return None

    def _left(self, _frame: FrameType, event: str, _arg: Any) -> Callable[..., Any]:
        if event == "return":
            self._hit()
        return self._left

    def _note(self, file: str) -> None:
        with self._lock:
            self.entered.update(zone for zone, begins in ZONES.items() if file.startswith(begins))

    def _hit(self) -> None:
        with self._lock:
            self._hits += 1
            if self._hits == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)


class OnDisk:
    """Which tasks have succeeded, as Airflow's own database would know it after the worker's death."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, task: str) -> Any:
        return self._done.get(task)

    def put(self, task: str, returned: Any) -> None:
        self._done[task] = returned
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self._done))
        beside.replace(self._path)


def work(order: dict[str, Any]) -> None:
    """One export, from where the progress on disk says."""
    folder = Path(order["folder"])
    lab = Lab(
        abicart_url=order["abicart"],
        specter_url=order["specter"],
        folder=folder,
        settings=settings(**order["settings"]),
        options=HttpOptions(
            connect_timeout=2.0, read_timeout=5.0, max_tries=4, base_wait=0.01, max_wait=0.05, page_size=20
        ),
        terms=LeaseTerms(**order["terms"]),
    )
    executioner = Executioner(**order["kill"])
    executioner.watch()
    ran = AirflowLike(
        lab,
        order["run_id"],
        tries=MANY_TRIES,
        progress=OnDisk(folder / "progress.json"),
        wait=threading.Event().wait,
    ).run()
    executioner.look_away()
    lab.close()
    result = {
        "report": None if ran.report is None else ran.report.as_dict(),
        "errors": {task: str(error) for task, error in ran.errors.items()},
        "retried": [[task, str(error)] for task, error in ran.retried],
        "entered": executioner.entered,
    }
    (folder / "result.json").write_text(json.dumps(result))


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        mapping_of(settings(**order["settings"]))  # read before the fork, so that no worker has to
        pid = os.fork()
        if pid == 0:
            try:
                work(order)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        _say(pid)
        _say(os.waitpid(pid, 0)[1])


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
