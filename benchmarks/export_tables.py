"""The figures as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from typing import Protocol

from export_figures import Latency, RunFigures
from measured_run import ALLOWED_SECONDS, MIB, TaskFigures

from local_stack.stack import POOL_SLOTS


class HasTasks(Protocol):
    """Any run of which the tasks were measured."""

    @property
    def tasks(self) -> list[TaskFigures]: ...


def machine() -> str:
    """What it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load before {load:.1f}"
    )


def report(runs: Sequence[RunFigures], latency: Latency, where: str) -> str:
    """The whole Markdown."""
    request, article = 1000 * latency.request, 1000 * latency.article_call
    growth = growth_lines(runs)
    parts = [
        f"Measured on {where}. {request:.0f} ms per request, {article:.0f} ms more per article call, "
        f"{POOL_SLOTS} pool slots. Bound: page reads × {request:.0f} ms + article calls × "
        f"{request + article:.0f} ms ÷ {POOL_SLOTS}.",
        summary_table(runs),
        *growth[:1],
        "\n".join(growth[1:]),
    ]
    for run in runs:
        parts += [f"{run.items:,} items, {run.run}, by task:", task_table(run)]
    return "\n\n".join(part for part in parts if part)


def summary_table(runs: Sequence[RunFigures]) -> str:
    """The main table: a column per run."""

    def per_thousand(count: int, run: RunFigures) -> str:
        return f"{1000 * count / run.found:.1f}"

    rows: list[tuple[str, list[str]]] = [
        (
            "outcome",
            [f"{r.state}: {', '.join(f'{n} {k}' for k, n in r.outcomes.items() if n)}" for r in runs],
        ),
        ("wall", [f"{r.wall:.1f} s" for r in runs]),
        ("bound", [f"{r.bound:.1f} s" for r in runs]),
        ("wall ÷ bound", [f"{r.ratio:.2f}" for r in runs]),
        (f"(wall − {ALLOWED_SECONDS:.0f} s) ÷ bound", [f"{r.ratio_beyond_airflow:.2f}" for r in runs]),
        ("page reads", [str(r.page_reads) for r in runs]),
        ("article calls", [str(r.article_calls) for r in runs]),
        ("reading requests per 1,000 items", [per_thousand(r.requests["abicart"], r) for r in runs]),
        ("article calls per 1,000 items", [per_thousand(r.article_calls, r) for r in runs]),
        ("writes of records", [str(r.writes) for r in runs]),
        (
            "new connections to Abicart / Specter",
            [" / ".join(map(str, r.connections.values())) for r in runs],
        ),
        ("processor: Airflow with tasks", [f"{r.airflow_cpu:.1f} s" for r in runs]),
        ("processor: of that the tasks", [f"{r.tasks_cpu:.1f} s" for r in runs]),
        ("processor: watching by this benchmark", [f"{r.watching_cpu:.1f} s" for r in runs]),
        ("processor: sandbox servers", [f"{r.sandbox_cpu:.1f} s" for r in runs]),
        ("empty Airflow task, peak memory", [f"{r.empty_task_rss:.0f} MiB" for r in runs]),
        *((f"{task}, peak memory", [memory(task, r) for r in runs]) for task in task_names(runs)),
    ]
    head = "| | " + " | ".join(f"{r.items:,} items, {r.run}" for r in runs) + " |"
    rule = "|---|" + "---:|" * len(runs)
    return "\n".join([head, rule, *(f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows)])


def task_names(runs: Iterable[HasTasks]) -> list[str]:
    """Every task that any of the runs had."""
    return list(dict.fromkeys(task.task for run in runs for task in run.tasks))


def memory(name: str, run: HasTasks) -> str:
    """The peak of a task; empty where the run did not have it."""
    return next((f"{task.rss:.0f} MiB" for task in run.tasks if task.task == name), "")


def task_table(run: HasTasks) -> str:
    """Per task of one run."""
    head = [
        "| task | instances | longest | processor | peak memory (resident) | (proportional) |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    body = [
        f"| {task.task} | {task.instances} | {task.longest_seconds:.1f} s | {task.cpu_seconds:.1f} s "
        f"| {task.rss:.0f} MiB | {task.pss:.0f} MiB |"
        for task in run.tasks
    ]
    return "\n".join(head + body)


def growth_lines(runs: Sequence[RunFigures]) -> list[str]:
    """How memory grows from the smallest to the largest size, first exports only."""
    first = [run for run in runs if run.run == "first export"]
    if len(first) < 2:
        return []
    small, large = first[0], first[-1]
    lines = [f"From {small.items:,} to {large.items:,} items:"]
    for task in large.tasks:
        base = next((one for one in small.tasks if one.task == task.task), None)
        if base is None:
            continue
        per_item = (task.rss - base.rss) * MIB / (large.found - small.found)
        lines.append(
            f"- {task.task}: {base.rss:.0f} → {task.rss:.0f} MiB ({100 * (task.rss / base.rss - 1):+.0f} %, "
            f"{per_item:.0f} bytes an item)"
        )
    return lines
