"""Makes Airflow's backfills work on SQLite while its scheduler runs.

Airflow creates a backfill's runs each in a savepoint that reads before it writes. On SQLite an outermost savepoint is a
transaction that only reads at first: if the scheduler commits in between, its write fails at once ("database is
locked"), however long the timeout is; Airflow then deletes the runs made so far, which the scheduler has seen, and the
scheduler stops. A transaction that is for writing from its beginning waits for its turn instead, and all runs of a
backfill are made in one.

Airflow imports ``airflow_local_settings`` if there is one; it gets this file under that name.
"""

from __future__ import annotations

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

__all__: list[str] = []  # no policies for Airflow


@event.listens_for(Engine, "savepoint")
def begin_for_writing(connection: Connection, name: str) -> None:
    """Before an outermost savepoint of SQLite's own driver."""
    if connection.dialect.name != "sqlite" or connection.dialect.driver != "pysqlite":
        return
    if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN IMMEDIATE")
