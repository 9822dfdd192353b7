"""Two sandbox servers for the whole session, and ledgers that cost next to nothing."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "faults"))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from desk import Desk
from fault_lab import Ledgers
from order_set import OrderSet
from privacy_cases import BY_DEFAULT, CASES
from switch_lab import SwitchLab, lab_of_orders

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only where the system has it; a folder of our own is made in it

LINES: list[str] = []
"""What a test wants to tell at the end of the run."""

NewLab = Callable[..., tuple[SwitchLab, OrderSet]]


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledgers]:
    if IN_MEMORY.is_dir():
        folder = Path(tempfile.mkdtemp(prefix="abicart-specter-tests-", dir=IN_MEMORY))
    else:
        folder = tmp_path_factory.mktemp("ledgers")
    yield Ledgers(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_lab(abicart_session: Any, specter_session: Any, ledgers: Ledgers) -> Iterator[NewLab]:
    """``new_lab(abicart_switches=…, specter_switches=…, modes=…, settings=…)``: the order set, placed, and its lab."""
    with ExitStack() as labs:

        def make(**how: Any) -> tuple[SwitchLab, OrderSet]:
            return labs.enter_context(lab_of_orders(abicart_session, specter_session, ledgers, **how))

        yield make


@pytest.fixture
def desk(new_lab: NewLab) -> Desk:
    """A shop without orders, an empty account, a fresh ledger."""
    lab, _ = new_lab(with_set=False)
    return Desk(lab)


@pytest.fixture
def say() -> Callable[[str], None]:
    """A line for the end of the test run's output."""
    return LINES.append


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in LINES:
        terminalreporter.write_line(line)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "order_mix_seed" in metafunc.fixturenames:
        metafunc.parametrize("order_mix_seed", range(metafunc.config.getoption("--order-mixes")))
    if "marked_case" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--whole-order-set")
        metafunc.parametrize("marked_case", CASES if everything else BY_DEFAULT)
