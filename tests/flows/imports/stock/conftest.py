"""A shop whose products are in Specter, with a clock that tests set."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "orders"))

from stock_lab import StockLab


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[StockLab]:
    """A dozen products, articles and variants, exported; their stock is Specter's from here on."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = StockLab(abicart_server, specter_server, ledger_folder)
    running.start()
    try:
        yield running
    finally:
        running.close()
