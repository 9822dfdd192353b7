"""Two sandbox servers, and ledgers that cost next to nothing."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fault_lab import Lab, Ledgers, lab_between
from fault_scene import Scene

SEEDED = {"mix_seed": "--mixes", "kill_seed": "--kills"}
"""Argument of a test → the option that says how many seeds it is run with."""

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only where the system has it; a folder of our own is made in it


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledgers]:
    if IN_MEMORY.is_dir():
        folder = Path(tempfile.mkdtemp(prefix="abicart-specter-tests-", dir=IN_MEMORY))
    else:
        folder = tmp_path_factory.mktemp("ledgers")
    yield Ledgers(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def scene(abicart_session, specter_session) -> Scene:
    """Both servers; a test sets the scene as it needs it."""
    return Scene(abicart_session, specter_session)


@pytest.fixture
def new_lab(scene: Scene, ledgers: Ledgers) -> Iterator[Callable[..., Lab]]:
    """Makes labs between the two servers; closed at the end of the test."""
    with ExitStack() as labs:

        def make(**changes: Any) -> Lab:
            return labs.enter_context(lab_between(scene.abicart, scene.specter, ledgers, **changes))

        yield make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, option in SEEDED.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, range(metafunc.config.getoption(option)))
