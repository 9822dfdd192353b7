"""The worker that the kill test kills: it rebuilds a lost ledger, and leaves what the functions entered were."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from forked import Fate, serve
from rebuild_lab import RebuildLab

ZONES: dict[str, tuple[str, ...]] = {
    "anywhere": ("",),
    "in a transaction": ("ledger/engine.py",),
    "in the ledger's rebuild": ("ledger/rebuild/",),
    "in the flow": ("flows/rebuild/",),
}
RUN = "the-run"


def lab_of(order: dict[str, Any]) -> RebuildLab:
    lab = RebuildLab(
        SimpleNamespace(url=order["abicart"]),
        SimpleNamespace(url=order["specter"]),
        Path(order["folder"]),
        datetime.fromisoformat(order["now"]),
    )
    lab.begun = datetime.fromisoformat(order["begun"])
    lab.open_ledger()
    lab.settings_are(**order["settings"])
    return lab


def work(order: dict[str, Any]) -> None:
    lab = lab_of(order)
    fate = Fate(ZONES, order.get("zone", ""), order.get("nth", 0))
    fate.watch()
    lab.rebuild(run_id=RUN, stopped=datetime.fromisoformat(order["stopped"]))
    fate.look_away()
    lab.close()
    (Path(order["folder"]) / "entered.json").write_text(json.dumps(fate.entered))


if __name__ == "__main__":
    serve(lambda order: lab_of(order).close(), work)
