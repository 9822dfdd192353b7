"""Keeps the ledger small, whole and free of what is not needed any more. See ``KeepingLedger``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from abicart_specter.domain.records import Severity
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keeping import erase, health
from abicart_specter.ledger.keeping.kinds import Kind, clean
from abicart_specter.ledger.keeping.order_kinds import order_kinds, tracking_kinds
from abicart_specter.ledger.keeping.queue_kinds import queue_kinds
from abicart_specter.ledger.keeping.records import Keep, KindAccount, Lasting, LedgerSize, OrderTrace
from abicart_specter.ledger.keeping.run_kinds import drop_older_staging, run_kinds


class KeepingLedger:
    """The ledger's part about retention, its own health, and one person's data on request."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.keeping``."""
        self._db = database

    def clean_up(self, shop: str, keep: Keep, *, dry_run: bool = False) -> list[KindAccount]:
        """Removes what is older than ``keep`` says, of the shop and of the accounts' queues; kind by kind.

        Never the row that says that an order or item went, an open flag, what an open question, a write that is not
        confirmed or an order that is still looked for needs. A dry run counts the same and removes nothing.
        """
        with self._db.read() as connection:
            now = self._db.now(connection)
        if not dry_run:
            drop_older_staging(self._db, shop)
        return [clean(self._db, kind, dry_run=dry_run) for kind in self._kinds(shop, keep, now)]

    def _kinds(self, shop: str, keep: Keep, now: datetime) -> Iterator[Kind]:
        yield from run_kinds(self._db, shop, keep, now)
        yield from order_kinds(shop, keep, now)
        yield from tracking_kinds(shop, keep, now)
        yield from queue_kinds(self._db, keep, now)

    def checkpoint(self) -> None:
        """SQLite: what was written goes from the log into the file, and the log is emptied, so that nothing removed
        is left in it. Does nothing while somebody else reads.
        """
        health.checkpoint(self._db)

    def vacuum(self) -> None:
        """SQLite, with all runs stopped: gives what is free in the file back to the disk."""
        if self._db.backend == "sqlite":
            health.vacuum(self._db)

    def size(self) -> LedgerSize:
        """Rows of every table, and bytes."""
        return health.size(self._db)

    def faults(self) -> list[str] | None:
        """What is wrong with the file; empty when it is whole, ``None`` where the database has no check for us."""
        return health.faults(self._db)

    def lasting(self, shop: str) -> list[Lasting]:
        """What ought to be short, with how many are open and since when."""
        return health.lasting(self._db, shop)

    def open_flags(self, shop: str) -> dict[Severity, int]:
        """How many flags are open, by severity."""
        return health.open_flags(self._db, shop)

    def order_traces(self, shop: str, number: str) -> list[OrderTrace]:
        """Everything the ledger keeps of an order, by its number in the shop."""
        return erase.order_traces(self._db, shop, number)

    def forget_order(self, shop: str, number: str) -> int:
        """Erases what may go of an order; returns how many rows. See ``erase.forget_order``."""
        done = erase.forget_order(self._db, shop, number)
        self.checkpoint()
        return done


__all__ = ["Keep", "KeepingLedger", "KindAccount", "Lasting", "LedgerSize", "OrderTrace"]
