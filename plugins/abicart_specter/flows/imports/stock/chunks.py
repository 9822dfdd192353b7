"""Shares of a stock plan for mapped tasks. An item's partition never changes, so that two tasks never meet on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.dealing import deal

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
    shares = deal(sizes, ctx.settings.limits.chunks, SMALLEST_CHUNK)
    return [StockChunk(share.chunk, share.of, share.partitions, share.records) for share in shares]
