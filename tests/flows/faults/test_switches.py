"""Every open question of both interfaces, each alone: a whole export ends as it does by default.

The scene has a poison record, articles that Specter knew before, and a queue that is drained first. That the next
export then has nothing to do is shown under many answers at once, in the mixes.
"""

from __future__ import annotations

import pytest
from fault_lab import lab_between
from fault_scene import REFUSED, Picture, Scene, picture, settings
from fault_switches import DIFFERENT, UNTOUCHED, Tried, as_switches, known, other_values, tried

CLEAN_RUN, NEXT_RUN = "first", "second"


@pytest.fixture(scope="module")
def by_default(scene: Scene, ledgers) -> tuple[Picture, Picture]:
    """What two exports leave behind when every question has its default answer."""
    scene.set()
    with lab_between(scene.abicart, scene.specter, ledgers, settings=settings()) as lab:
        pictures = tuple(picture(lab, lab.airflow(run_id)) for run_id in (CLEAN_RUN, NEXT_RUN))
    counts = [sorted({outcome for outcome, _ in one.outcomes.values()}) for one in pictures]
    assert counts == [["held", "sent"], ["held", "unchanged"]]
    return pictures


@pytest.mark.parametrize("system", ["abicart", "specter"])
def test_every_switch_is_known_here(scene: Scene, system: str) -> None:
    """A new switch is tried by itself if it has choices; else it needs a sample, or a reason not to be tried."""
    names = {switch["name"] for switch in getattr(scene, system).control.known_switches()}
    assert names == {switch["name"] for switch in known(system)}
    assert [switch["name"] for switch in known(system) if not other_values(system, switch)] == []
    assert set(UNTOUCHED[system]) <= names
    assert {name for one_system, name, _ in DIFFERENT if one_system == system} <= names


def test_every_difference_is_tried_in_a_test_of_its_own() -> None:
    assert len([one for one in tried() if one.is_different]) == len(DIFFERENT)


@pytest.mark.parametrize("one", [one for one in tried() if not one.is_different], ids=str)
def test_an_export_does_not_depend_on_the_answer(scene: Scene, new_lab, by_default, one: Tried) -> None:
    """Nothing is tried again either, neither by a client's caller nor by Airflow."""
    scene.set(**as_switches(one))
    lab = new_lab(settings=settings())
    ran = lab.airflow(CLEAN_RUN)
    assert (ran.errors, ran.retried) == ({}, [])
    assert picture(lab, ran) == by_default[0]
    assert lab.held_leases() == []


@pytest.mark.parametrize("value", ["off", "on"])
def test_the_next_export_writes_nothing(scene: Scene, new_lab, by_default, value: str) -> None:
    """Also where our own writes come back on the queue: what Specter tells is what we told it."""
    scene.set(specter_switches={"own_writes_on_queue": value})
    lab = new_lab(settings=settings())
    first = lab.airflow(CLEAN_RUN)
    written = scene.article_calls()
    second = lab.airflow(NEXT_RUN)
    assert (second.errors, second.retried) == ({}, [])
    assert picture(lab, second) == by_default[1]
    # The poison record is tried again: nobody but Specter knows when it will be taken.
    assert scene.article_calls() - written == 1
    [poison] = [key for key, (_, rule) in lab.outcomes(first.run_id).items() if rule == REFUSED]
    assert lab.open_intents(by_default[0].outcomes) == [poison]


def test_switches_of_other_flows_change_nothing_even_all_at_once(scene: Scene, new_lab, by_default) -> None:
    values: dict[str, dict[str, object]] = {"abicart": {}, "specter": {}}
    for one in tried(untouched=True):
        values[one.system][one.name] = one.value  # of several values the last
    scene.set(abicart_switches=values["abicart"], specter_switches=values["specter"])
    lab = new_lab(settings=settings())
    first = lab.airflow(CLEAN_RUN)
    assert first.green
    assert picture(lab, first) == by_default[0]
    # And the reason that is given holds: nothing was asked that these switches answer.
    asked = set(scene.abicart.control.counters()["calls"])
    assert asked == {"Webshop.get", "Article.count", "Article.list"}
    asked = set(scene.specter.control.counters()["calls"])
    assert asked == {
        "checkAccountSettings",
        "newArticleSubmit",
        "getArticleInfoExternalNeedUpdate",
        "updateArticleInfosFromBatch",
    }
