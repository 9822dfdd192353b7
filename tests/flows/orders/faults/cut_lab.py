"""A shop, an account and a ledger under the clock of a case; used by the test and by the workers that it starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cut_clock import SharedClock
from harness import Export, demo_settings

from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.mapping import article_mapping
from abicart_specter.domain.orders.order_mapping import OrderMapping, order_mapping
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.ledger import Ledger
from abicart_specter.settings import ShopSettings

SECRET = b"a secret of the tests, long enough"
TERMS = LeaseTerms(write_timeout=3.0, margin=60.0)
PATIENT = HttpOptions(connect_timeout=5.0, read_timeout=10.0, max_tries=4, base_wait=0.01, max_wait=0.05)
IMPATIENT = HttpOptions(connect_timeout=2.0, read_timeout=0.5, max_tries=3, base_wait=0.001, max_wait=0.01)
"""For runs whose answers may come too late on purpose."""


def settings_of(changes: Mapping[str, Any]) -> ShopSettings:
    """The demo shop's settings with some changed; read once for each set of changes."""
    return _settings(json.dumps(changes, sort_keys=True))


@cache
def _settings(changes: str) -> ShopSettings:
    return demo_settings(**json.loads(changes))


@cache
def _mapping(changes: str) -> OrderMapping:
    return order_mapping(_settings(changes))


def open_ledger(folder: Path, clock: SharedClock) -> Ledger:
    """The folder's ledger, by the clock of the case."""
    return Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock=clock.now)


@cache
def lent_ledger(folder: Path) -> Ledger:
    """For a program that forks: opened before the fork, without a connection."""
    ledger = open_ledger(folder, SharedClock(folder))
    ledger.close()
    return ledger


@dataclass
class CutLab(Export):
    """``Export`` with a clock. ``changes`` are those of the settings, as plain JSON.

    ``lent``: an open ledger of the folder, which is left open. Its SQL is compiled, which is most of what a run of a
    few orders costs.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    options: HttpOptions = PATIENT
    terms: LeaseTerms = TERMS
    lent: Ledger | None = None

    def __post_init__(self) -> None:
        self.clock = SharedClock(Path(self.folder))
        self.settings = settings_of(self.changes)
        self.ledger = self.lent or open_ledger(self.folder, self.clock)
        self.mapping = article_mapping(self.settings)
        self.orders_mapping = _mapping(json.dumps(self.changes, sort_keys=True))

    def close(self) -> None:
        """The connections; a ledger that was lent makes new ones when it is used again."""
        self.ledger.close()

    def context(self, run_id: str | None = None, *, flow: str = "order_export") -> FlowContext:
        ctx = super().context(run_id, flow=flow)
        ctx.hash_secret, ctx.clock = SECRET, self.clock.now
        return ctx
