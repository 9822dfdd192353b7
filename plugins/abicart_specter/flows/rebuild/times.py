"""Which orders a rebuild has in doubt: from when, up to when, and since when nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger.rebuild.state import not_needed

MARGIN = timedelta(hours=1)
"""What is told to be known up to a time is believed up to so long before."""


@dataclass(frozen=True, slots=True)
class RebuildRequest:
    """The trigger form. ``known_good``: when the backup was made. ``stopped``: since when surely nothing was sent."""

    dry_run: bool = True
    known_good: datetime | None = None
    stopped: datetime | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> RebuildRequest:
        """:raises ConfigurationError: a time without its zone, or that is none."""
        return cls(
            bool(params.get("dry_run", True)),
            _moment("known_good", params.get("known_good")),
            _moment("stopped", params.get("stopped")),
        )


@dataclass(frozen=True, slots=True)
class RebuildTimes:
    """Orders placed in [``since``, ``cut``) may be in Specter without a row in the ledger.

    ``known_good``: the ledger knows everything up to then; ``None``: it is empty.
    """

    since: datetime
    cut: datetime
    known_good: datetime | None

    def listed_from(self, sweep_days: int) -> datetime:
        """From when on the shop's orders are read: of a backup, orders placed long before it are in it."""
        if self.known_good is None:
            return self.since
        return max(self.since, self.known_good - timedelta(days=sweep_days))

    def as_xcom(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        known = None if self.known_good is None else self.known_good.isoformat()
        return {"since": self.since.isoformat(), "cut": self.cut.isoformat(), "known_good": known}

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> RebuildTimes:
        """The other way round."""
        known = value["known_good"]
        return cls(
            datetime.fromisoformat(value["since"]),
            datetime.fromisoformat(value["cut"]),
            None if known is None else datetime.fromisoformat(known),
        )


def begin_rebuild(ctx: FlowContext, request: RebuildRequest, seen: datetime | None) -> RebuildTimes:
    """Begin a rebuild, or go on with the one that began: that one keeps its times. A dry run only tells them.

    :param seen: when this ledger was last in use, as it is kept outside of it; see ``ledger_age``.
    :raises LedgerError: the ledger is whole.
    :raises ConfigurationError: times that fit neither each other nor the present.
    """
    ctx.begin()
    kept, blocked = ctx.ledger.rebuild.of(ctx.shop), bool(ctx.ledger.rebuild.blocked(ctx.shop))
    if blocked and kept is not None and kept.since is not None and kept.cut is not None:
        return RebuildTimes(kept.since, kept.cut, kept.known_good)
    beat = ctx.ledger.rebuild.last_beat(ctx.shop)
    went_back = seen is not None and (beat is None or beat < seen) and not blocked
    known_good = request.known_good
    if known_good is None and blocked and kept is not None:
        known_good = kept.known_good
    if known_good is None and went_back:
        known_good = beat or ctx.settings.orders.orders_from
    if not blocked and not went_back and request.known_good is None:
        raise not_needed(ctx.shop)
    times = RebuildTimes(ctx.settings.orders.orders_from, request.stopped or ctx.clock(), known_good)
    _check(ctx, times)
    if ctx.dry_run:
        return times
    begun = ctx.ledger.rebuild.begin(ctx.shop, times.since, times.cut, known_good, asked_for=not blocked)
    return RebuildTimes(begun.since or times.since, begun.cut or times.cut, begun.known_good)


def _check(ctx: FlowContext, times: RebuildTimes) -> None:
    if times.cut > ctx.clock():
        raise ConfigurationError(
            f"Shop {ctx.shop}: “Nothing was sent since” is {times.cut.isoformat()}, which is still to come.",
            remedy="Enter a time in the past, or leave the field empty.",
        )
    if times.known_good is not None and times.known_good > times.cut:
        raise ConfigurationError(
            f"Shop {ctx.shop}: the ledger cannot know everything up to {times.known_good.isoformat()} when nothing "
            f"was sent since {times.cut.isoformat()}.",
            remedy="Enter when the backup was made, and since when the exports were stopped.",
        )


def _moment(field: str, value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigurationError(
            f"{field}: {value!r} is no time with its zone.",
            remedy="Write it such as 2026-11-02T04:00:00+01:00.",
        )
    return moment.astimezone(UTC)
