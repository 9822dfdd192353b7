"""One flow run through the stack, with its figures checked against what the sandbox servers counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_stack.airflow_api import TaskState
from local_stack.follow import FinishedRun, follow, last_error, task_log
from local_stack.running import RunningAirflow

OUTCOMES = ("sent", "unchanged", "linked", "unconfirmed", "held", "excluded", "failed")
SYSTEMS = ("abicart", "specter")
READING_SECONDS = 12.0
"""How long a question is looked at before it is answered."""


Answer = Callable[["RunningAirflow", str, str, str], None]
"""Gets the stack, the DAG, the run, and the task that waits for a person."""


@dataclass(frozen=True, slots=True)
class FlowRun:
    """What to run: the flow's name in the report, its DAG, and what the trigger form would be filled with.

    :param scheduled: switch the DAG on and take the run that its schedule makes, instead of triggering one.
    :param conf_of: what the trigger form would be filled with, where that is known only by then.
    :param prepare: what people do in the two systems before the run.
    :param answer: what a person answers when the run asks; without, it would wait.
    :param found: what the flow finds, for the table.
    :param checks: each compares the run's figures with what the sandbox servers hold now, and returns a sentence
        per disagreement.
    """

    name: str
    dag_id: str
    conf: Mapping[str, Any] = field(default_factory=dict)
    report_task: str = "report"
    scheduled: bool = False
    conf_of: Callable[[RunningAirflow], Mapping[str, Any]] = lambda _: {}
    prepare: Callable[[RunningAirflow], None] = lambda _: None
    answer: Answer | None = None
    found: str = "products and variants sold"
    checks: Sequence[Callable[[RunningAirflow, FinishedRun, Mapping[str, Any]], list[str]]] = ()


@dataclass(frozen=True, slots=True)
class FlowResult:
    """What came out.

    :param figures: the run's own; empty if it ended before it could account for itself.
    :param counters: what the sandbox servers counted in the same time.
    :param complaints: a sentence for each thing that is not as it should be.
    """

    flow: FlowRun
    run: FinishedRun
    figures: dict[str, Any]
    counters: dict[str, dict[str, Any]]
    complaints: list[str]


def run_flow(
    stack: RunningAirflow,
    flow: FlowRun,
    *,
    say: Callable[[str], None] = lambda _: None,
    seconds: float = 1800.0,
    every: float = 0.5,
    watch: Callable[[list[TaskState]], None] = lambda _: None,
) -> FlowResult:
    """Trigger, wait, read the report.

    :raises StackError: the run did not end in ``seconds``, or a process of the stack ended.
    """
    flow.prepare(stack)
    for control in stack.sandboxes.values():
        control.reset_counters()
    conf = {**flow.conf, **flow.conf_of(stack)}
    run_id = stack.first_scheduled(flow.dag_id) if flow.scheduled else stack.trigger(flow.dag_id, **conf)
    look = watch if flow.answer is None else _answering(stack, flow, run_id, watch)
    run = follow(stack, flow.dag_id, run_id, say=say, seconds=seconds, every=every, watch=look)
    counters = {server: control.counters() for server, control in stack.sandboxes.items()}
    figures = stack.api.xcom(flow.dag_id, run_id, flow.report_task)
    if (
        figures is None
    ):  # a report that found something wrong is red and returns nothing, but has left it there
        figures = stack.ledger_summary(flow.name, run_id) or {}
    complaints = failures(stack, run)
    if figures:
        # Another run of the schedule meanwhile: then the servers counted both.
        alone = stack.api.newest_run(flow.dag_id) == run_id
        complaints += disagreements(figures, counters if alone else {})
        complaints += [sentence for check in flow.checks for sentence in check(stack, run, figures)]
    else:
        complaints.append("The run left no report.")
    return FlowResult(flow, run, figures, counters, complaints)


def _answering(
    stack: RunningAirflow, flow: FlowRun, run_id: str, watch: Callable[[list[TaskState]], None]
) -> Callable[[list[TaskState]], None]:
    """Also looks for questions, and answers each once, as late as a quick person would.

    Airflow takes an answer that comes before the process that asked has ended for a fault of the executor.
    """
    seen: dict[tuple[str, int], float] = {}
    answered: set[tuple[str, int]] = set()

    def look(tasks: list[TaskState]) -> None:
        watch(tasks)
        for task in tasks:
            asked = (task.task_id, task.try_number)
            if task.state != "awaiting_input" or asked in answered or flow.answer is None:
                continue
            if time.monotonic() - seen.setdefault(asked, time.monotonic()) >= READING_SECONDS:
                answered.add(asked)
                flow.answer(stack, flow.dag_id, run_id, task.task_id)

    return look


def failures(stack: RunningAirflow, run: FinishedRun) -> list[str]:
    """A sentence per failed task, with its last error, and one for the run."""
    found = []
    for task in run.failed_tasks:
        log = task_log(stack, run.dag_id, run.run_id, task)
        found.append(f"Task {task.label} failed: {last_error(log) or 'see its log.'} Log: {log}")
    if run.state != "success":
        found.append(f"The run of {run.dag_id} ended as {run.state}.")
    return found


def disagreements(figures: Mapping[str, Any], counters: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A sentence per figure that is not what the sandbox servers counted."""
    found = []
    for system in counters if "requests" in figures else ():
        own, theirs = figures["requests"].get(system, 0), counters[system]["requests"]
        if own != theirs:
            found.append(
                f"The run counts {own} requests to {system}, but the {system} sandbox counts {theirs}."
            )
    if "found" not in figures:
        return found
    accounted = sum(figures[outcome] for outcome in OUTCOMES)
    if accounted != figures["found"]:
        found.append(f"{figures['found']} were found, but the outcomes add up to {accounted}.")
    return found
