"""The figures of the import benchmark as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from export_tables import memory, task_names, task_table
from import_figures import ImportRun
from measured_run import ALLOWED_SECONDS

from local_stack.stack import POOL_SLOTS


def report(runs: Sequence[ImportRun], items: int, request: float, where: str) -> str:
    """The whole Markdown."""
    parts = [
        f"Measured on {where}. {items:,} products in {runs[0].articles:,} articles of the shop, "
        f"{1000 * request:.0f} ms per request, {POOL_SLOTS} pool slots. Bound: ((pages or queue requests, whichever "
        f"are more) + (fresh reads + requests with writes) ÷ {POOL_SLOTS}) × {1000 * request:.0f} ms.",
        summary_table(runs),
    ]
    for run in runs:
        parts += [f"{run.run.capitalize()}, by task:", task_table(run)]
    return "\n\n".join(parts)


def summary_table(runs: Sequence[ImportRun]) -> str:
    """The main table: a column per run."""

    def row(name: str, cell: Callable[[ImportRun], str]) -> str:
        return f"| {name} | " + " | ".join(cell(run) for run in runs) + " |"

    lines = [
        row("", lambda r: r.run),
        "|---|" + "---:|" * len(runs),
        row("outcome", lambda r: f"{r.state}: {r.applied} applied, {r.held} held"),
        row("product numbers looked at", lambda r: str(r.looked_at)),
        row("writes to the shop", lambda r: str(r.writes)),
        row("wall", lambda r: f"{r.wall:.1f} s"),
        row("bound", lambda r: f"{r.bound:.1f} s"),
        row("wall ÷ bound", lambda r: f"{r.ratio:.2f}"),
        row(f"(wall − {ALLOWED_SECONDS:.0f} s) ÷ bound", lambda r: f"{r.ratio_beyond_airflow:.2f}"),
        row("needed: pages / fresh reads / requests with writes", _needed),
        row("needed: queue requests", lambda r: str(r.need.queue)),
        row("requests to Abicart / Specter", lambda r: " / ".join(map(str, r.requests.values()))),
        *(
            row(f"{server}: {action}", lambda r, s=server, a=action: str(r.calls[s].get(a, 0)))  # type: ignore[misc]
            for server, action in _actions(runs)
        ),
        row("new connections to Abicart / Specter", lambda r: " / ".join(map(str, r.connections.values()))),
        row("processor: Airflow with tasks", lambda r: f"{r.airflow_cpu:.1f} s"),
        row("processor: of that the tasks", lambda r: f"{r.tasks_cpu:.1f} s"),
        row("processor: watching by this benchmark", lambda r: f"{r.watching_cpu:.1f} s"),
        row("processor: sandbox servers", lambda r: f"{r.sandbox_cpu:.1f} s"),
        row("largest task", _largest),
        row("empty Airflow task, peak memory", lambda r: f"{r.empty_task_rss:.0f} MiB"),
        *(row(f"{task}, peak memory", lambda r, task=task: memory(task, r)) for task in task_names(runs)),  # type: ignore[misc]
    ]
    return "\n".join(lines)


def _needed(run: ImportRun) -> str:
    return f"{run.need.pages} / {run.need.fresh} / {run.need.writes}"


def _actions(runs: Sequence[ImportRun]) -> list[tuple[str, str]]:
    """Every action that any of the runs called, calls of a batch counted one by one."""
    return sorted(
        {(server, action) for run in runs for server, calls in run.calls.items() for action in calls}
    )


def _largest(run: ImportRun) -> str:
    largest = run.largest_task
    return "" if largest is None else f"{largest.task}, {largest.rss:.0f} MiB"
