"""An export between two fresh sandbox servers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import Export, export_between


@pytest.fixture
def export(abicart_server, specter_server, tmp_path: Path) -> Iterator[Export]:
    """A shop of 200 items with every planted fault, an empty account, a fresh ledger."""
    abicart_server.control.reset(seed={"items": 200})
    with export_between(abicart_server, specter_server, tmp_path) as running:
        yield running


@pytest.fixture
def small(abicart_server, specter_server, tmp_path: Path) -> Iterator[Export]:
    """As ``export``, with a dozen products that nothing is wrong with: articles and variants, four VAT rates."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 0})
    with export_between(abicart_server, specter_server, tmp_path) as running:
        yield running
