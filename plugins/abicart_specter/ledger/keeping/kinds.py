"""A kind of row that a clean-up removes: which rows there are, which of them go, and how they go.

What goes is one condition, used alike for counting and for removing, so that a dry run counts exactly what the real
run then removes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, inspect, not_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from abicart_specter.ledger.column_types import UtcDateTime
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keeping.records import KindAccount
from abicart_specter.ledger.models import Base

_SLICE = 2000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row.

    :param name: as reports call it.
    :param of: which rows of the table it is about; of the shop, or of the queues that are cleaned.
    :param goes: which of them go.
    :param since: a column or scalar subquery: since when a row is there.
    :param emptied: columns that are set to these values, of a row that stays; without, the row is deleted.
    """

    name: str
    model: type[Base]
    of: ColumnElement[bool]
    goes: ColumnElement[bool]
    since: ColumnElement[Any] | InstrumentedAttribute[Any]
    emptied: Mapping[str, Any] | None = None


def clean(db: Database, kind: Kind, *, dry_run: bool) -> KindAccount:
    """Removes what goes, or only counts it, and tells what stays."""
    gone = _count(db, kind) if dry_run else _remove(db, kind)
    stays = (kind.of, not_(func.coalesce(kind.goes, False)))
    with db.read() as connection:
        kept, oldest = connection.execute(
            select(func.count(), func.min(kind.since, type_=UtcDateTime()))
            .select_from(kind.model)
            .where(*stays)
        ).one()
    return KindAccount(kind.name, gone, kept, oldest)


@contextmanager
def overwriting(db: Database) -> Iterator[Connection]:
    """A write transaction after which nothing of what it removed can be read in the file. On PostgreSQL that is the
    business of its own clean-up (autovacuum).
    """
    with db.write() as connection:
        if db.backend == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        yield connection


def _count(db: Database, kind: Kind) -> int:
    with db.read() as connection:
        return connection.execute(
            select(func.count()).select_from(kind.model).where(kind.of, kind.goes)
        ).scalar_one()


def _remove(db: Database, kind: Kind) -> int:
    """In slices, so that nobody waits long for the ledger."""
    key = list(inspect(kind.model).primary_key)
    wanted = select(*key).where(kind.of, kind.goes).order_by(*key).limit(_SLICE).correlate(None)
    total = 0
    while True:
        chosen: ColumnElement[bool] = tuple_(*key).in_(wanted)
        if len(key) == 1:  # few among many, so that they are looked for without holding anybody up
            with db.read() as connection:
                found = list(connection.execute(wanted).scalars())
            chosen = key[0].in_(found)
        with overwriting(db) as connection:
            # What no longer goes, because somebody needs it since it was looked for, stays.
            where = (chosen, kind.goes)
            done = (
                connection.execute(delete(kind.model).where(*where))
                if kind.emptied is None
                else connection.execute(update(kind.model).where(*where).values(**kind.emptied))
            ).rowcount
        total += done
        if done < _SLICE:
            return total
