"""A shop with a dozen products that were exported, five customers, and no orders yet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "orders"))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from harness import demo_settings
from import_lab import EVERYTHING, ImportLab
from order_lab import OrderLab
from reconcile_lab import ReconcileLab


@contextmanager
def _lab(abicart: Any, specter: Any, folder: Path, **seed: int) -> Iterator[ReconcileLab]:
    abicart.control.reset(seed={"orders": 0, "customers": 5} | seed)
    specter.control.reset()
    settings = demo_settings(**EVERYTHING)
    imports = ImportLab(
        abicart.url, specter.url, folder, settings=settings, abicart_server=abicart, specter_server=specter
    )
    orders = OrderLab(abicart, specter, folder)
    orders.use(**EVERYTHING)
    try:
        yield ReconcileLab(imports, orders)
    finally:
        orders.close()
        imports.close()


@pytest.fixture
def lab(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ReconcileLab]:
    with _lab(abicart_server, specter_server, ledger_folder, items=12, faults=0) as running:
        running.imports.run()
        yield running


@pytest.fixture
def faulty(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ReconcileLab]:
    """A shop with every planted fault, and nothing exported yet."""
    with _lab(abicart_server, specter_server, ledger_folder, items=120) as running:
        yield running
