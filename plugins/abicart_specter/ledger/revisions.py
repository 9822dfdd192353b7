"""The ledger's revisions, oldest first. A test compares them with the migration files.

Kept apart from Alembic, so that a task can check them without loading it.
"""

from __future__ import annotations

REVISIONS = ("0001",)
HEAD = REVISIONS[-1]
VERSION_TABLE = "ledger_revision"
"""A name of our own: the ledger may share a PostgreSQL database with others that use Alembic, as Airflow does."""
