"""The worker of the random cuts: a program that runs order exports in processes of their own."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from cut_airflow import OrderDag, Wanted
from cut_lab import IMPATIENT, PATIENT, CutLab, lent_ledger, settings_of
from forked import Fate, serve

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


def lab_for(order: dict[str, Any]) -> CutLab:
    folder = Path(order["folder"])
    return CutLab(
        order["abicart"],
        order["specter"],
        folder,
        changes=order["settings"],
        options=IMPATIENT if order["impatient"] else PATIENT,
        lent=lent_ledger(folder),
    )


def work(order: dict[str, Any]) -> None:
    """One run, from where its progress says."""
    lab, fate = lab_for(order), Fate(ZONES, **order["fate"])
    fate.watch()
    wanted = Wanted.from_json(order["run"])
    found = OrderDag(lab, wanted, patience=lambda seconds: _pause()).run()
    fate.look_away()
    lab.close()
    result = {
        "errors": {task: f"{type(error).__name__}: {error}" for task, error in found.items()},
        "entered": fate.entered,
    }
    (Path(order["folder"]) / f"result-{wanted.run_id}.json").write_text(json.dumps(result))


def _pause() -> None:
    threading.Event().wait(MOMENT)


def prepare(order: dict[str, Any]) -> None:
    """Before the fork, so that no process has to."""
    lent_ledger(Path(order["folder"]))
    settings_of(order["settings"])


if __name__ == "__main__":
    serve(prepare, work)
