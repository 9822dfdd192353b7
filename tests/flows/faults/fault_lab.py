"""A shop, an account and a ledger whose clients do not really wait, and pictures of what runs left behind."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fault_runner import AirflowLike, Ran
from harness import Export

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger import RunKey
from abicart_specter.ledger.migrate import upgrade
from shop_sandbox.core.control_client import Control

NOT_COMPARED = ("id", "updates", "extra")
"""What of an article depends on the order or the number of calls."""


@dataclass
class Lab(Export):
    """As ``Export``; waits of the clients are noted, and let the sandbox's time pass instead of ours."""

    abicart_control: Control | None = None
    specter_control: Control | None = None
    waits: dict[str, list[float]] = field(default_factory=lambda: {"abicart": [], "specter": []})
    jitter: Callable[[], float] = field(default_factory=lambda: random.Random(1).random)

    def abicart(self) -> AbicartClient:
        return AbicartClient(
            AbicartConnection("demo", self.abicart_url, 22222, self.token),
            self.options,
            sleep=self._sleep("abicart", self.abicart_control),
            random=self.jitter,
        )

    def specter(self) -> SpecterClient:
        return SpecterClient(
            self.connection or self.specter_connection(),
            self.options,
            sleep=self._sleep("specter", self.specter_control),
            random=self.jitter,
        )

    def _sleep(self, system: str, control: Control | None) -> Callable[[float], None]:
        def sleep(seconds: float) -> None:
            self.waits[system].append(seconds)
            if control is not None:
                control.advance_clock(seconds)

        return sleep

    def airflow(self, run_id: str, **how: Any) -> Ran:
        """One run of the DAG."""
        return AirflowLike(self, run_id, **how).run()

    def outcomes(self, run_id: str, flow: str = "product_export") -> dict[str, tuple[str, str]]:
        """Product → its outcome in this run and the rule."""
        return {
            str(row.record.key): (row.record.outcome.value, row.record.rule)
            for row in self.ledger.iter_outcomes(RunKey("demo", flow, run_id))
        }

    def flags(self, run_id: str, flow: str = "product_export") -> set[tuple[str, str]]:
        """(product, rule) that the run saw."""
        return {
            (str(row.flag.key), row.flag.rule) for row in self.ledger.iter_flags(RunKey("demo", flow, run_id))
        }

    def open_intents(self, outcomes: Mapping[str, Any]) -> list[str]:
        """Products with a write that was begun and never confirmed."""
        states = self.ledger.item_states("demo", map(key_of, outcomes))
        return [str(key) for key, state in states.items() if state.intent_hash is not None]

    def held_leases(self, *, live: bool = False) -> list[str]:
        """Leases that were not given back, or of those only the ones that still keep others out."""
        wanted = "SELECT name FROM lease WHERE released_at IS NULL"
        if live:
            wanted += " AND expires_at > strftime('%Y-%m-%dT%H:%M:%f', 'now')"
        with sqlite3.connect(self.folder / "ledger.db") as connection:
            return [name for (name,) in connection.execute(wanted)]


def key_of(text: str) -> ItemKey:
    kind, _, uid = text.partition(" ")
    return ItemKey(Kind(kind), int(uid))


def articles(control: Control) -> dict[str, dict[str, Any]]:
    """Every article of the Specter account by number, without what depends on the calls that made it.

    Two articles under one number would be a fault of the sandbox; counted all the same.
    """
    rows = control.inspect("articles", limit=1_000_000)
    found = {
        row["number"]: {name: value for name, value in row.items() if name not in NOT_COMPARED}
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def all_items(control: Control) -> list[dict[str, Any]]:
    """Every item of the shop, as the sandbox knows it."""
    return list(control.inspect("items", limit=200_000))


class Ledgers:
    """Ledgers for tests, made by copying one that was migrated once.

    They lie in memory where the system has a folder for that: a commit then costs no turn of a disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pattern = folder / "migrated.db"
        upgrade(f"sqlite:///{self._pattern}")
        self._made = 0

    def new(self) -> Path:
        """A folder with a fresh ledger."""
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        shutil.copy(self._pattern, folder / "ledger.db")
        return folder


@contextmanager
def lab_between(abicart, specter, folder: Path, **changes: Any) -> Iterator[Lab]:
    """A lab on two sandbox servers; ``abicart_url`` and ``specter_url`` may lead through something else."""
    where = {"abicart_url": abicart.url, "specter_url": specter.url} | changes
    lab = Lab(folder=folder, abicart_control=abicart.control, specter_control=specter.control, **where)
    try:
        yield lab
    finally:
        lab.close()
        shutil.rmtree(folder, ignore_errors=True)
