"""Workers of the imports killed at random between read and applied, requests cut, people changing things meanwhile.

At the end of each case, after runs that nobody disturbs: everything that Specter told is in the shop exactly, or is
held, refused or waits for a reason that the run names; nothing was written twice but after a lost answer, and never an
older value after a newer one; no batch is open; the pairs are what both systems hold; a further run finds nothing; and
the journal alone makes the same inbox.

``--import-kills N`` for more; the seed is the test's name, so ``-k "[17]"`` runs one again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from import_draw import Draw
from import_play import Figures, Play
from import_stage import ImportStage

log = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def total() -> Iterator[list[Figures]]:
    """What all cases came to, printed at the end."""
    figures, started = list[Figures](), time.monotonic()
    yield figures
    whole = sum(figures, start=Figures())
    log.warning(
        "%s cases in %.0f s; Specter told of %s changed products; kills and cuts: %s; at the end: %s",
        whole.cases,
        time.monotonic() - started,
        whole.told,
        dict(whole.cuts.most_common()),
        dict(whole.ends.most_common()),
    )


def test_random_kills(kill_seed: int, stage: ImportStage, total: list[Figures]) -> None:
    case = Draw(kill_seed, stage.entered).case()
    log.warning("%s", case)
    total.append(Play(case, stage).run())
