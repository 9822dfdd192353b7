"""A shop whose three queues told something over some weeks, with the journal of it, by a clock that tests turn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "imports/queues"))

from maintenance_lab import MaintenanceLab
from queue_lab import SEED, lab_at


@pytest.fixture
def lab(specter_server, ledger_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MaintenanceLab]:
    shops = ledger_folder / "shops"
    shops.mkdir()
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(shops))
    specter_server.control.reset(seed=SEED)
    with lab_at(specter_server.control, specter_server.url, ledger_folder) as running:
        running.fill()
        yield MaintenanceLab(running, shops)
