"""A shop with a few products, an empty account, a fresh ledger, and a clock that tests set."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from order_lab import OrderLab
from scan_lab import ScanLab


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ScanLab]:
    """A dozen products and five customers; no orders yet."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = ScanLab(abicart_server, specter_server, ledger_folder)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def order_lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[OrderLab]:
    """The same shop, and everything up to the order in Specter."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = OrderLab(abicart_server, specter_server, ledger_folder)
    try:
        yield running
    finally:
        running.close()
