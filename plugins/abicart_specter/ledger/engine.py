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
from time import monotonic, sleep
from typing import Any, TypeVar, cast
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Float,
    bindparam,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.address import describe, parse_url
from abicart_specter.ledger.column_types import UtcDateTime
from abicart_specter.ledger.errors import LedgerUnavailableError
from abicart_specter.ledger.faults import translate
from abicart_specter.ledger.models import Base

BUSY_SECONDS = 60.0
"""How long a connection waits for another before it gives up: many chunk tasks write at once, each for a moment."""
CONNECT_SECONDS = 10

Upsert = postgresql.Insert | sqlite.Insert
Kept = TypeVar("Kept")


def upsert(backend: str, model: type[Base]) -> Upsert:
    """An insert that can say what happens when the row is there already."""
    return sqlite.insert(model) if backend == "sqlite" else postgresql.insert(model)


class Database:
    """One process's way to the ledger's database. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime] | None = None,
        create: bool = False,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        """Makes no connection yet.

        :param url: ``sqlite:////absolute/path`` or ``postgresql://…`` (see ``address``).
        :param clock: for tests; without it the database's own clock is used, which all writers share.
        :param create: allow SQLite to make the file. Only the migration does.
        :param busy_seconds: how long to wait for another's write (SQLite) or lock (PostgreSQL).
        """
        address = parse_url(url)
        self.backend = address.get_backend_name()
        self.place = describe(address)
        self.busy_seconds = busy_seconds
        self._clock = clock
        self._kept: dict[str, Any] = {}
        if self.backend == "sqlite":
            self.engine = _sqlite(address, create, busy_seconds)
        else:
            self.engine = _postgresql(address, busy_seconds)
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

    def ensure_wal(self) -> None:
        """Puts a SQLite ledger into WAL mode, which the file then keeps. Not called before the file is known to be
        a ledger: an address may point at somebody else's database.
        """
        if self.backend != "sqlite":
            return
        with translate(self.place), self.engine.connect() as connection:
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            mode = _to_wal(driver, self.busy_seconds)
        if mode == "busy":
            raise LedgerUnavailableError(f"The {self.place} was busy for too long.")
        if mode != "wal":
            raise LedgerError(
                f"The {self.place} cannot be kept in WAL mode (it is in mode {mode}).",
                remedy="Put it on a local disk, not on a network folder.",
            )

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
        interval = func.make_interval(0, 0, 0, 0, 0, 0, float(seconds))
        # Our type is text to SQLAlchemy, so a plain + would become ||.
        return func.clock_timestamp(type_=UtcDateTime()).op("+", return_type=UtcDateTime())(interval)

    def after_param(self, name: str) -> ColumnElement[datetime]:
        """``after_sql`` for a statement that is kept: its parameter ``name`` takes ``shift(seconds)``."""
        if self._clock is not None:
            return bindparam(name, type_=UtcDateTime())
        if self.backend == "sqlite":
            return func.strftime("%Y-%m-%dT%H:%M:%f000Z", "now", bindparam(name), type_=UtcDateTime())
        interval = func.make_interval(0, 0, 0, 0, 0, 0, bindparam(name, type_=Float()))
        return func.clock_timestamp(type_=UtcDateTime()).op("+", return_type=UtcDateTime())(interval)

    def shift(self, seconds: float) -> Any:
        """The value of such a parameter."""
        if self._clock is not None:
            return self._clock() + timedelta(seconds=seconds)
        return f"{seconds:+.3f} seconds" if self.backend == "sqlite" else float(seconds)

    def kept(self, name: str, build: Callable[[], Kept]) -> Kept:
        """A statement (or several) that is built once: to build it takes longer than to run it.

        :param name: of the statement; unique within the ledger.
        """
        if name not in self._kept:
            self._kept[name] = build()
        return cast("Kept", self._kept[name])

    def now(self, connection: Connection) -> datetime:
        """The time by the same clock, as a value."""
        told = {"shift": self.shift(0)}
        return connection.execute(
            self.kept("now", lambda: select(self.after_param("shift"))), told
        ).scalar_one()

    def close(self) -> None:
        """Closes the connections."""
        self.engine.dispose()


def _to_wal(driver: sqlite3.Connection, busy_seconds: float) -> str:
    """The journal's mode after asking for WAL, or ``busy``.

    SQLite's own patience does not cover this change: with another connection at work it fails at once.
    """
    deadline = monotonic() + busy_seconds
    while True:
        (mode,) = driver.execute("PRAGMA journal_mode").fetchone()
        if mode == "wal":
            return "wal"
        try:
            (mode,) = driver.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if monotonic() > deadline:
                return "busy"
            sleep(0.05)
        else:
            return str(mode)


def _sqlite(address: URL, create: bool, busy_seconds: float) -> Engine:
    path = Path(address.database or "")
    mode = "rwc" if create else "rw"

    def connect() -> sqlite3.Connection:
        # mode=rw: unlike a plain path, this never makes an empty file where the ledger should be (rule 1).
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,
            check_same_thread=False,
        )

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=2, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # A large catalogue makes a large log once; give its space back at the next checkpoint.
        connection.execute("PRAGMA journal_size_limit=67108864")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("ledger_begin", "BEGIN"))

    return engine


def _postgresql(address: URL, busy_seconds: float) -> Engine:
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
        connection.execute(f"SET lock_timeout = {int(busy_seconds * 1000)}")
        connection.autocommit = False

    return engine
