"""The ledger's calls about change queues, their batches and the inbox. Part of ``facade.Ledger``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from abicart_specter.ledger import inbox, replayed
from abicart_specter.ledger import sync_records as s
from abicart_specter.ledger.engine import Database


class QueueCalls:
    """Change queues and inbox (rules 27 and 28)."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.open``."""
        self._db = database

    def set_in_flight(self, account: str, function: str, batch_no: str, *, quoted: bool = False) -> None:
        inbox.set_in_flight(self._db, account, function, batch_no, quoted=quoted)

    def in_flight(self, account: str, function: str) -> list[s.QueueBatch]:
        return inbox.in_flight(self._db, account, function)

    def store_batch(
        self, account: str, function: str, batch_no: str, rows: Sequence[s.InboxValue], journal_ref: str
    ) -> None:
        inbox.store_batch(self._db, account, function, batch_no, rows, journal_ref)

    def acknowledged(self, account: str, function: str, batch_no: str) -> None:
        inbox.acknowledged(self._db, account, function, batch_no)

    def store_replayed(self, account: str, function: str, batches: Iterable[s.ReplayedBatch]) -> int:
        return replayed.store_replayed(self._db, account, function, batches)

    def latest_values(
        self, account: str, function: str, numbers: Collection[str]
    ) -> dict[str, dict[str, s.LatestValue]]:
        return inbox.latest_values(self._db, account, function, numbers)
