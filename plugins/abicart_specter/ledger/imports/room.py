"""What all parts of ``ImportLedger`` share."""

from __future__ import annotations

from abicart_specter.ledger.engine import Database


class ImportRoom:
    """A part of the ledger of imports."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.imports``."""
        self._db = database
