"""One flow run through the stack, with its figures checked against what the sandbox servers counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_stack.airflow_api import TaskState
from local_stack.errors import StackError
from local_stack.follow import FinishedRun, follow
from local_stack.stack import LocalStack

OUTCOMES = ("sent", "unchanged", "linked", "unconfirmed", "held", "excluded", "failed")
SYSTEMS = ("abicart", "specter")


@dataclass(frozen=True, slots=True)
class FlowRun:
    """What to run: the flow's name in the report, its DAG, and what the trigger form would be filled with."""

    name: str
    dag_id: str
    conf: Mapping[str, Any] = field(default_factory=dict)
    report_task: str = "report"


@dataclass(frozen=True, slots=True)
class FlowResult:
    """What came out. ``figures`` are the run's own; ``counters`` are the sandbox servers' of the same time."""

    flow: FlowRun
    run: FinishedRun
    figures: dict[str, Any]
    counters: dict[str, dict[str, Any]]
    disagreements: list[str]


def run_flow(
    stack: LocalStack,
    flow: FlowRun,
    *,
    say: Callable[[str], None] = lambda _: None,
    seconds: float = 1800.0,
    every: float = 0.5,
    watch: Callable[[list[TaskState]], None] = lambda _: None,
) -> FlowResult:
    """Trigger, wait, read the report.

    :raises StackError: the run left no report, or did not end in ``seconds``.
    """
    for control in stack.sandboxes.values():
        control.reset_counters()
    run_id = stack.trigger(flow.dag_id, **flow.conf)
    run = follow(stack, flow.dag_id, run_id, say=say, seconds=seconds, every=every, watch=watch)
    counters = {server: control.counters() for server, control in stack.sandboxes.items()}
    figures = stack.api.xcom(flow.dag_id, run_id, flow.report_task)
    if figures is None:
        figures = stack.ledger_summary(flow.name, run_id)
    if figures is None:
        raise StackError(f"The run {run_id} of {flow.dag_id} ended as {run.state} and left no report.")
    return FlowResult(flow, run, figures, counters, _disagreements(figures, counters))


def _disagreements(figures: Mapping[str, Any], counters: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A sentence per figure that is not what the sandbox servers counted."""
    found = []
    for system in SYSTEMS:
        own, theirs = figures["requests"].get(system, 0), counters[system]["requests"]
        if own != theirs:
            found.append(
                f"The run counts {own} requests to {system}, but the {system} sandbox counts {theirs}."
            )
    accounted = sum(figures[outcome] for outcome in OUTCOMES)
    if accounted != figures["found"]:
        found.append(f"{figures['found']} were found, but the outcomes add up to {accounted}.")
    return found
