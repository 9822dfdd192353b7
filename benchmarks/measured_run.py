"""One run of any flow with what it cost: times, requests, processor seconds, memory of its tasks."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local_stack.errors import StackError
from local_stack.files import PROJECT, Home
from local_stack.flow_run import FlowResult, FlowRun, run_flow
from local_stack.follow import follow
from local_stack.measure import TaskCost, TaskSampler, tree_cpu_seconds
from local_stack.stack import LocalStack

EMPTY_DAG = "empty_task"
EMPTY_DAG_FILE = '''"""One task that does nothing: what Airflow itself costs."""

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

with DAG("empty_task", schedule=None):
    PythonOperator(task_id="nothing", python_callable=lambda: None)
'''
ALLOWED_SECONDS = 15.0
"""What Airflow may take of a run for itself."""
MIB = 1024 * 1024
NEVER = "0 0 29 2 *"
"""A schedule that never comes; an order DAG's makes one run when it is switched on."""
AIRFLOW_PARTS = ("scheduler", "api-server", "dag-processor", "triggerer")


@dataclass(frozen=True, slots=True)
class TaskFigures:
    """The instances of one task together; memory in MiB, of the largest instance."""

    task: str
    instances: int
    longest_seconds: float
    cpu_seconds: float
    rss: float
    pss: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run and what it cost, in seconds. The keeper of the stack and the watching are in no other figure."""

    result: FlowResult
    wall: float
    airflow_cpu: float
    watching_cpu: float
    sandbox_cpu: float
    tasks: list[TaskFigures]

    @property
    def tasks_cpu(self) -> float:
        """The part of ``airflow_cpu`` that its tasks took."""
        return sum(task.cpu_seconds for task in self.tasks)

    @property
    def state(self) -> str:
        """Airflow's word, or that something does not agree."""
        return "not green" if self.result.complaints else self.result.run.state

    def counted(self, what: str) -> dict[str, int]:
        """A count of each sandbox server: requests, writes, connections."""
        return {server: int(counted[what]) for server, counted in self.result.counters.items()}

    def calls(self, server: str) -> dict[str, int]:
        """How often each action was called."""
        return dict(self.result.counters[server]["calls"])


def measured(
    stack: LocalStack, flow: FlowRun, name: str, say: Callable[[str], None], seconds: float
) -> Measured:
    """Run a flow and look at everything that it costs.

    :raises StackError: it did not end within ``seconds``, or left no figures.
    """
    supervisor = stack.supervisor
    sandboxes = [supervisor.pid_of(f"sandbox-{server}") for server in stack.sandboxes]

    def cpu() -> tuple[float, float]:
        sandbox = sum(tree_cpu_seconds(pid) for pid in sandboxes)
        return sum(tree_cpu_seconds(supervisor.pid_of(part)) for part in AIRFLOW_PARTS), sandbox

    say(name)
    before, own = cpu(), time.process_time()
    with TaskSampler(supervisor.pid_of("scheduler"), every=0.5) as sampler:
        result = run_flow(stack, flow, say=say, seconds=seconds, every=2.0)
    after, own = cpu(), time.process_time() - own
    for sentence in result.complaints:
        say(f"✗ {sentence}")
    if not result.figures:
        raise StackError("The run left no figures.")
    return Measured(
        result=result,
        wall=wall_seconds(stack, result),
        airflow_cpu=after[0] - before[0],
        watching_cpu=own,
        sandbox_cpu=after[1] - before[1],
        tasks=task_figures(result, sampler.costs),
    )


def wall_seconds(stack: LocalStack, result: FlowResult) -> float:
    """From the trigger to the run's end, by Airflow's own times."""
    run = stack.api.run(result.run.dag_id, result.run.run_id)
    begin, end = (datetime.fromisoformat(run[key]) for key in ("queued_at", "end_date"))
    return (end - begin).total_seconds()


def empty_task_rss(stack: LocalStack) -> float:
    """Peak resident memory, in MiB, of a task that does nothing. Its second run, when all is warm."""
    peak = 0.0
    for _ in range(2):
        with TaskSampler(stack.supervisor.pid_of("scheduler"), every=0.02) as sampler:
            run_id = stack.trigger(EMPTY_DAG)
            run = follow(stack, EMPTY_DAG, run_id, every=0.2, seconds=120)
        if run.state != "success":
            raise StackError("The empty task failed.")
        peak = max((cost.peak_rss / MIB for cost in sampler.costs.values()), default=peak)
    return peak


def task_figures(result: FlowResult, costs: dict[str, TaskCost]) -> list[TaskFigures]:
    """Per task, in the order in which they began."""
    found = []
    for task_id in dict.fromkeys(task.task_id for task in result.run.tasks):
        members = [task for task in result.run.tasks if task.task_id == task_id]
        known = [costs[task.ti_id] for task in members if task.ti_id in costs]
        if not known:
            continue  # skipped, or too short to be seen
        found.append(
            TaskFigures(
                task=task_id,
                instances=len(members),
                longest_seconds=max(task.seconds or 0.0 for task in members),
                cpu_seconds=sum(cost.cpu for cost in known),
                rss=max(cost.peak_rss for cost in known) / MIB,
                pss=max(cost.peak_pss for cost in known) / MIB,
            )
        )
    return found


def dags_of(home: Home, **replaced: str) -> Path:
    """The project's DAG files and one with an empty task, in a folder beside the stack's.

    :param replaced: DAG file's name → its schedule, so that no scheduled run falls into a measured one.
    """
    folder = home.path.with_name(home.path.name + "-dags")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PROJECT / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "empty_task.py").write_text(EMPTY_DAG_FILE, encoding="utf-8")
    for name, schedule in replaced.items():
        file = folder / f"{name}.py"
        text = file.read_text(encoding="utf-8")
        text, found = re.subn(r'^(EVERY|AT_NIGHT) = ".*"$', rf'\1 = "{schedule}"', text, flags=re.MULTILINE)
        if not found:
            raise StackError(f"{file.name} names no schedule as EVERY or AT_NIGHT.")
        file.write_text(text, encoding="utf-8")
    return folder


def say(text: str) -> None:
    """A line of progress, apart from the result."""
    print(f"{datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)  # noqa: DTZ005 - for a person
