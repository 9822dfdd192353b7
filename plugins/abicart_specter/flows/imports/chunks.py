"""Shares of a plan for mapped tasks. An article's partition never changes, so that two tasks never meet on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.dealing import deal
from abicart_specter.ledger import ChangeState

TO_WRITE = (ChangeState.PLANNED, ChangeState.WRITING)
"""Changes that a task takes up: those not begun, and those whose end is not known."""

SMALLEST_CHUNK = 250
"""Changes a chunk has at least: starting a task costs more than writing some hundreds."""


@dataclass(frozen=True, slots=True)
class ImportChunk:
    """One mapped task's share of a part: the changes of these partitions."""

    part: ImportPart
    chunk: int
    of: int
    partitions: tuple[int, ...]
    changes: int

    def as_xcom(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return {**asdict(self), "part": self.part.value, "partitions": list(self.partitions)}

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> ImportChunk:
        """The other way round."""
        return cls(
            ImportPart(value["part"]),
            value["chunk"],
            value["of"],
            tuple(value["partitions"]),
            value["changes"],
        )


def import_chunks(ctx: FlowContext, part: ImportPart) -> list[ImportChunk]:
    """Deal the partitions with changes to write out, the largest first."""
    sizes = ctx.ledger.imports.change_partitions(ctx.run, part, TO_WRITE)
    shares = deal(sizes, ctx.settings.limits.chunks, SMALLEST_CHUNK)
    return [ImportChunk(part, share.chunk, share.of, share.partitions, share.records) for share in shares]
