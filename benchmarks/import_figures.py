"""What is measured about one run of the nightly import."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from measured_run import ALLOWED_SECONDS, Measured, TaskFigures

from local_stack.stack import POOL_SLOTS

QUEUE_ROWS = 500
"""Articles that Specter tells in one answer."""
FRESH_READ = 100
"""Articles that one request reads afresh before they are written."""
WRITE = "Article.set"


@dataclass(frozen=True, slots=True)
class Need:
    """The requests that a night cannot do without.

    :param pages: of the catalogue, one after the other.
    :param queue: reading Specter's queue and acknowledging it, one after the other, beside the pages.
    :param fresh: reading what is to be written, just before.
    :param writes: requests with the writes; these and the ones before are spread over the slots.
    """

    pages: int
    queue: int
    fresh: int
    writes: int

    def seconds(self, request: float) -> float:
        """What waiting for them takes when each takes ``request`` seconds."""
        return request * (max(self.pages, self.queue) + (self.fresh + self.writes) / POOL_SLOTS)


def need(articles: int, told: int, changed: int, page_size: int, batch_size: int) -> Need:
    """For so many articles in the shop, product numbers told by Specter, and articles to write."""
    return Need(
        pages=ceil(articles / page_size),
        queue=2 * (ceil(told / QUEUE_ROWS) + 1),  # the last, empty one is acknowledged too
        fresh=ceil(changed / FRESH_READ),
        writes=ceil(changed / batch_size),
    )


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One night."""

    run: str
    state: str
    articles: int
    looked_at: int
    applied: int
    held: int
    wall: float
    need: Need
    bound: float
    requests: dict[str, int]
    calls: dict[str, dict[str, int]]
    connections: dict[str, int]
    airflow_cpu: float
    tasks_cpu: float
    watching_cpu: float
    sandbox_cpu: float
    tasks: list[TaskFigures]
    empty_task_rss: float

    @property
    def writes(self) -> int:
        """Writes to the shop, as the sandbox counted them."""
        return self.calls["abicart"].get(WRITE, 0)

    @property
    def ratio(self) -> float:
        return self.wall / self.bound

    @property
    def ratio_beyond_airflow(self) -> float:
        """With the seconds taken off that Airflow is allowed for itself."""
        return (self.wall - ALLOWED_SECONDS) / self.bound

    @property
    def largest_task(self) -> TaskFigures | None:
        """By peak resident memory."""
        return max(self.tasks, key=lambda task: task.rss, default=None)


def import_run(
    name: str, measured: Measured, articles: int, needed: Need, request: float, empty_task_rss: float
) -> ImportRun:
    """The figures of a run.

    :param request: seconds that every request takes.
    """
    figures = measured.result.figures
    return ImportRun(
        run=name,
        state=measured.state,
        articles=articles,
        looked_at=figures["looked_at"],
        applied=figures["applied"],
        held=figures["held"],
        wall=measured.wall,
        need=needed,
        bound=needed.seconds(request),
        requests=measured.counted("requests"),
        calls={server: measured.calls(server) for server in ("abicart", "specter")},
        connections=measured.counted("connections"),
        airflow_cpu=measured.airflow_cpu,
        tasks_cpu=measured.tasks_cpu,
        watching_cpu=measured.watching_cpu,
        sandbox_cpu=measured.sandbox_cpu,
        tasks=measured.tasks,
        empty_task_rss=empty_task_rss,
    )
