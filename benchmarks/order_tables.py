"""The figures of the order benchmark as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from export_tables import memory, task_names, task_table
from measured_run import ALLOWED_SECONDS
from order_figures import Latency, OrderRun

from local_stack.stack import POOL_SLOTS


def report(runs: Sequence[OrderRun], latency: Latency, where: str) -> str:
    """The whole Markdown."""
    request, order = 1000 * latency.request, 1000 * latency.order_call
    parts = [
        f"Measured on {where}. {request:.0f} ms per request, {order:.0f} ms more per order call, "
        f"{POOL_SLOTS} pool slots. Bound: (requests × {request:.0f} ms + order calls × {order:.0f} ms) "
        f"÷ {POOL_SLOTS}.",
        summary_table(runs),
    ]
    for run in runs:
        parts += [f"{run.run.capitalize()}, by task:", task_table(run)]
    return "\n\n".join(parts)


def summary_table(runs: Sequence[OrderRun]) -> str:
    """The main table: a column per run."""

    def row(name: str, cell: Callable[[OrderRun], str]) -> str:
        return f"| {name} | " + " | ".join(cell(run) for run in runs) + " |"

    lines = [
        row("", lambda r: r.run),
        "|---|" + "---:|" * len(runs),
        row("outcome", lambda r: f"{r.state}: {_outcomes(r)}"),
        row("wall", lambda r: f"{r.wall:.1f} s"),
        row("bound", _of_wave(lambda r: f"{r.bound:.1f} s")),
        row("wall ÷ bound", _of_wave(lambda r: f"{r.ratio:.2f}")),
        row(f"(wall − {ALLOWED_SECONDS:.0f} s) ÷ bound", _of_wave(lambda r: f"{r.ratio_beyond_airflow:.2f}")),
        row("requests to Specter", lambda r: str(r.requests["specter"])),
        row("of them with an order / a customer", lambda r: f"{r.order_calls} / {r.customer_calls}"),
        row("requests to Specter per 1,000 orders", _of_wave(lambda r: _per_1000(r.requests["specter"], r))),
        row("reads of the shop", lambda r: str(r.reads)),
        row("reads per 1,000 orders", _of_wave(lambda r: _per_1000(r.reads, r))),
        row("orders marked in the shop / requests for that", lambda r: f"{r.marks} / {r.mark_requests}"),
        row("new connections to Abicart / Specter", lambda r: " / ".join(map(str, r.connections.values()))),
        row("tasks that ran", lambda r: str(r.instances)),
        row("processor: Airflow with tasks", lambda r: f"{r.airflow_cpu:.1f} s"),
        row("processor: of that the tasks", lambda r: f"{r.tasks_cpu:.1f} s"),
        row("processor: the sending tasks, per order", _of_wave(_sending)),
        row("processor: watching by this benchmark", lambda r: f"{r.watching_cpu:.1f} s"),
        row("processor: sandbox servers", lambda r: f"{r.sandbox_cpu:.1f} s"),
        row("empty Airflow task, peak memory", lambda r: f"{r.empty_task_rss:.0f} MiB"),
        *(row(f"{task}, peak memory", lambda r, task=task: memory(task, r)) for task in task_names(runs)),  # type: ignore[misc]
    ]
    return "\n".join(lines)


def _of_wave(cell: Callable[[OrderRun], str]) -> Callable[[OrderRun], str]:
    """A cell that says nothing for a run that found no orders."""
    return lambda run: cell(run) if run.outcomes["sent"] else ""


def _per_1000(count: int, run: OrderRun) -> str:
    return f"{1000 * count / run.outcomes['sent']:.1f}"


def _sending(run: OrderRun) -> str:
    seconds = sum(task.cpu_seconds for task in run.tasks if task.task == "send_orders")
    return f"{1000 * seconds / run.outcomes['sent']:.1f} ms"


def _outcomes(run: OrderRun) -> str:
    return ", ".join(f"{count} {name}" for name, count in run.outcomes.items() if count) or "nothing found"
