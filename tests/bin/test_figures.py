"""The demo's figures: what it compares, and what it says of a task that failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_stack.airflow_api import TaskState
from local_stack.flow_run import OUTCOMES, disagreements
from local_stack.follow import changes, last_error

COUNTERS = {"abicart": {"requests": 7}, "specter": {"requests": 6}}


def figures(**changed: Any) -> dict[str, Any]:
    """Those of a run that agrees with ``COUNTERS``."""
    outcomes = dict.fromkeys(OUTCOMES, 0) | {"sent": 180, "held": 20}
    return {"found": 200, **outcomes, "requests": {"abicart": 7, "specter": 6}} | changed


def task(state: str, *, name: str = "read", index: int = -1, tries: int = 1) -> TaskState:
    return TaskState(f"{name}{index}", name, index, state, tries, 2.0)


def test_figures_that_agree_need_no_words() -> None:
    assert disagreements(figures(), COUNTERS) == []


@pytest.mark.parametrize("system", ["abicart", "specter"])
def test_a_request_more_or_less_than_the_server_counted_is_told(system: str) -> None:
    requests = figures()["requests"]
    for wrong in (requests[system] - 1, requests[system] + 1):
        (sentence,) = disagreements(figures(requests=requests | {system: wrong}), COUNTERS)
        assert f"{wrong} requests to {system}" in sentence
        assert f"counts {requests[system]}" in sentence


def test_requests_that_a_run_does_not_count_at_all_are_told() -> None:
    assert len(disagreements(figures(requests={}), COUNTERS)) == 2


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_that_do_not_add_up_to_found_are_told(outcome: str) -> None:
    more = {outcome: figures()[outcome] + 1}
    assert disagreements(figures(**more), COUNTERS) == ["200 were found, but the outcomes add up to 201."]


def test_a_change_is_told_once() -> None:
    told: dict[str, str] = {}
    tasks = [task("running"), task("success", name="check"), task("waiting", name="send")]
    assert [line.split() for line in changes(tasks, told, lambda _: "")] == [
        ["read", "running"],
        ["check", "success", "in", "2.0", "s"],
    ]
    assert changes(tasks, told, lambda _: "") == []


def test_mapped_instances_are_told_together() -> None:
    tasks = [task("success", index=0), task("failed", index=1), task("running", index=2)]
    (line,) = changes(tasks, {}, lambda _: "")
    assert line.split(maxsplit=1) == ["read", "2 of 3 done, 1 failed"]


def test_a_task_that_will_be_tried_again_says_why() -> None:
    (line,) = changes([task("up_for_retry", tries=2)], {}, lambda one: f"{one.label} got no answer")
    assert line.split(maxsplit=1) == ["read", "up_for_retry (try 2): read got no answer"]
    (line,) = changes([task("up_for_retry", index=3), task("running", index=4)], {}, lambda one: one.label)
    assert line.split(maxsplit=1) == ["read", "0 of 2 done, 1 up_for_retry: read[3]"]


def test_the_last_error_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "attempt=1.log"
    detail = {"exc_type": "LedgerError", "exc_value": "The ledger is missing."}
    records: list[dict[str, Any]] = [
        {"level": "error", "event": "an earlier one"},
        {"level": "error", "event": "Task failed", "error_detail": [detail]},
        {"level": "info", "event": "Post Execute"},
    ]
    log.write_text("".join(json.dumps(record) + "\n" for record in records) + "no JSON\n", encoding="utf-8")
    assert last_error(log) == "LedgerError: The ledger is missing."
    assert last_error(tmp_path / "none.log") == ""
