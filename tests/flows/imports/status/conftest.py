"""A shop with a few products, an empty account, a fresh ledger, and the ways to change an order in Specter."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from status_lab import StatusLab


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[StatusLab]:
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = StatusLab(abicart_server, specter_server, ledger_folder)
    try:
        yield running
    finally:
        running.close()
