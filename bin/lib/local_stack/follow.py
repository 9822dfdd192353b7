"""Watching a run until it ends."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local_stack.airflow_api import TaskState
from local_stack.errors import StackError
from local_stack.running import RunningAirflow

DONE = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
TOLD = DONE | {"running", "up_for_retry"}


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that has ended. ``state`` is ``success`` or ``failed``; ``seconds`` since it was triggered."""

    dag_id: str
    run_id: str
    state: str
    seconds: float
    tasks: tuple[TaskState, ...]

    @property
    def failed_tasks(self) -> list[TaskState]:
        return [task for task in self.tasks if task.state == "failed"]


def follow(
    stack: RunningAirflow,
    dag_id: str,
    run_id: str,
    *,
    say: Callable[[str], None] = lambda _: None,
    seconds: float = 1800.0,
    every: float = 0.5,
    watch: Callable[[list[TaskState]], None] = lambda _: None,
) -> FinishedRun:
    """Wait for the end of a run, telling each change of a task.

    :param every: seconds between two looks.
    :param watch: gets all task instances at every look.
    :raises StackError: it did not end in time, or a process of the stack ended.
    """
    started = time.monotonic()
    told: dict[str, str] = {}
    while True:
        stack.check()
        state = stack.api.run(dag_id, run_id)["state"]
        tasks = stack.api.task_states(dag_id, run_id)
        watch(tasks)
        elapsed = time.monotonic() - started
        for line in changes(tasks, told, lambda task: last_error(task_log(stack, dag_id, run_id, task))):
            say(f"{elapsed:7.1f} s  {line}")
        if state in ("success", "failed"):
            return FinishedRun(dag_id, run_id, state, elapsed, tuple(tasks))
        if elapsed > seconds:
            raise StackError(f"The run {run_id} of {dag_id} did not end within {seconds:.0f} s.")
        time.sleep(every)


def changes(tasks: list[TaskState], told: dict[str, str], why: Callable[[TaskState], str]) -> list[str]:
    """A line per task, or per group of mapped instances, whose state is new; ``why`` finds a task's error."""
    lines = []
    groups: dict[str, list[TaskState]] = {}
    for task in tasks:
        groups.setdefault(task.task_id, []).append(task)
    for task_id, members in groups.items():
        if len(members) > 1 or members[0].map_index >= 0:
            counts = Counter(task.state for task in members)
            ended = sum(count for state, count in counts.items() if state in DONE)
            text = f"{ended} of {len(members)} done"
            bad = {
                state: counts[state]
                for state in ("failed", "upstream_failed", "up_for_retry")
                if counts[state]
            }
            text += "".join(f", {count} {state}" for state, count in bad.items())
            worth = ended > 0 or bool(bad)
            trouble = next((task for task in members if task.state == "up_for_retry"), None)
        else:
            (task,) = members
            text = task.state + (f" (try {task.try_number})" if task.try_number > 1 else "")
            if task.state in DONE and task.seconds is not None:
                text += f" in {task.seconds:.1f} s"
            worth = task.state in TOLD
            trouble = task if task.state == "up_for_retry" else None
        if worth and told.get(task_id) != text:
            told[task_id] = text
            lines.append(f"{task_id:<24} {text}{f': {why(trouble)}' if trouble else ''}")
    return lines


def task_log(stack: RunningAirflow, dag_id: str, run_id: str, task: TaskState) -> Path:
    """The log file of a task's last try."""
    folder = stack.task_logs / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    return folder / f"attempt={task.try_number}.log"


def last_error(log: Path) -> str:
    """The last error of a task's log, in one line; empty if there is none."""
    found = ""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if record.get("level") in ("error", "critical"):
            details = record.get("error_detail") or []
            words = (
                f"{details[-1]['exc_type']}: {details[-1]['exc_value']}"
                if details
                else record.get("event", "")
            )
            found = str(words).strip() or found
    return found
