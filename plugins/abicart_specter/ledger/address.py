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


def with_password(url: str, password: str | None) -> str:
    """The address with a password that is kept apart from it. Without one, and for SQLite, it is as it was.

    :raises LedgerError: the address is not understood, or holds a password of its own as well.
    """
    address = parse_url(url)
    if not password or address.get_backend_name() == "sqlite":
        return url
    if address.password is not None:
        raise LedgerError(
            "The ledger has two passwords: one in its address and one in the connection's password.",
            remedy="Remove the one in the address.",
        )
    return address.set(password=password).render_as_string(hide_password=False)


def from_parts(
    host: str, port: int | None, user: str | None, password: str | None, database: str | None
) -> str:
    """The address of a PostgreSQL database that is given part by part.

    :raises LedgerError: no database is named.
    """
    parts = URL.create(
        "postgresql", username=user or None, password=password or None, host=host, port=port or None
    )
    return parse_url(parts.set(database=database).render_as_string(hide_password=False)).render_as_string(
        hide_password=False
    )


def password_in(url: str) -> str | None:
    """The password inside an address, for masking; ``None`` if there is none."""
    return parse_url(url).password


def describe(address: URL) -> str:
    """Where the ledger is, for messages: no user, no password, no options."""
    if address.get_backend_name() == "sqlite":
        return f"SQLite file {address.database}"
    host = address.host or "local socket"
    port = f":{address.port}" if address.port else ""
    return f"PostgreSQL database {address.database} at {host}{port}"
