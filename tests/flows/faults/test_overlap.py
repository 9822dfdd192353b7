"""Two exports of the same products at the same time, as threads and as processes of their own (F31)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import parse_qsl

import pytest
from fault_lab import Lab, articles, lab_between
from fault_runner import AirflowLike, Ran
from fault_scene import Scene, settings
from kill_workers import Scenario, Workers, running_workers

from abicart_specter.errors import LeaseHeldError
from abicart_specter.ledger import StagingGoneError

ITEMS = 60
GROUPS = {"limits__group_rows": 6}
PATIENT = 200
"""Tries of a task that meets the other's leases; each waits until one of them may have run out."""


@pytest.fixture(scope="module")
def rows_in_peace(scene: Scene, ledgers) -> dict:
    scene.set(items=ITEMS, specter_switches={"stock_on_update": "applied"})
    with lab_between(scene.abicart, scene.specter, ledgers, settings=settings(**GROUPS)) as lab:
        assert lab.airflow("run").green
        return articles(scene.specter.control)


def first_passes(scene: Scene) -> Counter[str]:
    """How often each number went with opening stock."""
    seen: Counter[str] = Counter()
    for request in scene.specter.control.requests(action="newArticleSubmit"):
        fields = dict(parse_qsl(request["body"], keep_blank_values=True, encoding="latin-1"))
        seen.update(
            value
            for name, value in fields.items()
            if name.startswith("articleNo_") and f"noItemsInStock_{name.rpartition('_')[2]}" in fields
        )
    return seen


def run_both(lab: Lab, flows: tuple[str, str]) -> list[Ran]:
    """Both begin at the same moment and are tried again until they end."""
    waiting = threading.Event()
    runs = [
        AirflowLike(
            lab,
            f"run-{place}",
            flow=flow,
            tries=PATIENT,
            # A second is more than anything takes here; the other gives its leases back long before they run out.
            wait=lambda seconds: waiting.wait(0.01) and None,
        )
        for place, flow in enumerate(flows)
    ]
    with ThreadPoolExecutor(2) as threads:
        return [one.result() for one in [threads.submit(run.run) for run in runs]]


def test_two_flows_share_the_products_by_their_leases(scene: Scene, new_lab, rows_in_peace) -> None:
    """The full export and the export of changes: one of them writes a product, the other finds it done."""
    scene.set(items=ITEMS, specter_switches={"stock_on_update": "applied"}, poison=True)
    lab = new_lab(settings=settings(**GROUPS))
    flows = ("product_export", "product_change_export")
    ran = run_both(lab, flows)
    assert [one.errors for one in ran] == [{}, {}]
    assert {type(error) for one in ran for _, error in one.retried} <= {LeaseHeldError}
    assert articles(scene.specter.control) == rows_in_peace
    sent = [
        {key for key, (what, _) in lab.outcomes(f"run-{place}", flow).items() if what == "sent"}
        for place, flow in enumerate(flows)
    ]
    assert not sent[0] & sent[1]
    assert len(sent[0] | sent[1]) == ran[0].report.sent + ran[1].report.sent
    once = {number for number, times in first_passes(scene).items() if number != scene.poison and times > 1}
    # Only what shared a refused group with the poison record went again.
    assert len(once) <= 2 * GROUPS["limits__group_rows"]
    assert lab.held_leases() == []


def test_a_newer_run_of_the_same_flow_wins(scene: Scene, new_lab, rows_in_peace) -> None:
    """It reads the shop anew; the older one stops and says why, instead of sending what it read before."""
    scene.set(items=ITEMS, specter_switches={"stock_on_update": "applied"})
    lab = new_lab(settings=settings(**GROUPS))
    ran = run_both(lab, ("product_export", "product_export"))
    good = [one for one in ran if one.green]
    assert good
    for one in ran:
        for error in one.errors.values():
            assert "later run has read it again" in str(error) or "no outcome" in str(error)
        assert not one.errors or isinstance(next(iter(one.errors.values())), StagingGoneError)
    assert articles(scene.specter.control) == rows_in_peace
    assert lab.held_leases() == []


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Workers]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running_workers()) for _ in range(2)]


def test_two_processes_with_the_same_run(scene: Scene, new_lab, workers, rows_in_peace) -> None:
    """A task that was thought dead and is not: Airflow has started it a second time."""
    scene.set(items=ITEMS, specter_switches={"stock_on_update": "applied"})
    lab = new_lab(settings=settings(**GROUPS))
    # Both know that all but the sending is done.
    scenario = Scenario(workers[0], lab, GROUPS, terms={"write_timeout": 0.5, "margin": 0.0})
    assert not scenario.work({"point": "ledger/facade.py:acquire_lease:call", "nth": 2})
    twins = [Scenario(one, lab, GROUPS, terms=scenario.terms) for one in workers]
    for twin in twins:
        twin.workers.begin(twin.order())
    assert [twin.workers.end() for twin in twins] == [0, 0]
    assert scenario.result["errors"] == {}
    assert articles(scene.specter.control) == rows_in_peace
    assert {what for what, _ in lab.outcomes("the-run").values()} == {"sent", "held"}
    assert lab.held_leases() == []
