"""Measures the order export with a real Airflow scheduler, against sandbox servers with the latency of real ones.

Products go first, unmeasured. Then four runs: one that finds nothing; a wave of orders by buyers whom Specter does not
know; a wave by the same buyers; and one that finds no order, but compares those that were just marked. What is printed
is Markdown. Processor seconds and memory are read from /proc, so they need Linux.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from export_tables import machine
from measured_run import EMPTY_DAG, NEVER, dags_of, empty_task_rss, measured, say
from order_figures import Latency, OrderRun, order_run
from order_shop import Shop
from order_tables import report

from local_stack.errors import StackError, StoppedError
from local_stack.files import project_home
from local_stack.flow_run import FlowRun, run_flow
from local_stack.flows import PRODUCT_EXPORT
from local_stack.running import SHOP
from local_stack.sandbox import SandboxOptions
from local_stack.signals import stop_on_signals
from local_stack.stack import LocalStack, StackOptions

NOTHING, FIRST, SECOND, MARKED = "nothing to do", "new buyers", "known buyers", "only our own marks"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/order_export", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--orders", type=int, default=10_000, help="in each of the two waves (10000)")
    parser.add_argument("--buyers", type=int, default=4_000, help="who place them (4000)")
    parser.add_argument("--items", type=int, default=2_000, help="products in the shop (2000)")
    parser.add_argument("--request-ms", type=float, default=30, help="latency of every request (30)")
    parser.add_argument(
        "--order-call-ms", type=float, default=100, help="more for a call with an order (100)"
    )
    parser.add_argument("--timeout", type=float, default=7200, help="seconds for each run (7200)")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    return parser.parse_args(arguments)


def measure(options: argparse.Namespace) -> list[OrderRun]:
    """All runs, on a fresh stack."""
    home = project_home("benchmark")
    stack_options = StackOptions(
        dags=dags_of(home, order_export=NEVER), sandbox=SandboxOptions(items=1, log_size=0)
    )
    with LocalStack(home, stack_options, say) as stack:
        shop = Shop(stack, options.items, options.buyers)
        shop.seed()
        flow = FlowRun("order_export", f"order_export__{SHOP}", checks=(shop.all_are_in_specter,))
        stack.wait_until_parsed(EMPTY_DAG)
        stack.wait_until_parsed(PRODUCT_EXPORT.dag_id)
        stack.wait_until_parsed(flow.dag_id, unpause=False)
        say("The products, unmeasured")
        _must_be_green(stack, PRODUCT_EXPORT, options.timeout)
        say("The run that the schedule makes when it is switched on, unmeasured")
        _must_be_green(stack, replace(flow, scheduled=True), options.timeout)
        empty = empty_task_rss(stack)
        latency = latency_of(options)
        runs = []
        for name, orders in ((NOTHING, 0), (FIRST, options.orders), (SECOND, options.orders), (MARKED, 0)):
            shop.slow_down(0, 0)
            if orders:
                say(f"Buyers place {orders} orders")
                shop.place(orders, known=name == SECOND)
            shop.slow_down(options.request_ms, options.order_call_ms)
            run = measured(stack, flow, name, say, options.timeout)
            runs.append(order_run(name, run, latency, empty))
        return runs


def _must_be_green(stack: LocalStack, flow: FlowRun, seconds: float) -> None:
    if complaints := run_flow(stack, flow, seconds=seconds, every=2.0).complaints:
        raise StackError(" ".join(complaints))


def latency_of(options: argparse.Namespace) -> Latency:
    return Latency(options.request_ms / 1000, options.order_call_ms / 1000)


def main(arguments: Sequence[str]) -> int:
    """0 when every run was green and every order went, once."""
    options = parse(arguments)
    where, started = machine(), time.monotonic()
    try:
        with stop_on_signals():
            runs = measure(options)
    except StackError as error:
        print(f"{error.details}\norder_export: {error}", file=sys.stderr)
        return 1
    except StoppedError as stop:
        print(f"order_export: {stop}; no process is left.", file=sys.stderr)
        return stop.exit_code
    print(report(runs, latency_of(options), where))
    if options.json is not None:
        figures: list[dict[str, Any]] = [asdict(run) for run in runs]
        options.json.write_text(json.dumps({"machine": where, "runs": figures}, indent=2), encoding="utf-8")
    say(f"The whole benchmark took {time.monotonic() - started:.0f} s.")
    return int(any(run.state != "success" for run in runs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
