"""What is measured about one run of the product export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from measured_run import ALLOWED_SECONDS, TaskFigures, measured

from local_stack.flow_run import FlowResult
from local_stack.flows import PRODUCT_EXPORT
from local_stack.stack import POOL_SLOTS, LocalStack

PAGE_READ, ARTICLE_CALL = "Article.list", "newArticleSubmit"
ACKNOWLEDGEMENT = "updateArticleInfosFromBatch"
"""Of a batch of the queue, an empty one too; it writes no record."""


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
    run = measured(stack, PRODUCT_EXPORT, f"{items} items: {name}", say, seconds)
    figures = run.result.figures
    page_reads, article_calls = page_reads_of(run.result), article_calls_of(run.result)
    return RunFigures(
        items=items,
        run=name,
        state=run.state,
        found=figures["found"],
        outcomes={key: figures[key] for key in ("sent", "unchanged", "held", "failed", "unconfirmed")},
        wall=run.wall,
        bound=page_reads * latency.request
        + article_calls * (latency.request + latency.article_call) / POOL_SLOTS,
        page_reads=page_reads,
        article_calls=article_calls,
        requests=run.counted("requests"),
        writes=sum(run.counted("writes").values()) - run.calls("specter").get(ACKNOWLEDGEMENT, 0),
        connections=run.counted("connections"),
        airflow_cpu=run.airflow_cpu,
        tasks_cpu=run.tasks_cpu,
        watching_cpu=run.watching_cpu,
        sandbox_cpu=run.sandbox_cpu,
        tasks=run.tasks,
        empty_task_rss=empty,
    )


def page_reads_of(result: FlowResult) -> int:
    """Pages of the catalogue that were asked for."""
    return int(result.counters["abicart"]["calls"].get(PAGE_READ, 0))


def article_calls_of(result: FlowResult) -> int:
    """Calls that brought articles to Specter."""
    return int(result.counters["specter"]["calls"].get(ARTICLE_CALL, 0))
