"""The worker of the import kills: a program that runs the import DAGs in processes of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cut_lab import IMPATIENT, PATIENT, CutLab, lent_ledger, settings_of
from forked import Fate, serve
from import_tasks import ImportDag, Wanted

from abicart_specter.flows.leases import LeaseTerms

TERMS = LeaseTerms(write_timeout=3.0, margin=-3.0)
"""Whoever took over from a dead worker waits for nothing: the dead one's last request has arrived when it begins."""

ZONES: dict[str, tuple[str, ...]] = {
    "anywhere": ("",),
    "draining": ("flows/drain_queue.py", "flows/journal.py", "ledger/inbox.py", "clients/specter_batches.py"),
    "planning": (
        "flows/imports/plan_import.py",
        "flows/imports/told_items.py",
        "ledger/imports/changes.py",
        "ledger/imports/parts.py",
        "ledger/imports/looks.py",
    ),
    "writing": (
        "flows/imports/apply_changes.py",
        "clients/article_writes.py",
        "ledger/imports/writes.py",
        "ledger/pairs.py",
    ),
    "on the wire": ("clients/transport.py", "clients/tries.py", "clients/specter_channel.py", "clients/rpc"),
    "in a transaction": ("ledger/engine.py",),
    "stock": ("flows/imports/stock/", "clients/stock_writes.py", "ledger/stock/"),
    "status": ("flows/imports/status/", "ledger/status/", "clients/order_marks.py"),
    "answers": ("flows/imports/decide.py", "ledger/imports/parts.py"),
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
        terms=TERMS,
        lent=lent_ledger(folder),
    )


def work(order: dict[str, Any]) -> None:
    """One run, from where its progress says."""
    lab, fate, wanted = lab_for(order), Fate(ZONES, **order["fate"]), Wanted(**order["run"])
    fate.watch()
    found = ImportDag(lab, wanted).run()
    fate.look_away()
    lab.close()
    result = {
        "errors": {task: f"{type(error).__name__}: {error}" for task, error in found.items()},
        "entered": fate.entered,
    }
    (Path(order["folder"]) / f"result-{wanted.run_id}.json").write_text(json.dumps(result))


def prepare(order: dict[str, Any]) -> None:
    """Before the fork, so that no process has to."""
    lent_ledger(Path(order["folder"]))
    settings_of(order["settings"])


if __name__ == "__main__":
    serve(prepare, work)
