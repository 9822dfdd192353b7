"""Shares of a stock plan for mapped tasks. An item's partition never changes, so that two tasks never meet on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.flows.context import FlowContext

SMALLEST_CHUNK = 250
"""Changes a chunk has at least: starting a task costs more than writing some hundreds."""


@dataclass(frozen=True, slots=True)
class StockChunk:
    """One mapped task's share: the changes of these partitions."""

    chunk: int
    of: int
    partitions: tuple[int, ...]
    changes: int

    def as_xcom(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return {**asdict(self), "partitions": list(self.partitions)}

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> StockChunk:
        """The other way round."""
        return cls(value["chunk"], value["of"], tuple(value["partitions"]), value["changes"])


def stock_chunks(ctx: FlowContext) -> list[StockChunk]:
    """Deal the partitions of the run's plan out, the largest first."""
    sizes = ctx.ledger.stock.partition_sizes(ctx.run)
    total = sum(sizes.values())
    if not total:
        return []
    number = max(1, min(ctx.settings.limits.chunks, total // SMALLEST_CHUNK, len(sizes)))
    loads: list[list[int]] = [[] for _ in range(number)]
    for partition in sorted(sizes, key=lambda one: (-sizes[one], one)):
        min(loads, key=lambda load: (sum(sizes[one] for one in load), len(load))).append(partition)
    return [
        StockChunk(index + 1, number, tuple(sorted(load)), sum(sizes[one] for one in load))
        for index, load in enumerate(loads)
    ]
