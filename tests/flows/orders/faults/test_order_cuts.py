"""Random cuts: connections dropped before, during and after writes, workers killed and stopped, runs at once (F1, F31, F32).

At the end of each, after one run without faults: every order is in Specter exactly once and linked, or waits as
unconfirmed (then it is there once or not at all), or is held or left out for a true reason; every buyer has one
customer; after a person's true answers everything went and is marked in the shop. Under trust no person is needed,
unless the answer to the one repeat was lost too.

``--order-cuts N`` for more; the seed is the test's name, so ``-k "[17]"`` runs one again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cut_airflow import Wanted
from cut_clock import NOON
from cut_draw import Draw
from cut_play import Figures, Play
from cut_shop import SENT, SETTINGS, CutShop
from cut_workers import CutWorkers

log = logging.getLogger(__name__)

ORDERS_IN_PEACE = 6


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


@pytest.fixture(scope="module")
def entered(
    abicart_session, specter_session, cut_workers: CutWorkers, migrated_ledger: Path, tmp_path_factory
) -> dict[str, int]:
    """How often a run that nobody disturbs enters each part of the package."""
    folder = tmp_path_factory.mktemp("in-peace")
    (folder / "ledger.db").write_bytes(migrated_ledger.read_bytes())
    shop = CutShop(abicart_session, specter_session)
    shop.set()
    shop.place((NOON - timedelta(seconds=30), customer, SENT) for customer in shop.customers[:ORDERS_IN_PEACE])
    run = Wanted("in-peace", "scheduled", NOON - timedelta(minutes=10), NOON)
    order = {
        "abicart": shop.abicart.url,
        "specter": shop.specter.url,
        "folder": str(folder),
        "settings": SETTINGS,
        "impatient": False,
        "run": run.as_json(),
        "fate": {"zone": "anywhere"},
    }
    assert cut_workers.wait(cut_workers.begin(order)) == 0
    result = json.loads((folder / "result-in-peace.json").read_text())
    assert result["errors"] == {}
    return dict(result["entered"])


def test_random_cuts(
    cut_seed: int,
    cut_shop: CutShop,
    cut_workers: CutWorkers,
    cut_folder: Path,
    entered: dict[str, int],
    total: list[Figures],
) -> None:
    case = Draw(cut_seed, entered).case()
    log.warning("%s", case)
    total.append(Play(case, cut_shop, cut_workers, cut_folder).run())
