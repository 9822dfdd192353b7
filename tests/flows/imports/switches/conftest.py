"""Two sandbox servers for the whole session, and ledgers that cost next to nothing."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "faults"))
sys.path.insert(0, str(Path(__file__).parents[2] / "orders"))
sys.path.insert(0, str(Path(__file__).parents[2] / "orders/switches"))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from import_ends import End, told
from import_scene import ClockedLedgers
from import_story import Story, story_between

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only where the system has it; a folder of our own is made in it


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedLedgers]:
    if IN_MEMORY.is_dir():
        folder = Path(tempfile.mkdtemp(prefix="abicart-specter-tests-", dir=IN_MEMORY))
    else:
        folder = tmp_path_factory.mktemp("ledgers")
    yield ClockedLedgers(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def by_default(abicart_session: Any, specter_session: Any, ledgers: ClockedLedgers) -> End:
    """How it ends when every question has its default answer and nothing goes wrong."""
    with story_between(abicart_session, specter_session, ledgers) as story:
        return told(story)


@pytest.fixture
def new_story(abicart_session: Any, specter_session: Any, ledgers: ClockedLedgers) -> Iterator[Any]:
    """``new_story(abicart_switches=…, specter_switches=…, modes=…)``: both systems as they say, nothing told yet."""
    with ExitStack() as stories:

        def make(**how: Any) -> Story:
            return stories.enter_context(story_between(abicart_session, specter_session, ledgers, **how))

        yield make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "import_mix_seed" in metafunc.fixturenames:
        metafunc.parametrize("import_mix_seed", range(metafunc.config.getoption("--import-mixes")))
