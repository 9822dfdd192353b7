"""Measures the product export with a real Airflow scheduler, against sandbox servers with the latency of real ones.

Per size: a fresh stack; an empty Airflow task for comparison; the export; the export again, which finds everything
unchanged. What is printed is Markdown. Processor seconds and memory are read from /proc, so they need Linux.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from export_figures import Latency, RunFigures, measure_run
from export_tables import machine, report
from measured_run import EMPTY_DAG, dags_of, empty_task_rss, say

from local_stack.errors import StackError, StoppedError
from local_stack.files import project_home
from local_stack.flows import PRODUCT_EXPORT
from local_stack.sandbox import SandboxOptions
from local_stack.signals import stop_on_signals
from local_stack.stack import LocalStack, StackOptions

FIRST, AGAIN = "first export", "unchanged re-run"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/product_export", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--items", default="10000,100000", help="sizes, with commas (10000,100000)")
    parser.add_argument("--request-ms", type=float, default=30, help="latency of every request (30)")
    parser.add_argument("--article-call-ms", type=float, default=200, help="more for an article call (200)")
    parser.add_argument("--timeout", type=float, default=7200, help="seconds for each run (7200)")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    return parser.parse_args(arguments)


def measure_size(items: int, options: argparse.Namespace) -> list[RunFigures]:
    """First run and unchanged re-run of one size, on a fresh stack."""
    home = project_home("benchmark")
    stack_options = StackOptions(
        dags=dags_of(home),
        sandbox=SandboxOptions(
            items=items,
            request_ms=options.request_ms,
            article_call_ms=options.article_call_ms,
            log_size=0,
        ),
    )
    with LocalStack(home, stack_options, say) as stack:
        stack.wait_until_parsed(EMPTY_DAG)
        stack.wait_until_parsed(PRODUCT_EXPORT.dag_id)
        empty = empty_task_rss(stack)
        return [
            measure_run(stack, items, name, latency_of(options), empty, options.timeout, say)
            for name in (FIRST, AGAIN)
        ]


def latency_of(options: argparse.Namespace) -> Latency:
    return Latency(options.request_ms / 1000, options.article_call_ms / 1000)


def main(arguments: Sequence[str]) -> int:
    """0 when every run was green and the re-runs wrote nothing."""
    options = parse(arguments)
    sizes = [int(size) for size in options.items.split(",")]
    where, started = machine(), time.monotonic()
    runs: list[RunFigures] = []
    try:
        with stop_on_signals():
            for items in sizes:
                runs += measure_size(items, options)
    except StackError as error:
        print(f"{error.details}\nproduct_export: {error}", file=sys.stderr)
        return 1
    except StoppedError as stop:
        print(f"product_export: {stop}; no process is left.", file=sys.stderr)
        return stop.exit_code
    print(report(runs, latency_of(options), where))
    if options.json is not None:
        figures: list[dict[str, Any]] = [asdict(run) for run in runs]
        options.json.write_text(json.dumps({"machine": where, "runs": figures}, indent=2), encoding="utf-8")
    say(f"The whole benchmark took {time.monotonic() - started:.0f} s.")
    wrote = [run for run in runs if run.run == AGAIN and run.writes]
    return int(any(run.state != "success" for run in runs) or bool(wrote))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
