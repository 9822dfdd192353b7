"""Rebuilding a ledger: which one it replaces, how far each shop's rebuild is, what of products is not known since.

Revision 0008, follows 0007. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text()
WORD = sa.String(20)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def col(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def maybe(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    op.add_column("ledger_identity", maybe("replaces", TEXT))
    op.create_table(
        "rebuild",
        col("shop", TEXT),
        col("needed_since", TIME),
        maybe("known_good", TIME),
        maybe("since", TIME),
        maybe("cut", TIME),
        maybe("begun_at", TIME),
        maybe("orders_done_at", TIME),
        maybe("products_done_at", TIME),
        maybe("finished_at", TIME),
        sa.PrimaryKeyConstraint("shop", name="pk_rebuild"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item_doubt",
        col("shop", TEXT),
        col("kind", WORD),
        col("uid", BIG),
        maybe("known_since", TIME),
        sa.PrimaryKeyConstraint("shop", "kind", "uid", name="pk_item_doubt"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_beat",
        col("shop", TEXT),
        col("at", TIME),
        sa.PrimaryKeyConstraint("shop", name="pk_ledger_beat"),
        sqlite_with_rowid=False,
    )
