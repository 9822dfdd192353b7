"""Makes the makers of orders importable for the tests beside them, and tells how random orders fared."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

LINES: list[str] = []


@pytest.fixture
def orders(request: pytest.FixtureRequest) -> int:
    """How many random orders each of the two tests makes: half of the option ``--orders``."""
    number: int = request.config.getoption("--orders")
    return max(number // 2, 1)


@pytest.fixture
def say() -> Callable[[str], None]:
    """A line for the end of the test run's output."""
    return LINES.append


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in LINES:
        terminalreporter.write_line(line)
