"""Workers killed with SIGKILL, at chosen points and at random, and the same run taken up again until it ends (F32).

In the end nothing may tell that anything happened: the outcomes are those of a run in peace, above all "sent" and not
"unchanged" for what this run wrote; every product is in Specter once, with the right row and its opening stock once.

``--kills N`` for more of those at random; the seed is the test's name, so ``-k "[17]"`` runs one again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest
from fault_lab import articles, lab_between
from fault_scene import Picture, Scene, settings
from kill_workers import RUN, Scenario, Workers, running_workers

log = logging.getLogger(__name__)

ITEMS = 24
GROUPS = {"limits__group_rows": 5}
STOCK_COUNTS_ON_UPDATE = {"stock_on_update": "applied"}
"""Specter as it must not be for opening stock to be doubled by accident: it takes stock whenever it is sent."""
MOST_DEATHS = 3

POINTS = [
    ("clients/specter.py:read_batch:return", 1, "batch read, nothing stored"),
    ("flows/journal.py:write:return", 1, "raw answer on disk, rows not in the inbox"),
    ("ledger/queue_facade.py:store_batch:return", 1, "rows in the inbox, batch not acknowledged"),
    ("clients/specter.py:acknowledge:return", 1, "acknowledged, the ledger does not know"),
    ("ledger/facade.py:record_special_number:return", 2, "special numbers made, some remembered"),
    ("ledger/facade.py:stage_articles:return", 1, "one page of the catalogue staged"),
    ("ledger/facade.py:record_flags:return", 1, "flagged, not held yet"),
    ("ledger/facade.py:acquire_lease:return", 3, "some leases taken"),
    ("ledger/facade.py:record_intent:call", 2, "before an intent"),
    ("ledger/facade.py:record_intent:return", 2, "after an intent, before its write"),
    ("clients/specter.py:submit_articles:return", 2, "pass 1 done, not recorded"),
    ("ledger/facade.py:record_created:return", 1, "between pass 1 and pass 2"),
    ("clients/specter.py:submit_articles:return", 3, "pass 2 done, not recorded"),
    ("ledger/facade.py:settle_pairs:return", 1, "pairs settled, result not recorded"),
    ("ledger/facade.py:record_sent_in_run:return", 2, "result recorded, the next group on its way"),
    ("flows/write_group.py:_hold_one:return", 1, "the poison record held"),
    ("ledger/facade.py:release_lease:return", 2, "some leases given back"),
    ("ledger/facade.py:finish_run:call", 1, "all sent, the report not stored"),
]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with running_workers() as running:
        yield running


@pytest.fixture(scope="module")
def in_peace(scene: Scene, ledgers, workers: Workers) -> tuple[Picture, dict[str, int]]:
    """What a worker leaves that nobody kills, and how often each part of the package was entered."""
    scene.set(items=ITEMS, specter_switches=STOCK_COUNTS_ON_UPDATE)
    with lab_between(scene.abicart, scene.specter, ledgers, settings=settings(**GROUPS)) as lab:
        scenario = Scenario(workers, lab, GROUPS)
        assert scenario.work({"count": True})
        assert scenario.result["errors"] == {}
        return run_picture(scenario), scenario.result["entered"]


@pytest.fixture
def scenario(scene: Scene, new_lab, workers: Workers) -> Scenario:
    scene.set(items=ITEMS, specter_switches=STOCK_COUNTS_ON_UPDATE)
    return Scenario(workers, new_lab(settings=settings(**GROUPS)), GROUPS)


def run_picture(scenario: Scenario) -> Picture:
    lab = scenario.lab
    return Picture(lab.outcomes(RUN), lab.flags(RUN), articles(lab.specter_control))


def check_end(scenario: Scenario, expected: Picture, sold: dict[str, str] | None = None) -> None:
    """As if nothing had happened, but for the stock that somebody changed in Specter meanwhile."""
    lab, result = scenario.lab, scenario.result
    assert result["errors"] == {}
    found = run_picture(scenario)
    assert found.outcomes == expected.outcomes
    assert found.flags == expected.flags
    rows = {number: dict(row) for number, row in expected.articles.items()}
    for number, available in (sold or {}).items():
        rows[number] |= {"stock": {"1": {"shelf": available, "reserved": "0"}}, "available": available}
    assert found.articles == rows
    [poison] = [key for key, (_, rule) in expected.outcomes.items() if rule == "refused_by_specter"]
    assert lab.open_intents(expected.outcomes) == [poison]
    # One that died while it gave leases back may leave some that nobody needed since; they have run out.
    assert lab.held_leases(live=True) == []


def sell_in_specter(scenario: Scenario, draw: random.Random) -> dict[str, str]:
    """While no worker lives, somebody changes stock in Specter: it must not be overwritten by the opening stock."""
    control = scenario.lab.specter_control
    numbers = sorted(number for number, row in articles(control).items() if row["stock"])
    changed = draw.sample(numbers, min(3, len(numbers)))
    for number in changed:
        control.edit("article.stock", number=number, available="4711")
    return dict.fromkeys(changed, "4711")


@pytest.mark.parametrize(("point", "nth", "what"), POINTS, ids=[what for _, _, what in POINTS])
def test_killed_at_a_chosen_point(scenario: Scenario, in_peace, point: str, nth: int, what: str) -> None:
    assert not scenario.work({"point": point, "nth": nth})
    sold = sell_in_specter(scenario, random.Random(what))
    assert scenario.work()
    check_end(scenario, in_peace[0], sold)


def test_killed_at_random(scenario: Scenario, in_peace, kill_seed: int) -> None:
    """One to three deaths in parts of the package drawn by lot; some runs are cleared as a whole in between.

    Every third time Specter loses answers as well.
    """
    draw = random.Random(f"kill {kill_seed}")
    expected, entered = in_peace
    if kill_seed % 3 == 2:
        fault = {"kind": draw.choice(["drop_after", "drop_before", "cut", "html_500"]), "count": None}
        scenario.lab.specter_control.fault(**fault, probability=0.25, seed=kill_seed)
        log.warning("seed %s: %s", kill_seed, fault)
    deaths = draw.randint(1, MOST_DEATHS)
    sold: dict[str, str] = {}
    ended = False
    while not ended and scenario.died < deaths:
        zone = draw.choice(sorted(entered))
        kill: dict[str, Any] = {"zone": zone, "nth": draw.randint(1, entered[zone])}
        log.warning("seed %s: worker %s dies %s", kill_seed, scenario.died + 1, kill)
        ended = scenario.work(kill)
        sold |= sell_in_specter(scenario, draw)
        if draw.random() < 0.25:
            log.warning("seed %s: the whole run is cleared", kill_seed)
            scenario.clear()
            ended = False
    if not ended:
        assert scenario.work()
    check_end(scenario, expected, sold)
