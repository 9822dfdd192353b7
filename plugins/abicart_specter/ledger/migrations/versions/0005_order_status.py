"""Order status: what Specter told of its orders, and what came of it; finding an order by Specter's number.

Revision 0005, follows 0004. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
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
    op.create_table(
        "order_status",
        col("shop", TEXT),
        col("order_no", TEXT),
        col("status_id", TEXT),
        col("delivery_status", TEXT),
        col("deliveries_changed", sa.Boolean()),
        col("tracking_number", TEXT),
        col("told_row", BIG),
        col("told_at", TIME),
        maybe("uid", BIG),
        maybe("generation", sa.SmallInteger()),
        col("number", TEXT),
        col("state", WORD),
        col("rule", TEXT),
        col("words", TEXT),
        col("remedy", TEXT),
        col("state_since", TIME),
        maybe("looked_at", TIME),
        col("tracking_written", TEXT),
        sa.PrimaryKeyConstraint("shop", "order_no", name="pk_order_status"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_order_status_shop_state", "order_status", ["shop", "state"])
    op.create_index("ix_order_status_shop_uid", "order_status", ["shop", "uid"])
    op.create_table(
        "order_status_scan",
        col("shop", TEXT),
        col("account", TEXT),
        col("to_row", BIG),
        col("settings_key", TEXT),
        sa.PrimaryKeyConstraint("shop", "account", name="pk_order_status_scan"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_order_sync_shop_specter_order_no", "order_sync", ["shop", "specter_order_no"])
