"""How the ledger is: its size, whether its file is whole, and what ought to be over by now. Changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select, text

from abicart_specter.domain.records import Severity
from abicart_specter.ledger.column_types import UtcDateTime
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.faults import translate
from abicart_specter.ledger.keeping.records import Lasting, LedgerSize, TableSize
from abicart_specter.ledger.models import Base, FlagEntry, Item, LeaseRow, PairRow
from abicart_specter.ledger.order_models import CustomerSync, OrderSync
from abicart_specter.ledger.order_rules import OrderState

EXPIRED_AFTER = timedelta(days=1)
_NAMED = 20
"""Findings of SQLite that are shown; with more, a restore is due whatever the rest says."""


def size(db: Database) -> LedgerSize:
    """Rows of every table, and bytes."""
    tables = dict(sorted(Base.metadata.tables.items()))
    with db.read() as connection:
        rows = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.items()
        }
        if db.backend == "sqlite":
            page, pages, free = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_size", "page_count", "freelist_count")
            )
            return LedgerSize(tuple(TableSize(*row) for row in rows.items()), page * pages, page * free)
        bytes_of = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
        sizes = {name: connection.execute(bytes_of, {"name": name}).scalar_one() for name in tables}
        total = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return LedgerSize(tuple(TableSize(name, rows[name], sizes[name]) for name in tables), total)


def faults(db: Database) -> list[str] | None:
    """What is wrong with the file, in the database's words; empty when it is whole. ``None`` on PostgreSQL, which has
    no such check that a role without rights of an administrator may run.
    """
    if db.backend != "sqlite":
        return None
    with db.read() as connection:
        found = connection.exec_driver_sql(f"PRAGMA quick_check({_NAMED})").scalars().all()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    words = [str(line) for line in found if line != "ok"]
    return words + [f"a row of {row[0]} refers to one of {row[2]} that is gone" for row in broken[:_NAMED]]


def lasting(db: Database, shop: str) -> list[Lasting]:
    """What ought to be short and is open: of the shop, writes begun and not confirmed; of all, leases long run out."""
    with db.read() as connection:
        expired = db.now(connection) - EXPIRED_AFTER
        orders: list[tuple[str, Any, Any]] = [
            (
                f"orders {state.value}",
                OrderSync.state_since,
                and_(OrderSync.shop == shop, OrderSync.state == state),
            )
            for state in (OrderState.INTENT, OrderState.UNCONFIRMED)
        ]
        others: list[tuple[str, Any, Any]] = [
            (
                f"{name} with a write begun",
                model.intent_at,
                and_(model.shop == shop, model.intent_at.is_not(None)),
            )
            for name, model in (("customers", CustomerSync), ("products", Item))
        ]
        wanted = [
            *orders,
            *others,
            (
                "values with a write begun",
                PairRow.intended_at,
                and_(PairRow.shop == shop, PairRow.intended_at.is_not(None)),
            ),
            (
                "leases run out and not given back",
                LeaseRow.expires_at,
                and_(LeaseRow.released_at.is_(None), LeaseRow.expires_at < expired),
            ),
        ]
        return [
            Lasting(
                name,
                *connection.execute(
                    select(func.count(), func.min(since, type_=UtcDateTime())).where(where)
                ).one(),
            )
            for name, since, where in wanted
        ]


def open_flags(db: Database, shop: str) -> dict[Severity, int]:
    """How many flags of the shop are open, by severity."""
    wanted = (
        select(FlagEntry.severity, func.count())
        .where(FlagEntry.shop == shop, FlagEntry.resolved_at.is_(None))
        .group_by(FlagEntry.severity)
    )
    with db.read() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}


def checkpoint(db: Database) -> None:
    """Brings SQLite's log into the file and empties it. While somebody reads, it stays for the next time."""
    if db.backend == "sqlite":
        with translate(db.place), db.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def vacuum(db: Database) -> None:
    """Gives what is free in SQLite's file back to the disk. Nobody else may use the ledger meanwhile, and it takes
    room on the disk for a second copy. Raises ``LedgerUnavailableError`` while somebody does.
    """
    with translate(db.place), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
