"""Measures the nightly import with a real Airflow scheduler, against sandbox servers with the latency of real ones.

Products are exported first, unmeasured. Then four nights: a price list that changes a few articles; one that finds
nothing; a price list that changes all; one that finds nothing. What is printed is Markdown. Processor seconds and
memory are read from /proc, so they need Linux.
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

from export_tables import machine
from import_figures import ImportRun, import_run, need
from import_shop import Shop, shops_folder
from import_tables import report
from measured_run import EMPTY_DAG, NEVER, dags_of, empty_task_rss, measured, say

from abicart_specter.settings import load_shop
from local_stack.demo_imports import NIGHT
from local_stack.errors import StackError, StoppedError
from local_stack.files import project_home
from local_stack.flow_run import FlowRun, run_flow
from local_stack.flows import PRODUCT_EXPORT
from local_stack.running import SHOP
from local_stack.sandbox import SandboxOptions
from local_stack.signals import stop_on_signals
from local_stack.stack import LocalStack, StackOptions

ALL = 100.0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/nightly_import", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--items", type=int, default=100_000, help="products in both systems (100000)")
    parser.add_argument(
        "--percent", type=float, default=2, help="of the articles change in the first night (2)"
    )
    parser.add_argument("--only-some", action="store_true", help="leave out the night in which all change")
    parser.add_argument("--request-ms", type=float, default=30, help="latency of every request (30)")
    parser.add_argument("--timeout", type=float, default=7200, help="seconds for each run (7200)")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    return parser.parse_args(arguments)


def nights(options: argparse.Namespace) -> list[tuple[str, float]]:
    """Name of each night, and how many percent of the articles change before it."""
    some = [(f"{options.percent:g} % changed", options.percent), ("nothing changed", 0.0)]
    return some if options.only_some else [*some, ("all changed", ALL), ("nothing changed since", 0.0)]


def measure(options: argparse.Namespace) -> list[ImportRun]:
    """All runs, on a fresh stack."""
    home = project_home("benchmark")
    folder = shops_folder(home)
    limits = load_shop(folder / f"{SHOP}.yaml").limits
    stack_options = StackOptions(
        dags=dags_of(home, nightly_import=NEVER),
        sandbox=SandboxOptions(items=1, log_size=0),
        environment={"ABICART_SPECTER_SHOPS_DIR": str(folder)},
    )
    with LocalStack(home, stack_options, say) as stack:
        shop = Shop(stack, options.items)
        shop.seed()
        flow = FlowRun("nightly_import", NIGHT, checks=(shop.exactly_the_changes_came,))
        for dag_id in (EMPTY_DAG, PRODUCT_EXPORT.dag_id, NIGHT):
            stack.wait_until_parsed(dag_id)
        say(f"The export of {options.items} products, unmeasured")
        if complaints := run_flow(stack, PRODUCT_EXPORT, seconds=options.timeout, every=2.0).complaints:
            raise StackError(" ".join(complaints))
        empty = empty_task_rss(stack)
        shop.slow_down(options.request_ms)
        runs = []
        for name, percent in nights(options):
            shop.price_list(percent)
            run = measured(stack, flow, name, say, options.timeout)
            needed = need(shop.articles, shop.told(), len(shop.changed), limits.page_size, limits.batch_size)
            runs.append(import_run(name, run, shop.articles, needed, options.request_ms / 1000, empty))
            say(f"{name}: {runs[-1].wall:.1f} s")
        return runs


def main(arguments: Sequence[str]) -> int:
    """0 when every run was green, and wrote exactly what had changed."""
    options = parse(arguments)
    where, started = machine(), time.monotonic()
    try:
        with stop_on_signals():
            runs = measure(options)
    except StackError as error:
        print(f"{error.details}\nnightly_import: {error}", file=sys.stderr)
        return 1
    except StoppedError as stop:
        print(f"nightly_import: {stop}; no process is left.", file=sys.stderr)
        return stop.exit_code
    print(report(runs, options.items, options.request_ms / 1000, where))
    if options.json is not None:
        figures: list[dict[str, Any]] = [asdict(run) for run in runs]
        options.json.write_text(json.dumps({"machine": where, "runs": figures}, indent=2), encoding="utf-8")
    say(f"The whole benchmark took {time.monotonic() - started:.0f} s.")
    return int(any(run.state != "success" for run in runs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
