"""The typed records of the export on change. All times are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from abicart_specter.domain.records import ItemKey


@dataclass(frozen=True, slots=True)
class ReadingState:
    """How far a shop's changes were read.

    :param read_to: every change before it was noticed; ``None`` before the catalogue was read as a whole.
    :param indexed_at: when the last reading of the whole catalogue began; ``None`` if there was none yet.
    """

    read_to: datetime | None = None
    indexed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """What the shop has, as far as it was read."""

    articles: int
    items: int


@dataclass(frozen=True, slots=True)
class LostItem:
    """An item that Specter has by a confirmed write of ours, and that the shop deleted or left without a number.

    :param number: under which Specter has it.
    :param deleted: the shop no longer has the item; else it is there without a product number of its own.
    """

    key: ItemKey
    number: str
    deleted: bool
