"""A shop whose products are in Specter, with a clock that tests set."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "orders"))

from stock_lab import StockLab

TWO_SITES = {
    "accounts": [
        {
            "sbm_id": 1000,
            "api_version": 2,
            "integration_key": "demo-integration-key",
            "users": {"12": {"key": "demo-user-key", "may_write": True}},
            "sites": {"1": "Lager", "2": "Butik"},
        }
    ]
}


def _started(abicart_server, specter_server, folder: Path) -> StockLab:
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = StockLab(abicart_server, specter_server, folder)
    running.start()
    return running


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[StockLab]:
    """A dozen products, articles and variants, exported; their stock is Specter's from here on."""
    running = _started(abicart_server, specter_server, ledger_folder)
    yield running
    running.close()


@pytest.fixture
def two_sites(abicart_server, specter_server, ledger_folder: Path) -> Iterator[StockLab]:
    """The same, and the account has two stock sites, of which 1 is the default."""
    specter_server.control.reset(seed=TWO_SITES)
    running = _started(abicart_server, specter_server, ledger_folder)
    yield running
    running.close()
