"""What all parts of ``AlertLedger`` share."""

from __future__ import annotations

from abicart_specter.ledger.engine import Database


class AlertRoom:
    """A part of the ledger of alarms."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.alerts``."""
        self._db = database
