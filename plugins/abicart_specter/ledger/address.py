"""The ledger's address: which forms are understood, and how it is named without its password."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from abicart_specter.errors import LedgerError

_FORMS = "Use sqlite:////absolute/path/ledger.db or postgresql://user:password@host:5432/database."


def parse_url(url: str) -> URL:
    """The address as SQLAlchemy takes it. ``postgres://`` and ``postgresql://`` mean psycopg 3.

    Raises ``LedgerError`` for an address that is not understood; its text holds no part of the address, since that
    may contain a password.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        # The cause is dropped: its text repeats the address.
        raise LedgerError("The ledger's address is not a database URL.", remedy=_FORMS) from None
    if address.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        if not address.database:
            raise LedgerError("The ledger's address names no database.", remedy=_FORMS)
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in ("sqlite", "sqlite+pysqlite"):
        if not address.database or address.database == ":memory:" or not Path(address.database).is_absolute():
            raise LedgerError(
                "The ledger's SQLite address names no absolute path, so each process could mean another file.",
                remedy="Write four slashes and the whole path: sqlite:////var/lib/sync/ledger.db",
            )
        if address.query:
            raise LedgerError(
                "The ledger's SQLite address takes no options.", remedy="Remove what follows the '?'."
            )
        return address
    raise LedgerError(f"The ledger cannot be kept in {address.drivername!r}.", remedy=_FORMS)


def describe(address: URL) -> str:
    """Where the ledger is, for messages: no user, no password, no options."""
    if address.get_backend_name() == "sqlite":
        return f"SQLite file {address.database}"
    host = address.host or "local socket"
    port = f":{address.port}" if address.port else ""
    return f"PostgreSQL database {address.database} at {host}{port}"
