"""A shop with products in Specter and an old or lost ledger, under a clock that tests set."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "orders"), str(HERE.parent / "imports/stock")]

from rebuild_lab import RebuildLab  # noqa: E402


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[RebuildLab]:
    """A dozen products in Specter, five customers, no orders yet."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = RebuildLab(abicart_server, specter_server, ledger_folder)
    running.start()
    yield running
    running.close()
