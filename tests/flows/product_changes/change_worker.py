"""The worker that the kill test kills: one run of the export on change in a process of its own.

It dies by SIGKILL from its own hand when a function of ``ROOMS`` is entered for the nth time, in whatever thread.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

from change_lab import FLOW, ChangeLab

from abicart_specter import errors
from abicart_specter.flows.leases import LeaseTerms

PACKAGE = str(Path(errors.__file__).parent) + "/"
ROOMS = (
    "flows/product_changes/",
    "ledger/product_changes/",
    "ledger/staging",
    "flows/write_group",
    "ledger/items",
)


def main() -> None:
    order: dict[str, Any] = json.loads(sys.argv[1])
    entered = 0

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal entered
        if event == "call" and frame.f_code.co_filename.removeprefix(PACKAGE).startswith(ROOMS):
            entered += 1
            if entered == order["nth"]:
                os.kill(os.getpid(), signal.SIGKILL)

    quiet = SimpleNamespace(control=None)
    lab = ChangeLab(
        order["abicart"],
        order["specter"],
        Path(order["folder"]),
        terms=LeaseTerms(0.1, 0.05),
        abicart_server=quiet,
        specter_server=quiet,
    )
    ctx = lab.context(order["run"], flow=FLOW)
    threading.setprofile(watch)
    sys.setprofile(watch)
    lab.changes(ctx=ctx)


main()
