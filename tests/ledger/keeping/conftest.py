"""Ledgers whose clock a test turns, with something old of every kind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from old_things import SHOP, fill
from order_samples import Clock

from abicart_specter.ledger import Ledger


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(url: str, clock: Clock) -> Iterator[Ledger]:
    with Ledger.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def old(timed: Ledger, clock: Clock) -> Ledger:
    """What ``old_things.fill`` puts there, a hundred days ago, and the same again today."""
    fill(timed, clock, SHOP, "old")
    clock.pass_(100 * 24 * 3600)
    fill(timed, clock, SHOP, "new")
    return timed
