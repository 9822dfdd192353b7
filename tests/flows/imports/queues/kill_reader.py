"""The program that the kill tests kill: it empties a queue in a process of its own for each order.

Started once, it reads one order per line (JSON) and forks a process for it, so that no order waits for imports; it
answers with how the process ended (as ``waitpid`` says). A process dies by SIGKILL from its own hand before a line of
the package is run for the nth time: nothing runs after that, no ``finally`` and no handler. An order without a place to
die writes which lines were run how often to ``lines.json``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from queue_lab import NOWHERE, demo_settings

from abicart_specter import errors
from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions, SpecterConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.clients.specter_batches import Queue
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.ledger import Ledger, RunKey

PACKAGE = str(Path(errors.__file__).parent) + "/"
WATCHED = ("flows/drain_queue.py", "flows/journal.py", "flows/imports/queue_rows.py", "ledger/inbox.py")

SETTINGS = demo_settings()
"""Read before the fork, so that no worker has to."""

NOBODY_IS_LEFT = LeaseTerms(write_timeout=5.0, margin=-5.0)
"""Who takes over waits a time-out and the margin for the dead one's last request; a killed process has none."""


@dataclass
class Lines:
    """Counts the lines of the package that are run, and dies before one of them.

    :param place: ``file:line``; empty: only count.
    """

    place: str = ""
    nth: int = 0
    run: Counter[str] = field(default_factory=Counter)

    def called(self, frame: FrameType, event: str, _arg: Any) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(PACKAGE):
            return None
        file = name[len(PACKAGE) :]
        return self._reached(file) if file.startswith(WATCHED) else None

    def _reached(self, file: str) -> Callable[..., Any]:
        def line(frame: FrameType, event: str, _arg: Any) -> Callable[..., Any]:
            if event == "line":
                place = f"{file}:{frame.f_lineno}"
                self.run[place] += 1
                if place == self.place and self.run[place] == self.nth:
                    os.kill(os.getpid(), signal.SIGKILL)
            return line

        return line


def work(order: dict[str, Any]) -> None:
    """One task that empties one queue, until the end or until it dies."""
    now = datetime.fromisoformat(order["now"])
    folder = Path(order["folder"])
    options = HttpOptions(connect_timeout=2.0, read_timeout=5.0, max_tries=4, base_wait=0.01, max_wait=0.05)
    connection = SpecterConnection(
        "demo", order["specter"], 1000, 2, 12, "demo-user-key", "demo-integration-key", None
    )
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock=lambda: now) as ledger:
        ctx = FlowContext(
            settings=SETTINGS,
            run=RunKey("demo", "nightly_import", "killed"),
            ledger=ledger,
            staging=ledger,
            owner="killed",
            reports_dir=folder,
            open_abicart=lambda: AbicartClient(AbicartConnection("demo", NOWHERE, 1, "-"), options),
            open_specter=lambda: SpecterClient(connection, options),
            clock=lambda: now,
        )
        ctx.begin()
        lines = Lines(order["place"], order["nth"])
        sys.settrace(lines.called)
        drain_queue(ctx, Journal(folder / "journal"), NOBODY_IS_LEFT, Queue(order["queue"]), ARTICLE_FIELDS)
        sys.settrace(None)
    if not order["place"]:
        (folder / "lines.json").write_text(json.dumps(lines.run))


def main() -> None:
    for text in sys.stdin:
        order = json.loads(text)
        pid = os.fork()
        if pid == 0:
            try:
                work(order)
            except BaseException:  # whatever it is, a forked child must not go on in its parent's code
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{os.waitpid(pid, 0)[1]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
