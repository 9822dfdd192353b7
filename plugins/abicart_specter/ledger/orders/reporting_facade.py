"""What comes after: numbers in the shop, later changes, a run's outcomes, alarms. See ``OrderLedger``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger import order_records as o
from abicart_specter.ledger.alerts import records as a
from abicart_specter.ledger.orders import alarms, changes, run_outcomes, write_back
from abicart_specter.ledger.orders.room import OrderRoom
from abicart_specter.ledger.records import GapRecord, OutcomeGaps, RunKey


class ReportingOrders(OrderRoom):
    """What comes after: numbers in the shop, later changes, a run's outcomes, alarms."""

    # Specter's number in the shop
    def pending_write_back(self, shop: str, limit: int = 10_000) -> list[o.PendingMark]:
        """Numbers to be written into the shop, those tried least often first."""
        return write_back.pending_write_back(self._db, shop, limit)

    def record_written_back(self, shop: str, marks: Sequence[o.MarkWritten]) -> None:
        """Says what became of writing numbers back."""
        write_back.record_written_back(self._db, shop, marks)

    # later changes
    def record_change(self, shop: str, uid: int, hash_: str, kind: str, differences: Sequence[Any]) -> bool:
        """An order differs from what was sent. Returns whether that is news. ``differences`` is plain JSON without
        anything personal; ``kind`` is ``edited``, ``cancelled`` or ``refunded``.
        """
        return changes.record_change(self._db, shop, uid, hash_, kind, differences)

    def open_changes(self, shop: str) -> list[o.OrderChange]:
        """The changes nobody dealt with."""
        return changes.open_changes(self._db, shop)

    def changes_of(self, shop: str, uid: int) -> list[o.OrderChange]:
        """Every change of an order, also the closed ones."""
        return changes.changes_of(self._db, shop, uid)

    def close_change(self, shop: str, uid: int, kind: str, *, who: str, why: str) -> None:
        """A person dealt with it in Specter; it is listed again only with another content."""
        changes.close_change(self._db, shop, uid, kind, who=who, why=why)

    def changes_undone(
        self, shop: str, uids: Iterable[int], kinds: Collection[str] = ("edited", "cancelled", "refunded")
    ) -> int:
        """These orders were looked at and are again as they were sent: closes their changes, returns how many."""
        return changes.changes_undone(self._db, shop, uids, kinds)

    # a run's outcomes (rule 5)
    def run_orders(
        self, run: RunKey, partitions: Collection[int] | None = None, *, undecided: bool = True
    ) -> list[o.RunOrder]:
        """The run's orders in the order of sending (customer key, placed, uid); by default those without an outcome,
        or with one that a retry works on again.
        """
        return run_outcomes.run_orders(self._db, run, partitions, undecided)

    def open_partition_counts(self, run: RunKey) -> dict[int, int]:
        """How many such orders each partition holds; for planning chunks."""
        return run_outcomes.open_partition_counts(self._db, run)

    def outcome_counts(self, run: RunKey) -> dict[Outcome, int]:
        """How many orders have each outcome; every outcome is named."""
        return run_outcomes.outcome_counts(self._db, run)

    def outcome_gaps(self, run: RunKey) -> OutcomeGaps:
        """Found against outcomes, as sets; the run is whole when both are 0."""
        return run_outcomes.outcome_gaps(self._db, run)

    def missing_outcomes(self, run: RunKey, limit: int = 100) -> list[GapRecord]:
        """Orders found without an outcome."""
        return run_outcomes.missing_outcomes(self._db, run, limit)

    def unexpected_outcomes(self, run: RunKey, limit: int = 100) -> list[GapRecord]:
        """Outcomes of orders that were not found."""
        return run_outcomes.unexpected_outcomes(self._db, run, limit)

    def iter_order_outcomes(self, run: RunKey, outcome: Outcome | None = None) -> Iterator[o.OrderOutcome]:
        """The run's outcomes as the orders were placed, with number, Specter's number and proof."""
        return run_outcomes.iter_order_outcomes(self._db, run, outcome)

    # alarms (rule 12)
    def raise_alarm(
        self,
        shop: str,
        cause: str,
        words: str,
        now: datetime,
        reminder_hours: float | None = 4,
        facts: Mapping[str, Any] | None = None,
    ) -> Literal["opened", "reminder"] | None:
        """A cause is there. ``opened`` the first time, ``reminder`` every so many hours since, else ``None``: say
        nothing. Several tasks may call it at once; each message is said by one of them.

        :param reminder_hours: ``None``: never a reminder.
        :param facts: what the message's text in the reader's language is filled with; plain JSON.
        """
        return alarms.raise_alarm(self._db, shop, cause, words, now, reminder_hours, facts or {})

    def tell_news(self, shop: str, cause: str, words: str, now: datetime, facts: Mapping[str, Any]) -> None:
        """A message that is no alarm: it has neither reminders nor an end."""
        alarms.tell_news(self._db, shop, cause, words, now, facts)

    def close_alarm(
        self, shop: str, cause: str, words: str, now: datetime, facts: Mapping[str, Any] | None = None
    ) -> bool:
        """The cause is over; whether it was open (say so then, and only then)."""
        return alarms.close_alarm(self._db, shop, cause, words, now, facts)

    def open_alarms(self, shop: str) -> list[a.OpenAlarm]:
        """The causes that are not over."""
        return alarms.open_alarms(self._db, shop)

    def messages(self, shop: str, limit: int = 100) -> list[a.Message]:
        """The last messages, oldest first."""
        return alarms.messages(self._db, shop, limit)
