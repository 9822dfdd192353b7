"""A Specter account with two stock sites and two API users, and a reader of its queues."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from queue_lab import SEED, QueueLab, lab_at


@pytest.fixture
def lab(specter_server, ledger_folder: Path) -> Iterator[QueueLab]:
    """Changes wait on all three queues."""
    specter_server.control.reset(seed=SEED)
    with lab_at(specter_server.control, specter_server.url, ledger_folder) as running:
        running.fill()
        yield running
