"""Turns the database's failures into the package's errors: try again, or a person must act."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from abicart_specter.errors import AbicartSpecterError, LedgerError
from abicart_specter.ledger.errors import LedgerUnavailableError

UPGRADE = "Run: python -m abicart_specter.ledger upgrade URL"

# SQLite's primary result codes that no retry mends, with what a person can do.
_SQLITE_FATAL = {
    sqlite3.SQLITE_PERM: "Let the user that runs the tasks read and write the file and its folder.",
    sqlite3.SQLITE_READONLY: "Let the user that runs the tasks write the file and its folder.",
    sqlite3.SQLITE_IOERR: "Check the disk.",
    sqlite3.SQLITE_CORRUPT: "Stop all runs and restore the ledger from its last backup.",
    sqlite3.SQLITE_FULL: "Free space on the disk that holds the ledger.",
    sqlite3.SQLITE_CANTOPEN: f"Check the path and the rights of its folder. If it was never made: {UPGRADE}",
    sqlite3.SQLITE_NOTADB: "The address names a file that is no SQLite database: correct the connection sync_ledger.",
}
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

# PostgreSQL's classes: connection, rollback (deadlock), resources, operator intervention, system; and lock not got.
_POSTGRESQL_RETRIABLE = ("08", "40", "53", "57P", "58", "55P03")
# Without a code, when it refuses the log-in. In the server's language; unknown words count as "try again".
_POSTGRESQL_REFUSALS = ("authentication failed", "does not exist", "pg_hba.conf", "no password supplied")


@contextmanager
def translate(place: str) -> Iterator[None]:
    """Raises ``LedgerUnavailableError`` or ``LedgerError`` for a failure of the database at ``place``.

    What is neither (a broken constraint, wrong SQL) is our own fault and passes as it is.
    """
    try:
        yield
    except DBAPIError as error:
        ours = _translated(error, place)
        if ours is None:
            raise
        raise ours from error
    except sqlite3.Error as error:  # from a call past SQLAlchemy
        ours = _of_sqlite(error, place)
        if ours is None:
            raise
        raise ours from error
    except PoolTimeoutError as error:
        raise LedgerUnavailableError(f"All connections to the {place} are in use.") from error


def _of_sqlite(error: sqlite3.Error, place: str) -> AbicartSpecterError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code in _SQLITE_BUSY:
        return LedgerUnavailableError(
            f"The {place} was busy for too long.", remedy="Nothing: it is tried again."
        )
    if code in _SQLITE_FATAL:
        return LedgerError(f"The {place} cannot be used ({error}).", remedy=_SQLITE_FATAL[code])
    return None


def _translated(error: DBAPIError, place: str) -> AbicartSpecterError | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, place)
    state = getattr(cause, "sqlstate", None)
    if state is None and (error.connection_invalidated or type(cause).__name__ in _LOST):
        words = str(cause)
        if any(refusal in words for refusal in _POSTGRESQL_REFUSALS):
            return LedgerError(
                f"The {place} refused us.",
                remedy="Correct user, password and database in the connection sync_ledger, or create the database.",
            )
        return LedgerUnavailableError(
            f"The {place} cannot be reached.", remedy="Start it, or check its address."
        )
    if state is not None and state.startswith(_POSTGRESQL_RETRIABLE):
        return LedgerUnavailableError(f"The {place} gave up a transaction ({state}).")
    if state is not None and state in ("28P01", "28000", "3D000"):
        return LedgerError(f"The {place} refused us ({state}).", remedy="Correct the connection sync_ledger.")
    return None


# psycopg's classes for a connection that could not be made or was lost; psycopg itself is not imported for SQLite.
_LOST = ("OperationalError", "InterfaceError", "ConnectionTimeout")
