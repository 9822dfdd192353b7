"""The ledger's revisions, oldest first. A test compares them with the migration files.

Kept apart from Alembic, so that a task can check them without loading it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
HEAD = REVISIONS[-1]
VERSION_TABLE = "ledger_revision"
"""A name of our own: the ledger may share a PostgreSQL database with others that use Alembic, as Airflow does."""

State = Literal["not migrated", "older", "current", "newer"]


def judge(revision: str | None, known: Sequence[str] = REVISIONS) -> State:
    """What tables at ``revision`` are to code that knows these revisions. An unknown one is newer code's."""
    if revision is None:
        return "not migrated"
    if revision not in known:
        return "newer"
    return "current" if revision == known[-1] else "older"
