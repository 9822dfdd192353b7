"""The connection to the ledger's database: short transactions, its clock, and its failures in our words.

SQLite runs in WAL mode with ``synchronous=FULL``. The driver's own transaction control is switched off, because it
begins transactions late and never as IMMEDIATE, so that two connections could read the same state and both act on it
(rule 2). Here every write transaction begins with ``BEGIN IMMEDIATE`` and every read with ``BEGIN``.

PostgreSQL runs in its default READ COMMITTED; whatever must not be done twice is one conditional statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Connection, Engine, create_engine, event, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.address import describe, parse_url
from abicart_specter.ledger.column_types import UtcDateTime
from abicart_specter.ledger.faults import translate
from abicart_specter.ledger.models import Base

BUSY_SECONDS = 60
"""How long a connection waits for another's write (SQLite) or lock (PostgreSQL) before it gives up."""
CONNECT_SECONDS = 10

Upsert = postgresql.Insert | sqlite.Insert


def upsert(backend: str, model: type[Base]) -> Upsert:
    """An insert that can say what happens when the row is there already."""
    return sqlite.insert(model) if backend == "sqlite" else postgresql.insert(model)


class Database:
    """One process's way to the ledger's database. Safe to use from several threads."""

    def __init__(
        self, url: str, *, clock: Callable[[], datetime] | None = None, create: bool = False
    ) -> None:
        """Makes no connection yet.

        :param url: ``sqlite:////absolute/path`` or ``postgresql://…`` (see ``address``).
        :param clock: for tests; without it the database's own clock is used, which all writers share.
        :param create: allow SQLite to make the file. Only the migration does.
        """
        address = parse_url(url)
        self.backend = address.get_backend_name()
        self.place = describe(address)
        self._clock = clock
        self.engine = _sqlite(address, create) if self.backend == "sqlite" else _postgresql(address)
        self._writer = self.engine.execution_options(ledger_begin="BEGIN IMMEDIATE")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A short read transaction. Read what is needed, leave it, then do the slow work."""
        with translate(self.place), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A short write transaction, committed when the block ends well. On SQLite there is one at a time."""
        with translate(self.place), self._writer.connect() as connection, connection.begin():
            yield connection

    def now_sql(self) -> ColumnElement[datetime]:
        """The time at which the statement runs, as SQL. On PostgreSQL it is read anew after a wait for a lock."""
        return self.after_sql(0)

    def after_sql(self, seconds: float) -> ColumnElement[datetime]:
        """``seconds`` after the time at which the statement runs, as SQL."""
        if self._clock is not None:
            return literal(self._clock() + timedelta(seconds=seconds), UtcDateTime())
        if self.backend == "sqlite":
            shift = f"{seconds:+.3f} seconds"
            return func.strftime("%Y-%m-%dT%H:%M:%f000Z", "now", shift, type_=UtcDateTime())
        now: ColumnElement[datetime] = func.clock_timestamp(type_=UtcDateTime())
        return now + func.make_interval(0, 0, 0, 0, 0, 0, float(seconds))

    def now(self, connection: Connection) -> datetime:
        """The time by the same clock, as a value."""
        return connection.execute(select(self.now_sql())).scalar_one()

    def close(self) -> None:
        """Closes the connections."""
        self.engine.dispose()


def _sqlite(address: URL, create: bool) -> Engine:
    path = Path(address.database or "")
    mode = "rwc" if create else "rw"

    def connect() -> sqlite3.Connection:
        # mode=rw: unlike a plain path, this never makes an empty file where the ledger should be (rule 1).
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=2, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":
            raise LedgerError(
                f"The ledger {path} cannot be kept in WAL mode (it is in mode {mode}).",
                remedy="Put it on a local disk, not on a network folder.",
            )
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # A large catalogue makes a large log once; give its space back at the next checkpoint.
        connection.execute("PRAGMA journal_size_limit=67108864")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("ledger_begin", "BEGIN"))

    return engine


def _postgresql(address: URL) -> Engine:
    engine = create_engine(
        address,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "abicart_specter ledger"},
        pool_pre_ping=True,
        pool_size=2,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        connection.autocommit = False

    return engine
