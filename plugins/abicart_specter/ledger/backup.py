"""A copy of an SQLite ledger, made while it is in use; and whether a copy is whole. PostgreSQL has its own tools."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.address import parse_url
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.identity import require_current

PAGES_AT_ONCE = 2000
"""Others write between two steps; a step keeps them out for moments."""


def backup(url: str, target: Path) -> str:
    """Copies the ledger into a new file, as it is at one moment; returns its id.

    The file appears under its name when it is whole, on disk and checked.

    :raises LedgerError: the ledger is on PostgreSQL, there is such a file already, or the copy is damaged.
    """
    address = parse_url(url)
    if address.get_backend_name() != "sqlite":
        raise LedgerError(
            "This ledger is on PostgreSQL, which has a tool for that.",
            remedy="pg_dump --format=custom --file=FILE, see docs/disaster.md.",
        )
    if target.exists():
        raise LedgerError(f"There is a file {target} already.", remedy="Name a new one for each backup.")
    if not target.parent.is_dir():
        raise LedgerError(f"There is no folder for {target}.", remedy="Make it first.")
    db = Database(url)
    try:
        ledger_id = require_current(db)
    finally:
        db.close()
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"file:{quote(str(address.database))}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(part)) as copy,
    ):
        source.backup(copy, pages=PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        words = copy.execute("PRAGMA quick_check").fetchone()[0]
    if words != "ok":
        part.unlink()
        raise LedgerError(
            f"The copy is damaged: {words}.", remedy="Is the disk sound? The ledger may be too."
        )
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return ledger_id
