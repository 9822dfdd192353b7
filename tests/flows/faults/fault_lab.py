"""A shop, an account and a ledger whose clients do not really wait, and pictures of what runs left behind."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fault_runner import AirflowLike, Ran
from harness import Export, demo_settings

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.mapping import ArticleMapping, load_mapping
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.settings import ShopSettings, article_mapping_path
from shop_sandbox.core.control_client import Control

KEPT_TABLES = ("ledger_identity", "ledger_revision")
NOT_COMPARED = ("id", "updates", "extra")
"""What of an article depends on the order or the number of calls."""


@dataclass
class Lab(Export):
    """As ``Export``; waits of the clients are noted, and let the sandbox's time pass instead of ours."""

    abicart_control: Control | None = None
    specter_control: Control | None = None
    waits: dict[str, list[float]] = field(default_factory=lambda: {"abicart": [], "specter": []})
    jitter: Callable[[], float] = field(default_factory=lambda: random.Random(1).random)
    settings: ShopSettings = field(default_factory=lambda: shop_settings())
    lent: Ledger | None = None
    """An open ledger of the folder, which is not closed with the lab."""

    def __post_init__(self) -> None:
        self.ledger_url = f"sqlite:///{self.folder / 'ledger.db'}"
        self.ledger = self.lent or Ledger.open(self.ledger_url)
        self.mapping = mapping_of(self.settings)

    def close(self) -> None:
        if self.lent is None:
            self.ledger.close()

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
        with closing(sqlite3.connect(self.folder / "ledger.db")) as connection, connection:
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


@cache
def shop_settings(**changes: object) -> ShopSettings:
    """``demo_settings``, read once for the same changes."""
    return demo_settings(**changes)


def mapping_of(settings: ShopSettings) -> ArticleMapping:
    """``article_mapping``, read once."""
    return _mapping(article_mapping_path(settings))


@cache
def _mapping(path: Path) -> ArticleMapping:
    return load_mapping(path)


class Ledgers:
    """Ledgers for tests, made by copying one that was migrated once, emptied and lent again.

    They lie in memory where the system has a folder for that: a commit then costs no turn of a disk. An open
    ledger has its SQL compiled, which is a fifth of what a run of few products costs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pattern = folder / "migrated.db"
        upgrade(f"sqlite:///{self._pattern}")
        self._made = 0
        self._free: list[tuple[Path, Ledger]] = []

    @contextmanager
    def lent(self) -> Iterator[tuple[Path, Ledger]]:
        """A folder with an empty ledger, and that ledger, open."""
        folder, ledger = self._free.pop() if self._free else self._new()
        yield folder, ledger
        # Not after an error: whatever hangs on to the ledger then keeps it.
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif not path.name.startswith("ledger.db"):
                path.unlink()
        _empty(folder / "ledger.db")
        self._free.append((folder, ledger))

    def _new(self) -> tuple[Path, Ledger]:
        folder = self.new_folder()
        return folder, Ledger.open(f"sqlite:///{folder / 'ledger.db'}")

    def new_folder(self) -> Path:
        """A folder with a ledger that nobody has used."""
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        shutil.copy(self._pattern, folder / "ledger.db")
        return folder


def _empty(path: Path) -> None:
    """Forget everything but which ledger it is."""
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in tables:
            if name not in KEPT_TABLES and not name.startswith("sqlite_"):
                connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names come from the file itself


@contextmanager
def lab_between(
    abicart: Any, specter: Any, ledgers: Ledgers, *, fresh: bool = False, **changes: Any
) -> Iterator[Lab]:
    """A lab on two sandbox servers; ``abicart_url`` and ``specter_url`` may lead through something else.

    :param fresh: on a ledger that no other test has used.
    """
    with ExitStack() as stack:
        folder, ledger = (ledgers.new_folder(), None) if fresh else stack.enter_context(ledgers.lent())
        where = {"abicart_url": abicart.url, "specter_url": specter.url} | changes
        lab = Lab(
            folder=folder,
            lent=ledger,
            abicart_control=abicart.control,
            specter_control=specter.control,
            **where,
        )
        stack.callback(lab.close)
        yield lab
