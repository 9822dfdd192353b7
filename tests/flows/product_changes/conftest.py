"""A shop whose products were exported once, and whose changes are exported from then on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "imports"))
sys.path.insert(0, str(Path(__file__).parent))

from change_lab import ChangeLab, change_lab


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ChangeLab]:
    """A dozen products that nothing is wrong with, none of them exported."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 0})
    with change_lab(abicart_server, specter_server, ledger_folder) as running:
        yield running


@pytest.fixture
def sent(lab: ChangeLab) -> ChangeLab:
    """As ``lab``, with every product in Specter, and a quarter of an hour gone by since."""
    lab.run()
    lab.changes()
    lab.later(minutes=31)
    return lab
