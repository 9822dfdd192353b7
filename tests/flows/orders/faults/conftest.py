"""Servers, workers and folders of the random cuts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cut_shop import CutShop
from cut_workers import CutWorkers, running_cut_workers


@pytest.fixture(scope="session")
def cut_workers() -> Iterator[CutWorkers]:
    with running_cut_workers() as running:
        yield running


@pytest.fixture
def cut_shop(abicart_session, specter_session) -> CutShop:
    return CutShop(abicart_session, specter_session)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cut_seed" in metafunc.fixturenames:
        metafunc.parametrize("cut_seed", range(metafunc.config.getoption("--order-cuts")))


@pytest.fixture
def cut_folder(migrated_ledger: Path, ledger_folder: Path) -> Path:
    """A folder with a fresh ledger, which processes share."""
    assert (ledger_folder / "ledger.db").exists()
    return ledger_folder


