"""Which of a run's orders are sent in which mapped task. Orders of one customer never leave their chunk (rule 14)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from abicart_specter.flows.dealing import deal

if TYPE_CHECKING:
    from abicart_specter.flows.context import FlowContext

log = logging.getLogger(__name__)

PARTITIONS = 16
"""Into how many parts customer keys are dealt; as many as a run can have chunks."""

SMALLEST_CHUNK = 25
"""Orders a chunk has at least: starting a task costs more than sending a few."""


@dataclass(frozen=True, slots=True)
class OrderChunk:
    """One mapped task's share: the partitions of customer keys that it sends, and how many orders they hold."""

    chunk: int
    of: int
    partitions: tuple[int, ...]
    orders: int

    def as_xcom(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return {**asdict(self), "partitions": list(self.partitions)}

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> OrderChunk:
        """The other way round."""
        return cls(value["chunk"], value["of"], tuple(value["partitions"]), value["orders"])


def plan_orders(ctx: FlowContext) -> list[OrderChunk]:
    """Spread the orders of this run that have no outcome yet, or one that a retry works on again, over chunks."""
    sizes = ctx.ledger.orders.open_partition_counts(ctx.run)
    shares = deal(sizes, ctx.settings.limits.chunks, SMALLEST_CHUNK)
    log.info("Shop %s: %s orders to look at, in %s chunks.", ctx.shop, sum(sizes.values()), len(shares))
    return [OrderChunk(share.chunk, share.of, share.partitions, share.records) for share in shares]
