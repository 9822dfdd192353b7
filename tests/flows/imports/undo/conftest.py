"""A shop whose products are in Specter, with every import on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from import_lab import ImportLab, import_lab


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ImportLab]:
    with import_lab(abicart_server, specter_server, ledger_folder) as running:
        yield running
