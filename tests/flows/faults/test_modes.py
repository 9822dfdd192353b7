"""Strict, lenient and chaos on both sides: whatever happens on the way, the end is the same."""

from __future__ import annotations

from itertools import product

import pytest
from fault_lab import articles, lab_between
from fault_scene import Picture, Scene, picture, settings

from abicart_specter.errors import AbicartSpecterError

MODES = ("strict", "lenient", "chaos")
MOST_RUNS = 4


@pytest.fixture(scope="module")
def by_default(scene: Scene, ledgers) -> Picture:
    scene.set()
    with lab_between(scene.abicart, scene.specter, ledgers, settings=settings()) as lab:
        return picture(lab, lab.airflow("run"))


@pytest.mark.parametrize("modes", list(product(MODES, MODES)), ids="-".join)
def test_the_end_is_the_same(scene: Scene, new_lab, by_default: Picture, modes: tuple[str, str]) -> None:
    scene.set(modes=modes)
    lab = new_lab(settings=settings())
    runs = []
    while not runs or (not runs[-1].green and len(runs) < MOST_RUNS):
        runs.append(lab.airflow(f"run-{len(runs)}"))
    assert runs[-1].green
    if "chaos" not in modes:
        assert (len(runs), runs[0].retried) == (1, [])
    for ran in runs:
        assert [error for error in ran.errors.values() if not isinstance(error, AbicartSpecterError)] == []
    assert articles(scene.specter.control) == by_default.articles
    # Over all runs each product is sent once, and what is held by default is held.
    first_of = {}
    for ran in runs:
        for key, outcome in lab.outcomes(ran.run_id).items():
            if outcome[0] not in ("unconfirmed", "failed"):
                first_of.setdefault(key, outcome)
    assert first_of == by_default.outcomes
    assert lab.flags(runs[-1].run_id) == by_default.flags
    assert lab.held_leases() == []
