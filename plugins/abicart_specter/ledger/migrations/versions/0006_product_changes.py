"""Export on change: how far the shop's changes were read, an index of its catalogue, articles to look at.

Revision 0006, follows 0005. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
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
    op.add_column("staged_item", maybe("fold_hash", BIG))
    op.create_table(
        "shop_item",
        col("shop", TEXT),
        col("kind", WORD),
        col("uid", BIG),
        col("article_uid", BIG),
        maybe("product_number", TEXT),
        maybe("fold_hash", BIG),
        col("own_number", sa.Boolean()),
        maybe("price", TEXT),
        maybe("vat_rate", TEXT),
        maybe("stock_managed", sa.Boolean()),
        col("is_package", sa.Boolean()),
        col("read_at", TIME),
        sa.PrimaryKeyConstraint("shop", "kind", "uid", name="pk_shop_item"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_shop_item_shop_article_uid_kind_uid", "shop_item", ["shop", "article_uid", "kind", "uid"]
    )
    op.create_index("ix_shop_item_shop_fold_hash", "shop_item", ["shop", "fold_hash"])
    op.create_table(
        "changed_article",
        col("shop", TEXT),
        col("article_uid", BIG),
        col("noticed_at", TIME),
        col("due_at", TIME),
        col("run", BIG),
        sa.PrimaryKeyConstraint("shop", "article_uid", name="pk_changed_article"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "change_cursor",
        col("shop", TEXT),
        maybe("read_to", TIME),
        maybe("indexed_at", TIME),
        sa.PrimaryKeyConstraint("shop", name="pk_change_cursor"),
        sqlite_with_rowid=False,
    )
