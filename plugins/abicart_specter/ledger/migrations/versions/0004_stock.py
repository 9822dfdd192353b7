"""Stock: Specter's last figure per item, what orders take of it, plans and their approvals.

Revision 0004, follows 0003. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
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
    op.add_column("item", maybe("stock_managed_at_first", sa.Boolean()))
    op.create_table(
        "stock_figure",
        col("shop", TEXT),
        col("kind", WORD),
        col("uid", BIG, autoincrement=False),
        col("article_uid", BIG),
        col("product_number", TEXT),
        col("quantity", TEXT),
        maybe("opened_after", TIME),
        col("row_id", BIG),
        col("subtracted", TEXT),
        col("orders", TEXT),
        col("shop_stock", BIG),
        col("settled_at", TIME),
        maybe("emptied_at", TIME),
        sa.PrimaryKeyConstraint("shop", "kind", "uid", name="pk_stock_figure"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stock_figure_shop_article_uid", "stock_figure", ["shop", "article_uid"])
    op.create_index("ix_stock_figure_shop_emptied_at", "stock_figure", ["shop", "emptied_at"])
    op.create_table(
        "stock_order",
        col("shop", TEXT),
        col("uid", BIG, autoincrement=False),
        col("read_at", TIME),
        sa.PrimaryKeyConstraint("shop", "uid", name="pk_stock_order"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stock_order_line",
        col("id", BIG),
        col("shop", TEXT),
        col("order_uid", BIG),
        maybe("article_uid", BIG),
        maybe("variant_uid", BIG),
        maybe("product_number", TEXT),
        maybe("quantity", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_stock_order_line"),
    )
    op.create_index("ix_stock_order_line_shop_article_uid", "stock_order_line", ["shop", "article_uid"])
    op.create_index("ix_stock_order_line_shop_order_uid", "stock_order_line", ["shop", "order_uid"])
    op.create_table(
        "stock_read",
        col("shop", TEXT),
        maybe("found_to", TIME),
        maybe("changed_to", TIME),
        sa.PrimaryKeyConstraint("shop", name="pk_stock_read"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stock_plan",
        col("run", BIG, autoincrement=False),
        col("plan_hash", TEXT),
        col("changes", BIG),
        col("emptied", BIG),
        col("managed", BIG),
        col("reasons", TEXT),
        col("planned_at", TIME),
        maybe("approved", sa.Boolean()),
        col("decided_by", TEXT),
        maybe("decided_at", TIME),
        of_run("stock_plan"),
        sa.PrimaryKeyConstraint("run", name="pk_stock_plan"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stock_change",
        col("run", BIG, autoincrement=False),
        col("kind", WORD),
        col("uid", BIG, autoincrement=False),
        col("article_uid", BIG),
        col("partition", SMALL),
        col("product_number", TEXT),
        col("name", TEXT),
        maybe("before", TEXT),
        col("after", BIG),
        col("figure", TEXT),
        col("subtracted", TEXT),
        col("row_id", BIG),
        col("state", WORD),
        col("state_since", TIME),
        col("words", TEXT),
        of_run("stock_change"),
        sa.PrimaryKeyConstraint("run", "kind", "uid", name="pk_stock_change"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_stock_change_run_partition_kind_uid", "stock_change", ["run", "partition", "kind", "uid"]
    )
    op.create_table(
        "stock_held",
        col("id", BIG),
        col("run", BIG),
        maybe("kind", WORD),
        maybe("uid", BIG),
        col("product_number", TEXT),
        col("rule", TEXT),
        col("message", TEXT),
        col("remedy", TEXT),
        maybe("figure", TEXT),
        of_run("stock_held"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_held"),
    )
    op.create_index("ix_stock_held_run", "stock_held", ["run"])
