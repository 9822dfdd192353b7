"""The shop's orders by the day they were placed, each with where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from abicart_specter.domain.reconcile.standing import Reason, Standing
from abicart_specter.settings.types import STOCKHOLM

LONGEST_WAIT = timedelta(days=1)
"""A found order that runs have passed by for longer than this is not waiting any more: something is wrong."""


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order of the shop, with what the ledger says of it; ``state`` is ``None`` when it says nothing."""

    number: str
    ordered_at: datetime
    state: str | None = None
    state_since: datetime | None = None
    rule: str = ""
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """How far the order export has come.

    :param to: every order placed before is recorded, but for those of the last ``overlap`` before it, which the next
        run looks at again; ``None`` before the first run.
    :param off: why the schedule sends nothing; empty if it does.
    :param by_hand: orders are found and listed, and wait for a person to send them.
    """

    to: datetime | None
    overlap: timedelta
    off: str = ""
    by_hand: bool = False


_AS_IT_IS = {
    "sent": Standing.SENT,
    "linked": Standing.LINKED,
    "held": Standing.HELD,
    "excluded": Standing.EXCLUDED,
    "unconfirmed": Standing.UNCONFIRMED,
    "failed": Standing.FAILED,
}


def explain_order(order: OrderSeen, scanned: Scanned, now: datetime) -> Reason:
    """Where an order of the shop stands."""
    if order.state is None:
        return _not_recorded(order, scanned)
    known = _AS_IT_IS.get(order.state)
    if known in (Standing.SENT, Standing.LINKED):
        return Reason(known)
    if known is not None:
        return Reason(known, order.rule or known.value, order.reason, order.remedy)
    if scanned.off or scanned.by_hand:
        return Reason(Standing.WAITING, "by_hand", scanned.off or "A person sends the orders of this shop.")
    if order.state_since is not None and now - order.state_since > LONGEST_WAIT:
        return Reason(
            Standing.UNEXPLAINED,
            "not_taken_up",
            f"The ledger knows the order since {_minute(order.state_since)}, and no run has decided about it.",
            "Look at the runs of order_export: are they red, or is the DAG paused?",
        )
    return Reason(Standing.WAITING, "next_run", "The next run of order_export takes it up.")


def _not_recorded(order: OrderSeen, scanned: Scanned) -> Reason:
    if scanned.off:
        return Reason(Standing.WAITING, "export_off", scanned.off)
    if scanned.to is None:
        return Reason(Standing.WAITING, "next_run", "No run of order_export has read the shop's orders yet.")
    if order.ordered_at >= scanned.to - scanned.overlap:
        return Reason(Standing.WAITING, "next_run", "The next run of order_export takes it up.")
    return Reason(
        Standing.UNEXPLAINED,
        "not_in_ledger",
        f"Everything placed before {_minute(scanned.to)} was read, but the ledger does not know the order.",
        "The next nightly sweep of order_export takes it up; if it does not, send it with order_export_single.",
    )


def _minute(at: datetime) -> str:
    return at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


ORDER_COLUMNS = ("day", "in the shop", *(one.value for one in Standing))


@dataclass(slots=True)
class OrderDays:
    """Orders by the day in Sweden on which they were placed."""

    days: dict[date, Counter[Standing]] = field(default_factory=dict)

    def add(self, ordered_at: datetime, standing: Standing) -> date:
        """Counts an order; returns its day."""
        day = ordered_at.astimezone(STOCKHOLM).date()
        self.days.setdefault(day, Counter())[standing] += 1
        return day

    def total(self) -> Counter[Standing]:
        """Over all days."""
        total: Counter[Standing] = Counter()
        for counts in self.days.values():
            total += counts
        return total

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The table of ``ORDER_COLUMNS``, newest day first, with the sum below."""
        for day, counts in sorted(self.days.items(), reverse=True):
            yield (day.isoformat(), counts.total(), *(counts[one] for one in Standing))
        total = self.total()
        yield ("all", total.total(), *(total[one] for one in Standing))
