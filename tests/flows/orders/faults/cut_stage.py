"""What all cases share: two servers, the program that forks workers, and a ledger that is emptied between them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cut_airflow import Wanted
from cut_clock import SharedClock
from cut_lab import CutLab, open_ledger
from cut_shop import SENT, SETTINGS, CutShop
from forked import ForkedWorkers, forked_workers

from abicart_specter.ledger import Ledger

WORKER = Path(__file__).parent / "cut_worker.py"
KEPT_TABLES = ("ledger_identity", "ledger_revision")
ORDERS_IN_PEACE = 6


@dataclass
class CutStage:
    """``entered``: how often a run that nobody disturbs enters each part of the package."""

    shop: CutShop
    workers: ForkedWorkers
    folder: Path
    clock: SharedClock
    ledger: Ledger
    entered: dict[str, int] = field(default_factory=dict)

    def clear(self) -> None:
        """The present, and a ledger that knows nothing."""
        for path in self.folder.glob("*.json"):
            path.unlink()
        with closing(sqlite3.connect(self.folder / "ledger.db")) as connection, connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in tables:
                if name not in KEPT_TABLES and not name.startswith("sqlite_"):
                    connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names come from the file itself
        connection.close()
        self.clock.restart()

    def lab(self, changes: dict[str, Any]) -> CutLab:
        """A lab of this process."""
        return CutLab(
            self.shop.abicart.url, self.shop.specter.url, self.folder, changes=changes, lent=self.ledger
        )

    def rehearse(self) -> None:
        """Two runs in peace: one that warms the workers' program, one that is counted."""
        self.workers.warm(self._in_peace("warm", {}))
        assert self.workers.wait(self.workers.begin(self._in_peace("counted", {"zone": "anywhere"}))) == 0
        result = json.loads((self.folder / "result-counted.json").read_text())
        assert result["errors"] == {}
        self.entered = dict(result["entered"])

    def _in_peace(self, run_id: str, fate: dict[str, Any]) -> dict[str, Any]:
        self.clear()
        self.shop.set()
        buyers, now = self.shop.customers[:ORDERS_IN_PEACE], self.clock.now()
        self.shop.place((now - timedelta(seconds=30), customer, SENT) for customer in buyers)
        return {
            "abicart": self.shop.abicart.url,
            "specter": self.shop.specter.url,
            "folder": str(self.folder),
            "settings": SETTINGS,
            "impatient": False,
            "run": Wanted(run_id, "scheduled", now - timedelta(minutes=10), now).as_json(),
            "fate": fate,
        }


@contextmanager
def cut_stage(shop: CutShop, folder: Path) -> Iterator[CutStage]:
    """A stage in a folder that holds a migrated ledger."""
    clock = SharedClock(folder)
    ledger = open_ledger(folder, clock)
    try:
        with forked_workers(WORKER) as workers:
            stage = CutStage(shop, workers, folder, clock, ledger)
            stage.rehearse()
            yield stage
    finally:
        ledger.close()
