"""What is measured about one run of the product export."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from local_stack.errors import StackError
from local_stack.flow_run import FlowResult, run_flow
from local_stack.flows import PRODUCT_EXPORT
from local_stack.follow import follow
from local_stack.measure import TaskCost, TaskSampler, tree_cpu_seconds
from local_stack.stack import POOL_SLOTS, LocalStack

EMPTY_DAG = "empty_task"
ALLOWED_SECONDS = 15.0
MIB = 1024 * 1024
PAGE_READ, ARTICLE_CALL = "Article.list", "newArticleSubmit"
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
class RunFigures:
    """One export run."""

    items: int
    run: str
    state: str
    found: int
    outcomes: dict[str, int]
    wall: float
    bound: float
    page_reads: int
    article_calls: int
    requests: dict[str, int]
    writes: int
    connections: dict[str, int]
    airflow_cpu: float
    tasks_cpu: float
    watching_cpu: float
    sandbox_cpu: float
    tasks: list[TaskFigures]
    empty_task_rss: float

    @property
    def ratio(self) -> float:
        return self.wall / self.bound

    @property
    def ratio_beyond_airflow(self) -> float:
        """With the seconds taken off that Airflow is allowed for itself."""
        return (self.wall - ALLOWED_SECONDS) / self.bound


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that the sandbox servers add: to every request, and more to an article call."""

    request: float
    article_call: float


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


def measure_run(
    stack: LocalStack,
    items: int,
    name: str,
    latency: Latency,
    empty: float,
    seconds: float,
    say: Callable[[str], None],
) -> RunFigures:
    """One run with everything that is counted about it."""
    supervisor = stack.supervisor
    sandboxes = [supervisor.pid_of(f"sandbox-{server}") for server in stack.sandboxes]

    def cpu() -> tuple[float, float]:
        """Of Airflow with its tasks, and of the sandbox servers. The keeper and this process are in neither."""
        sandbox = sum(tree_cpu_seconds(pid) for pid in sandboxes)
        return sum(tree_cpu_seconds(supervisor.pid_of(part)) for part in AIRFLOW_PARTS), sandbox

    say(f"{items} items: {name}")
    before, own = cpu(), time.process_time()
    with TaskSampler(supervisor.pid_of("scheduler"), every=0.5) as sampler:
        result = run_flow(stack, PRODUCT_EXPORT, say=say, seconds=seconds, every=2.0)
    after, own = cpu(), time.process_time() - own
    for sentence in result.complaints:
        say(f"✗ {sentence}")
    if not result.figures:
        raise StackError("The run left no figures.")
    tasks = task_figures(result, sampler.costs)
    page_reads, article_calls = page_reads_of(result), article_calls_of(result)
    return RunFigures(
        items=items,
        run=name,
        state=result.run.state if not result.complaints else "not green",
        found=result.figures["found"],
        outcomes={key: result.figures[key] for key in ("sent", "unchanged", "held", "failed", "unconfirmed")},
        wall=wall_seconds(stack, result),
        bound=page_reads * latency.request
        + article_calls * (latency.request + latency.article_call) / POOL_SLOTS,
        page_reads=page_reads,
        article_calls=article_calls,
        requests={server: counted["requests"] for server, counted in result.counters.items()},
        writes=sum(counted["writes"] for counted in result.counters.values()),
        connections={server: counted["connections"] for server, counted in result.counters.items()},
        airflow_cpu=after[0] - before[0],
        tasks_cpu=sum(task.cpu_seconds for task in tasks),
        watching_cpu=own,
        sandbox_cpu=after[1] - before[1],
        tasks=tasks,
        empty_task_rss=empty,
    )


def wall_seconds(stack: LocalStack, result: FlowResult) -> float:
    """From the trigger to the run's end, by Airflow's own times."""
    run = stack.api.run(result.run.dag_id, result.run.run_id)
    begin, end = (datetime.fromisoformat(run[key]) for key in ("queued_at", "end_date"))
    return (end - begin).total_seconds()


def page_reads_of(result: FlowResult) -> int:
    """Pages of the catalogue that were asked for."""
    return int(result.counters["abicart"]["calls"].get(PAGE_READ, 0))


def article_calls_of(result: FlowResult) -> int:
    """Calls that brought articles to Specter."""
    return int(result.counters["specter"]["calls"].get(ARTICLE_CALL, 0))


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
