"""A run's figures, and how the ledger stands, as metrics: names and numbers, nothing personal, no number of an order.

Names are made of words that the code knows: flows, outcomes, states, systems, kinds of rows. The only other part is the
shop's name. So there are never more names than that, however many products and orders there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from abicart_specter.domain.records import Outcome, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.maintenance.words import KINDS
from abicart_specter.ledger import ChangeState, OrderState
from abicart_specter.ledger.stock_records import StockState

SYSTEMS = ("abicart", "specter")

_OUTCOMES = tuple(outcome.value for outcome in Outcome)
_CHANGES = (*(state.value for state in ChangeState), "not_ended")
_STOCK = tuple(state.value for state in StockState)
_OPEN_ORDERS = (
    OrderState.NEW,
    OrderState.HELD,
    OrderState.FAILED,
    OrderState.INTENT,
    OrderState.UNCONFIRMED,
)


class Measure(StrEnum):
    """How a number is to be taken."""

    COUNTER = "counter"
    """Adds up."""
    GAUGE = "gauge"
    """Stands until the next one."""
    TIMING = "timing"
    """Milliseconds."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One number. ``name`` is what follows the shop's name."""

    measure: Measure
    name: str
    value: int


def run_metrics(flow: str, summary: Mapping[str, Any]) -> Iterator[Metric]:
    """From what a run's last task stored in the ledger. What a flow does not tell has no metric."""
    for name in ("found", "managed", "looked_at", "open"):
        if isinstance(summary.get(name), int):
            yield Metric(Measure.GAUGE, f"{flow}.{name}", summary[name])
    if "held" in summary:
        held = summary["held"]
        yield Metric(Measure.GAUGE, f"{flow}.held", sum(held.values()) if isinstance(held, Mapping) else held)
    if "found" in summary:
        yield from _counters(f"{flow}.outcome", summary, _OUTCOMES)
    if "applied" in summary:
        yield from _counters(f"{flow}.change", summary, _CHANGES)
    if "states" in summary:
        yield from _counters(f"{flow}.change", summary["states"], _STOCK, whole=True)
    if "requests" in summary:
        yield from _counters(f"{flow}.requests", summary["requests"], SYSTEMS)
    if "removed" in summary:
        yield from _counters(f"{flow}.removed", summary["removed"], tuple(KINDS))
    if "seconds" in summary:
        yield Metric(Measure.TIMING, f"{flow}.duration", round(float(summary["seconds"]) * 1000))


def state_metrics(ctx: FlowContext) -> Iterator[Metric]:
    """How the shop stands in the ledger now, whichever flow asks: what waits, and what a person has to look at."""
    orders, keeping = ctx.ledger.orders, ctx.ledger.keeping
    counts = orders.state_counts(ctx.shop)
    for state in _OPEN_ORDERS:
        yield Metric(Measure.GAUGE, f"orders.{state.value}", counts[state])
    yield Metric(Measure.GAUGE, "orders.changed_after_export", len(orders.open_changes(ctx.shop)))
    yield Metric(Measure.GAUGE, "alarms.open", len(orders.open_alarms(ctx.shop)))
    flags = keeping.open_flags(ctx.shop)
    for severity in Severity:
        yield Metric(Measure.GAUGE, f"flags.open.{severity.value}", flags.get(severity, 0))


def end_metrics(ctx: FlowContext, *, red: bool) -> Iterator[Metric]:
    """That a run ended and how, its figures as the ledger has them, and how the shop stands."""
    flow, record = ctx.run.flow, ctx.ledger.get_run(ctx.run)
    yield Metric(Measure.COUNTER, f"{flow}.runs.{'red' if red else 'green'}", 1)
    if record is not None and record.finished_at is not None:
        yield from run_metrics(flow, record.summary or {})
    yield from state_metrics(ctx)


def drained_metric(flow: str, queue: str, rows: int) -> Metric:
    """How many changed articles or orders a queue told of."""
    return Metric(Measure.COUNTER, f"{flow}.drained.{queue}", rows)


def _counters(
    name: str, counts: Mapping[str, Any], known: tuple[str, ...], *, whole: bool = False
) -> Iterator[Metric]:
    """Of the words that are known, those told; of a ``whole`` account also those that are not, as 0."""
    for word in known:
        if whole or word in counts:
            yield Metric(Measure.COUNTER, f"{name}.{word}", counts.get(word, 0))
