"""The stack's ledger: made as a customer would make it, read through the package's own interface."""

from __future__ import annotations

import sys
from typing import Any

from abicart_specter.ledger import Ledger, RunKey
from local_stack.environment import base_environment
from local_stack.files import PROJECT, Home
from local_stack.supervisor import Component


def upgrade(home: Home, url: str) -> Component:
    """The command that makes the ledger or brings it up to date."""
    return Component(
        name="ledger-upgrade",
        title="Making the ledger",
        argv=[sys.executable, "-m", "abicart_specter.ledger", "upgrade", url],
        env=base_environment(),
        cwd=PROJECT,
        log=home.logs / "ledger-upgrade.log",
    )


def identity(url: str) -> str:
    """The ledger's id, which Airflow keeps to notice a lost or swapped ledger."""
    with Ledger.open(url) as ledger:
        return ledger.id


def run_summary(url: str, shop: str, flow: str, run_id: str) -> dict[str, Any] | None:
    """The figures that a run left in the ledger, or None."""
    with Ledger.open(url) as ledger:
        run = ledger.get_run(RunKey(shop, flow, run_id))
    return None if run is None or run.summary is None else dict(run.summary)
