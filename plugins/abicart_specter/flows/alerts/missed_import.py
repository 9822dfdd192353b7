"""The deadline of the night: was the import done in time?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.flows.alerts.airflow_runs import AirflowRuns
from abicart_specter.flows.alerts.causes import MISSED, QUESTION, RUN_RED
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import OpenAlarm
from abicart_specter.settings.types import STOCKHOLM

FLOW = "nightly_import"


def missed_import(
    ctx: FlowContext, airflow: AirflowRuns, open_before: Mapping[str, OpenAlarm]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The import of the last night that is past its deadline, unless it is done, waits for a person, or nothing comes
    from Specter at all by the shop's settings. A paused import is one that is not done.
    """
    settings = ctx.settings
    if not (settings.masters() or settings.status.read_orders):
        return
    deadline = last_deadline(ctx.clock(), settings.alerts.import_deadline.isoformat("minutes"))
    midnight = deadline.replace(hour=0, minute=0)
    runs = ctx.ledger.last_runs(ctx.shop, FLOW, 5)
    if (
        any(cause.startswith(f"{QUESTION}:") for cause in open_before)
        and runs
        and runs[0].started_at >= midnight
    ):
        return  # a question is told already, and the rest of the import is done
    is_red = any(alarm.cause == f"{RUN_RED}:{FLOW}" for alarm in ctx.ledger.orders.open_alarms(ctx.shop))
    real = [run for run in runs if not run.params.get("dry_run")]
    done = [run for run in real if run.finished_at is not None and run.finished_at >= midnight]
    if done and not is_red:
        return
    if is_red:
        state = "red"
    elif airflow.paused(FLOW):
        state = "paused"
    elif real and real[0].started_at >= midnight:
        state = "running"
    else:
        state = "none"
    yield (
        MISSED,
        f"the nightly import is not done: {state}",
        {"deadline": deadline.isoformat(), "state": state},
    )


def last_deadline(now: datetime, clock: str) -> datetime:
    """The last time that it was ``clock`` in Stockholm, by the clock on the wall: also on nights when it is changed."""
    hour, minute = (int(part) for part in clock.split(":"))
    here = now.astimezone(STOCKHOLM)
    today = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if here >= today else today - timedelta(days=1)
