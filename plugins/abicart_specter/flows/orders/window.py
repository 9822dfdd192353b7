"""Which time of the shop a run reads (rule 6). Pure: the run's kind, its interval and what was read before decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.types import STOCKHOLM

SWEEP_HOUR = 3
"""From this hour of each day in Stockholm, the first scheduled run sweeps."""


_STARTED_BY_SOMEBODY = frozenset({"operator_triggered", "asset_triggered", "asset_materialization"})


class RunKind(StrEnum):
    """Who started a run."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    BACKFILL = "backfill"

    @classmethod
    def of(cls, run_type: str) -> RunKind:
        """From Airflow's word.

        :raises ConfigurationError: a word nobody knows; a backfill that passes for something else would move what it
            must not.
        """
        if run_type in _STARTED_BY_SOMEBODY:
            return cls.MANUAL
        try:
            return cls(run_type)
        except ValueError:
            raise ConfigurationError(
                f"Airflow calls this run {run_type!r}, which is no kind of run that the order export knows.",
                remedy="Use the version of Airflow that requirements.txt names.",
            ) from None


@dataclass(frozen=True, slots=True)
class Interval:
    """The run's own interval; ``start`` belongs to it, ``end`` does not."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ScanWindow:
    """Orders placed from ``since`` up to, and without, ``until`` are read.

    ``follows_on``: the run closes up to what was read before. It moves ``scanned_to`` to ``until`` and takes what
    is due again; a backfill does neither.
    """

    kind: RunKind
    since: datetime
    until: datetime

    @property
    def follows_on(self) -> bool:
        """Whether the run belongs to the chain of runs that leave no gap."""
        return self.kind is not RunKind.BACKFILL

    def as_xcom(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return {
            "kind": self.kind.value,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> ScanWindow:
        """The other way round."""
        return cls(
            RunKind(value["kind"]),
            datetime.fromisoformat(value["since"]),
            datetime.fromisoformat(value["until"]),
        )


def window_of(
    kind: RunKind,
    interval: Interval | None,
    *,
    scanned_to: datetime | None,
    orders_from: datetime,
    overlap: timedelta,
    now: datetime,
) -> ScanWindow:
    """The time a run reads.

    A scheduled run reads [min(start of its interval, ``scanned_to``) − overlap, end of its interval): intervals that
    were skipped (paused, one run of many hours, an outage) are read by the next one. A manual run does the same up
    to the present, and needs no interval. A backfill reads exactly its interval. Where nothing was read before, the
    time since ``orders_from`` is read.

    :raises ConfigurationError: a scheduled run or a backfill without an interval.
    """
    if kind is RunKind.BACKFILL:
        own = _needed(kind, interval)
        return ScanWindow(kind, own.start, own.end)
    if kind is RunKind.SCHEDULED:
        own = _needed(kind, interval)
        start, end = own.start, own.end
    else:
        start = end = now
    if scanned_to is None:
        return ScanWindow(kind, min(start - overlap, orders_from), end)
    return ScanWindow(kind, min(start, scanned_to) - overlap, end)


def _needed(kind: RunKind, interval: Interval | None) -> Interval:
    if interval is None or interval.start >= interval.end:
        raise ConfigurationError(
            f"A {kind.value} run has no interval to read orders of.",
            remedy="The DAG's timetable must be one with data intervals; do not replace it.",
        )
    return interval


def sweep_is_due(kind: RunKind, *, swept_to: datetime | None, now: datetime) -> bool:
    """Whether this run sweeps: a scheduled one, the first after 03:00 in Stockholm of each day.

    :param swept_to: when the last sweep began.
    """
    if kind is not RunKind.SCHEDULED:
        return False
    here = now.astimezone(STOCKHOLM)
    today = here.replace(hour=SWEEP_HOUR, minute=0, second=0, microsecond=0, fold=0)
    latest = today if here >= today else _day_before(today)
    return swept_to is None or swept_to < latest


def _day_before(moment: datetime) -> datetime:
    """The same time of day by the clock on the wall, whatever the clocks did in between."""
    day = moment.date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, moment.hour, tzinfo=STOCKHOLM)
