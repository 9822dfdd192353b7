"""The stage of the import kills, and their option."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "orders" / "faults"))

from import_stage import ImportStage, import_stage

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made by tempfile


@pytest.fixture(scope="session")
def stage(migrated_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImportStage]:
    """In memory where the system has a place for that, so that no commit waits for a disk."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else tmp_path_factory.mktemp("kills")
    with (
        tempfile.TemporaryDirectory(prefix="import-kills-", dir=place) as folder,
        import_stage(Path(folder), migrated_ledger) as made,
    ):
        yield made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kill_seed" in metafunc.fixturenames:
        metafunc.parametrize("kill_seed", range(metafunc.config.getoption("--import-kills")))
