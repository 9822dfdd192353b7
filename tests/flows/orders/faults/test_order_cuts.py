"""Random cuts: connections dropped around writes, workers killed and stopped, several runs at once (F1, F31, F32).

At the end of each, after one run without faults: every order is in Specter exactly once and linked, or waits as
unconfirmed (then it is there once or not at all), or is held or left out for a true reason; every buyer has one
customer; after a person's true answers everything went and is marked in the shop. Under trust no person is needed,
unless the answer to the one repeat was lost too.

``--order-cuts N`` for more; the seed is the test's name, so ``-k "[17]"`` runs one again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from cut_draw import Draw
from cut_play import Figures, Play
from cut_stage import CutStage

log = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def total() -> Iterator[list[Figures]]:
    """What all cases came to, printed at the end."""
    figures, started = list[Figures](), time.monotonic()
    yield figures
    whole = sum(figures, start=Figures())
    log.warning(
        "%s cases, %s orders, %s cuts in %.0f s; %s orders were unconfirmed before a person answered; %s",
        len(figures),
        whole.orders,
        whole.cuts.total(),
        time.monotonic() - started,
        whole.unconfirmed,
        dict(whole.cuts.most_common()),
    )


def test_random_cuts(cut_seed: int, stage: CutStage, total: list[Figures]) -> None:
    case = Draw(cut_seed, stage.entered).case()
    log.warning("%s", case)
    total.append(Play(case, stage).run())
