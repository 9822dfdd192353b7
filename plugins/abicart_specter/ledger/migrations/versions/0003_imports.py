"""Imports: what to look at, planned changes, parts and their approvals, held values; when a batch can have been opened.

Revision 0003, follows 0002. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text()
WORD = sa.String(20)
SMALL = sa.SmallInteger()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def col(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False, **more)


def maybe(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def of_run(table: str) -> sa.ForeignKeyConstraint:
    """What belongs to a run goes with it."""
    return sa.ForeignKeyConstraint(["run"], ["run.id"], name=f"fk_{table}_run", ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("queue_batch", maybe("opened_after", TIME))
    op.add_column("queue_batch", maybe("row_count", BIG))
    op.create_table(
        "import_look",
        col("shop", TEXT),
        col("function", TEXT),
        col("to_row_id", BIG),
        col("looked_at", TIME),
        sa.PrimaryKeyConstraint("shop", "function", name="pk_import_look"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_open",
        col("id", BIG),
        col("shop", TEXT),
        col("function", TEXT),
        col("product_number", TEXT),
        col("why", TEXT),
        col("since", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_import_open"),
    )
    op.create_index("ix_import_open_shop_function", "import_open", ["shop", "function"])
    op.create_table(
        "import_part",
        col("run", BIG),
        col("part", WORD),
        col("items", BIG),
        col("catalogue", BIG),
        col("reasons", TEXT),
        col("plan_hash", TEXT),
        col("planned_at", TIME),
        col("answers", TEXT),
        of_run("import_part"),
        sa.PrimaryKeyConstraint("run", "part", name="pk_import_part"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_change",
        col("id", BIG),
        col("run", BIG),
        col("shop", TEXT),
        col("article_uid", BIG),
        col("part", WORD),
        col("partition", SMALL),
        col("hash", TEXT),
        col("state", WORD),
        col("state_since", TIME),
        col("words", TEXT),
        col("document", TEXT),
        of_run("import_change"),
        sa.PrimaryKeyConstraint("id", name="pk_import_change"),
        sa.UniqueConstraint("run", "article_uid", "part", name="uq_import_change_run_article_uid_part"),
    )
    op.create_index(
        "ix_import_change_shop_state_state_since", "import_change", ["shop", "state", "state_since"]
    )
    op.create_table(
        "import_held",
        col("run", BIG),
        col("number_key", TEXT),
        col("kind", WORD),
        col("uid", BIG, autoincrement=False),
        col("field", WORD),
        col("rule", TEXT),
        col("product_number", TEXT),
        col("message", TEXT),
        col("remedy", TEXT),
        maybe("shop_value", TEXT),
        maybe("specter_value", TEXT),
        of_run("import_held"),
        sa.PrimaryKeyConstraint("run", "number_key", "kind", "uid", "field", "rule", name="pk_import_held"),
        sqlite_with_rowid=False,
    )
