"""Figures leave as metrics through Airflow's own facility, which its settings under ``[metrics]`` switch on."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abicart_specter.flows.context import FlowContext
    from abicart_specter.flows.metrics import Metric

log = logging.getLogger(__name__)

_SWITCHES = ("statsd_on", "statsd_datadog_enabled", "otel_on")


@contextmanager
def measured(ctx: FlowContext) -> Iterator[None]:
    """Around a run's last task: when it is over, green or red, its figures are told, and how the shop stands."""
    red = True
    try:
        yield
        red = False
    finally:
        tell_end(ctx, red=red)


def tell_end(ctx: FlowContext, *, red: bool = False) -> None:
    """That a run is over, with its figures as the ledger has them, and how the shop stands."""
    from abicart_specter.flows.metrics import end_metrics

    if metrics_are_on():
        try:
            tell(ctx.shop, end_metrics(ctx, red=red))
        except Exception as error:  # whatever is wrong with metrics, it is not the business run's fault
            log.warning("Shop %s: no metrics of this run: %s: %s", ctx.shop, type(error).__name__, error)


def tell(shop: str, metrics: Iterable[Metric]) -> None:
    """Hand metrics to Airflow. The shop is in the name too: plain StatsD has no tags."""
    from airflow.sdk.observability import stats

    for metric in metrics if metrics_are_on() else ():
        take = {"counter": stats.incr, "gauge": stats.gauge, "timing": stats.timing}[metric.measure]
        take(f"abicart_specter.{shop}.{metric.name}", metric.value, tags={"shop": shop})


def metrics_are_on() -> bool:
    """Whether Airflow sends metrics anywhere."""
    from airflow.sdk.configuration import conf

    return any(conf.getboolean("metrics", name, fallback=False) for name in _SWITCHES)
