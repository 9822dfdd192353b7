"""Fixtures and options for all tests."""

from __future__ import annotations

import pytest

pytest_plugins = ["shop_sandbox.pytest_plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long to look for what only chance finds; each number is a range of seeds from 0."""
    group = parser.getgroup("faults", "tests of the product export that draw their faults")
    group.addoption("--kills", type=int, default=20, help="workers killed at random (20)")
    group.addoption("--mixes", type=int, default=50, help="mixes of open questions and faults (50)")
    group = parser.getgroup("orders", "tests of the order export's money")
    group.addoption("--order-mixes", type=int, default=50, help="mixes of open questions and faults (50)")
    group.addoption(
        "--whole-order-set", action="store_true", help="every open question with every kind of order"
    )
    group.addoption("--basket-days", type=int, default=2, help="days of real baskets (2; there are 12)")
    group.addoption(
        "--online-retail", default=None, help="folder of real baskets (environment: ONLINE_RETAIL)"
    )
    group.addoption("--orders", type=int, default=4000, help="random orders in all (4000)")
    group.addoption(
        "--order-cuts", type=int, default=24, help="cases of the order export that are cut at random (24)"
    )
    group.addoption("--stack-kills", type=int, default=1, help="tasks of a real Airflow killed at work (1)")
    group.addoption(
        "--outage-orders", type=int, default=100, help="orders that wait while Specter is away (100)"
    )
    group = parser.getgroup("imports", "tests of what comes back from Specter")
    group.addoption(
        "--prices", type=int, default=300, help="prices at each rate there and back; 999999 is all (300)"
    )
    group.addoption("--import-mixes", type=int, default=12, help="mixes of open questions and faults (12)")
    group.addoption(
        "--weeks", default="1", help="simulated weeks of all flows, from seed 0; 5+3: seeds 5, 6, 7 (1)"
    )
    group.addoption(
        "--import-kills", type=int, default=25, help="cases of the imports whose workers are killed (25)"
    )
