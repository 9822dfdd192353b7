"""Ledgers whose clock a test turns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from order_samples import Clock

from abicart_specter.ledger import Ledger


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(url: str, clock: Clock) -> Iterator[Ledger]:
    with Ledger.open(url, clock=clock) as opened:
        yield opened
