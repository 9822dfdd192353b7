"""The worker of the random cuts: a program that runs order exports in processes of their own.

Started once, it forks a process for each line (JSON) that it reads, so that no run waits for imports, and answers with
the process's id. A line with ``wait`` is answered with how that process ended or stopped (as ``waitpid`` says). A line
with ``warm`` is worked off without a fork, so that later processes find everything read and compiled.

A process dies by SIGKILL from its own hand, at a function of the package that it enters: nothing runs after that, no
``finally`` and no handler, as when the kernel kills a worker. Or it stops there (SIGSTOP), as when its machine sleeps.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from cut_airflow import OrderDag, Wanted
from cut_clock import SharedClock
from cut_lab import IMPATIENT, PATIENT, CutLab, open_ledger, settings_of

from abicart_specter import errors
from abicart_specter.ledger import Ledger

PACKAGE = str(Path(errors.__file__).parent) + "/"
MOMENT = 0.02
"""Seconds between two looks at a buyer whom another run keeps."""

ZONES: dict[str, tuple[str, ...]] = {
    "anywhere": ("",),
    "sending": (
        "flows/orders/order_sender.py",
        "flows/orders/customers.py",
        "flows/orders/customer_lease.py",
        "clients/specter.py",
        "ledger/orders/begin.py",
        "ledger/orders/endings.py",
        "ledger/orders/customers.py",
    ),
    "on the wire": ("clients/transport.py", "clients/tries.py", "clients/specter_channel.py"),
    "in a transaction": ("ledger/engine.py",),
    "finding": (
        "flows/orders/scan.py",
        "flows/orders/found.py",
        "flows/orders/settle.py",
        "ledger/orders/found.py",
    ),
    "marking": ("flows/orders/write_back.py", "clients/order_marks.py", "ledger/orders/write_back.py"),
    "deciding": ("flows/orders/send_orders.py", "flows/orders/prepare_order.py"),
}
"""Parts of the package: the files of each, by how their paths begin."""


@dataclass
class Fate:
    """Counts the functions of a zone that are entered; at the nth the process gets the signal. Without: only counts."""

    zone: str = ""
    nth: int = 0
    signal: int = signal.SIGKILL
    entered: Counter[str] = field(default_factory=Counter)
    _hits: int = 0

    def watch(self) -> None:
        if self.zone:
            sys.settrace(self._called)

    def _called(self, frame: FrameType, event: str, _arg: Any) -> None:
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(PACKAGE):
            return
        file = name[len(PACKAGE) :]
        if not self.nth:
            self.entered.update(zone for zone, begins in ZONES.items() if file.startswith(begins))
        elif file.startswith(ZONES[self.zone]):
            self._hits += 1
            if self._hits == self.nth:
                os.kill(os.getpid(), self.signal)


@cache
def ledger_of(folder: Path) -> Ledger:
    """Opened before the fork, without a connection."""
    ledger = open_ledger(folder, SharedClock(folder))
    ledger.close()
    return ledger


def lab_for(order: dict[str, Any]) -> CutLab:
    folder = Path(order["folder"])
    return CutLab(
        order["abicart"],
        order["specter"],
        folder,
        changes=order["settings"],
        options=IMPATIENT if order["impatient"] else PATIENT,
        lent=ledger_of(folder),
    )


def work(order: dict[str, Any]) -> None:
    """One run, from where its progress says."""
    lab, fate = lab_for(order), Fate(**order["fate"])
    fate.watch()
    wanted = Wanted.from_json(order["run"])
    found = OrderDag(lab, wanted, patience=lambda seconds: _pause()).run()
    sys.settrace(None)
    lab.close()
    result = {
        "errors": {task: f"{type(error).__name__}: {error}" for task, error in found.items()},
        "entered": fate.entered,
    }
    (Path(order["folder"]) / f"result-{wanted.run_id}.json").write_text(json.dumps(result))


def _pause() -> None:
    threading.Event().wait(MOMENT)


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _say(os.waitpid(order["wait"], os.WUNTRACED)[1])
            continue
        if order.get("warm"):
            work(order)
            _say(0)
            continue
        ledger_of(Path(order["folder"]))
        settings_of(order["settings"])
        pid = os.fork()
        if pid == 0:
            try:
                work(order)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        _say(pid)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
