"""Workers killed while a write of theirs is on its way: lost, done and nobody heard of it, or done late (F32)."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from signal import SIGKILL
from urllib.parse import parse_qs

import pytest
from fault_lab import all_items, articles, lab_between
from fault_scene import Picture, Scene, settings
from kill_workers import RUN, Scenario, Workers, running_workers
from relay import CutError, Passing, relay_to

ITEMS = 30
GROUPS = {"limits__group_rows": 8}
SPECIAL_NUMBERS, FIRST_PASS_1, FIRST_PASS_2 = 1, 2, 3
"""Which ``newArticleSubmit`` of a run is what, where nothing is refused."""
TIME_FOR_A_CHUNK = 0.7
"""Seconds; a third of what is waited after a takeover."""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with running_workers() as running:
        yield running


@pytest.fixture(scope="module")
def in_peace(scene: Scene, ledgers, workers: Workers) -> Picture:
    scene.set(items=ITEMS, poison=False)
    with lab_between(scene.abicart, scene.specter, ledgers, settings=settings(**GROUPS)) as lab:
        scenario = Scenario(workers, lab, GROUPS)
        assert scenario.work()
        return Picture(lab.outcomes(RUN), lab.flags(RUN), articles(lab.specter_control))


@pytest.fixture
def scenario(scene: Scene, new_lab, workers: Workers) -> Scenario:
    scene.set(items=ITEMS, poison=False)
    return Scenario(workers, new_lab(settings=settings(**GROUPS)), GROUPS)


class Killer:
    """Kills the worker when a certain write comes by; ``write`` is that write then."""

    def __init__(self, nth: int) -> None:
        self.nth = nth
        self.write: Passing | None = None
        self._pid = 0
        self._known = threading.Event()

    def aim(self, pid: int) -> None:
        self._pid = pid
        self._known.set()

    def strike(self, passing: Passing) -> bool:
        if passing.action != "newArticleSubmit" or passing.nth != self.nth:
            return False
        assert self._known.wait(10)
        os.kill(self._pid, SIGKILL)
        self.write = passing
        return True


def die_at(scenario: Scenario, killer: Killer) -> None:
    killer.aim(scenario.workers.begin(scenario.order()))
    assert scenario.workers.end() == -SIGKILL
    assert killer.write is not None


@pytest.mark.parametrize("nth", [SPECIAL_NUMBERS, FIRST_PASS_1, FIRST_PASS_2, FIRST_PASS_2 + 3])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_write_that_nobody_heard_of(scenario: Scenario, in_peace: Picture, moment: str, nth: int) -> None:
    """``before``: Specter never got it. ``after``: it was done, and the answer found nobody."""
    killer = Killer(nth)

    def hook(passing: Passing) -> None:
        if killer.strike(passing):
            raise CutError

    with relay_to(scenario.lab.specter_url, **{moment: hook}) as relay:
        scenario.specter_url = relay.url
        die_at(scenario, killer)
    scenario.specter_url = ""
    assert scenario.work()
    assert scenario.result["errors"] == {}
    assert scenario.lab.outcomes(RUN) == in_peace.outcomes
    assert scenario.lab.flags(RUN) == in_peace.flags
    assert articles(scenario.lab.specter_control) == in_peace.articles
    assert scenario.lab.open_intents(in_peace.outcomes) == []
    assert scenario.lab.held_leases() == []


def test_a_write_that_arrives_after_its_workers_death_does_not_win(scenario: Scenario, scene: Scene) -> None:
    """Specter takes its time over the dead worker's last write, the shop was edited meanwhile, the run is cleared.

    Who takes over the leases waits for that write (rule 4). It arrives here when they were taken over long enough
    ago for a whole chunk to be sent.
    """
    scenario.terms = {"write_timeout": 0.4, "margin": 1.6}
    killer = Killer(FIRST_PASS_2)
    taken_over = threading.Event()

    def before(passing: Passing) -> None:
        if killer.strike(passing):
            assert taken_over.wait(20)

    def after(passing: Passing) -> None:
        if passing.nth == killer.nth and passing.action == "newArticleSubmit":
            raise CutError

    with relay_to(scenario.lab.specter_url, before=before, after=after) as relay:
        scenario.specter_url = relay.url
        die_at(scenario, killer)
        number = edit_one_of(scene, killer.write)
        scenario.specter_url = ""
        scenario.clear()
        scenario.workers.begin(scenario.order())
        wait_for_takeover(scenario)
        threading.Event().wait(TIME_FOR_A_CHUNK)
        taken_over.set()
        assert scenario.workers.end() == 0
        assert scenario.result["errors"] == {}
    assert articles(scene.specter.control)[number]["weight"] == "0.777"


def edit_one_of(scene: Scene, write: Passing) -> str:
    """Somebody changes the weight of an article that the write holds; returns its number."""
    fields = parse_qs(write.body.decode("ascii"))
    numbers = {values[0] for name, values in fields.items() if name.startswith("articleNo_")}
    item = next(
        item
        for item in all_items(scene.abicart.control)
        if item["kind"] == "article" and item["product_number"] in numbers
    )
    scene.abicart.control.edit("Article", uid=item["uid"], patch={"weight": 777})
    return item["product_number"]


def wait_for_takeover(scenario: Scenario) -> None:
    """Until another worker holds a lease that the dead one never gave back."""
    waiting = threading.Event()
    with closing(sqlite3.connect(scenario.lab.folder / "ledger.db")) as ledger, ledger:
        for _ in range(2000):
            if ledger.execute(
                "SELECT 1 FROM lease WHERE name LIKE 'demo/products/%' AND attempt > 1"
            ).fetchone():
                return
            waiting.wait(0.01)
    raise AssertionError("nobody took over")
