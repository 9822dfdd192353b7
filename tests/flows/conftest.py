"""An export between two fresh sandbox servers."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import Export, export_between

from abicart_specter.ledger.migrate import upgrade

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made by tempfile


@pytest.fixture(scope="session")
def migrated_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was migrated once, to be copied."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def ledger_folder(migrated_ledger: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with a fresh ledger; in memory where the system has a place for that, so that no commit waits for a
    disk.
    """
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(prefix="export-", dir=place) as folder:
        shutil.copy(migrated_ledger, folder)
        yield Path(folder)


@pytest.fixture
def export(abicart_server, specter_server, ledger_folder: Path) -> Iterator[Export]:
    """A shop of 200 items with every planted fault, an empty account, a fresh ledger."""
    abicart_server.control.reset(seed={"items": 200})
    with export_between(abicart_server, specter_server, ledger_folder) as running:
        yield running


@pytest.fixture
def small(abicart_server, specter_server, ledger_folder: Path) -> Iterator[Export]:
    """As ``export``, with a dozen products that nothing is wrong with: articles and variants, four VAT rates."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 0})
    with export_between(abicart_server, specter_server, ledger_folder) as running:
        yield running
