"""What is measured about one run of the order export."""

from __future__ import annotations

from dataclasses import dataclass

from measured_run import ALLOWED_SECONDS, Measured, TaskFigures

from local_stack.stack import POOL_SLOTS

ORDER_CALL, CUSTOMER_CALL, MARK = "newOrderSubmit", "newCustomerSubmit", "Order.set"
OUTCOMES = ("sent", "unchanged", "linked", "held", "excluded", "failed", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that the sandbox servers add: to every request, and more to a call with an order."""

    request: float
    order_call: float


@dataclass(frozen=True, slots=True)
class OrderRun:
    """One run of the order export.

    :param bound: what waiting for the two systems alone takes, spread evenly over the pool's slots.
    :param reads: requests to the shop that only read; ``mark_requests`` carry the ``marks``, many in each.
    """

    run: str
    state: str
    found: int
    outcomes: dict[str, int]
    flags: dict[str, int]
    wall: float
    bound: float
    order_calls: int
    customer_calls: int
    requests: dict[str, int]
    reads: int
    marks: int
    mark_requests: int
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

    @property
    def instances(self) -> int:
        """Tasks that ran."""
        return sum(task.instances for task in self.tasks)

    @property
    def largest_task(self) -> float:
        """Peak resident memory in MiB."""
        return max((task.rss for task in self.tasks), default=0.0)


def order_run(name: str, measured: Measured, latency: Latency, empty_task_rss: float) -> OrderRun:
    """The figures of a run."""
    figures = measured.result.figures
    requests, shop, specter = (
        measured.counted("requests"),
        measured.calls("abicart"),
        measured.calls("specter"),
    )
    marks = shop.pop(MARK, 0)
    reads = sum(shop.values())  # each a request of its own: only marks go in batches here
    order_calls = specter.get(ORDER_CALL, 0)
    waiting = sum(requests.values()) * latency.request + order_calls * latency.order_call
    return OrderRun(
        run=name,
        state=measured.state,
        found=figures["found"],
        outcomes={key: figures[key] for key in OUTCOMES},
        flags=dict(figures["flags"]),
        wall=measured.wall,
        bound=waiting / POOL_SLOTS,
        order_calls=order_calls,
        customer_calls=specter.get(CUSTOMER_CALL, 0),
        requests=requests,
        reads=reads,
        marks=marks,
        mark_requests=requests["abicart"] - reads,
        connections=measured.counted("connections"),
        airflow_cpu=measured.airflow_cpu,
        tasks_cpu=measured.tasks_cpu,
        watching_cpu=measured.watching_cpu,
        sandbox_cpu=measured.sandbox_cpu,
        tasks=measured.tasks,
        empty_task_rss=empty_task_rss,
    )
