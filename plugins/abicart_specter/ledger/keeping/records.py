"""The typed records of the clean-up that go in and out of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """How long a clean-up keeps what is not needed any more. Days count from when the thing was over.

    :param runs: the last so many runs of each flow keep their detail whatever their age.
    :param run_days: and so do runs that are younger.
    :param detail_days: detail of orders that Specter has, tracking numbers, messages, what runs were asked for.
    :param flag_days: flags that are resolved.
    :param inbox_days: rows of queues that newer ones replaced, and batches without rows.
    :param queue_detail_days: tracking numbers in the queues; ``None``: ``detail_days``.
    :param sbm_id: of which Specter account's queues, all its API users; ``None``: of all. Shops may share an account,
        so that the caller must know how long each of them wants what is in its queues.
    """

    runs: int = 30
    run_days: int = 0
    detail_days: int = 365
    flag_days: int = 365
    inbox_days: int = 90
    queue_detail_days: int | None = None
    sbm_id: int | None = None

    def __post_init__(self) -> None:
        if self.runs < 1:
            raise ValueError("The last run is always kept")
        if min(self.run_days, self.detail_days, self.flag_days, self.inbox_days) < 0:
            raise ValueError("Nothing can be removed before it is there")


@dataclass(frozen=True, slots=True)
class KindAccount:
    """What a clean-up did to one kind of row.

    :param gone: how many went; in a dry run, how many would.
    :param kept: how many of the kind are left, or would be.
    :param oldest: since when the oldest of those is there; ``None``: there are none.
    """

    name: str
    gone: int
    kept: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table of the ledger. ``size`` in bytes where the database tells it of a table."""

    name: str
    rows: int
    size: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerSize:
    """How large the ledger is. ``total`` in bytes; ``free`` of them are in the file but unused (SQLite)."""

    tables: tuple[TableSize, ...]
    total: int
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """Something that ought to be short and is not over. ``oldest``: since when."""

    name: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """Something the ledger keeps about one order. ``erasable``: it goes when the order is forgotten."""

    place: str
    what: str
    erasable: bool
