"""What a run of the order export is by Airflow's word: its kind and its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.flows.context import FlowContext
    from abicart_specter.flows.orders.window import ScanWindow


def run_window(ctx: FlowContext, context: Context) -> ScanWindow:
    """The time of the shop that this run reads; the run's type decides, never a parameter."""
    from abicart_specter.flows.orders.scan import window_for
    from abicart_specter.flows.orders.window import Interval, RunKind

    run = context["dag_run"]
    start, end = run.data_interval_start, run.data_interval_end
    interval = None if start is None or end is None else Interval(start, end)
    # Airflow's type is a text whose str() is its name in the code.
    return window_for(ctx, RunKind.of(getattr(run.run_type, "value", run.run_type)), interval)
