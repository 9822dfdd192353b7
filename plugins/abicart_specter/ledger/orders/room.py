"""What all parts of ``OrderLedger`` share."""

from __future__ import annotations

from abicart_specter.ledger.engine import Database


class OrderRoom:
    """A part of the ledger of orders."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.orders``."""
        self._db = database
