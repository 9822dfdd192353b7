"""The stage of the random cuts, and their option."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

sys.path.insert(0, str(Path(__file__).parents[1]))

from cut_shop import CutShop
from cut_stage import CutStage, cut_stage
from order_lab import OrderLab

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made by tempfile


@pytest.fixture(scope="session")
def stage(abicart_session, specter_session, migrated_ledger: Path, tmp_path_factory) -> Iterator[CutStage]:
    """In memory where the system has a place for that, so that no commit waits for a disk."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else tmp_path_factory.mktemp("cuts")
    with tempfile.TemporaryDirectory(prefix="cuts-", dir=place) as folder:
        shutil.copy(migrated_ledger, folder)
        with cut_stage(CutShop(abicart_session, specter_session), Path(folder)) as made:
            yield made


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[OrderLab]:
    """A dozen products and five customers; whole runs in this process."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    running = OrderLab(abicart_server, specter_server, ledger_folder)
    try:
        yield running
    finally:
        running.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cut_seed" in metafunc.fixturenames:
        metafunc.parametrize("cut_seed", range(metafunc.config.getoption("--order-cuts")))
