"""Alerts: facts of alarms and messages, which channel took which message, red runs, which flags were told.

Revision 0007, follows 0006. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
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
    op.add_column("alarm", maybe("facts", TEXT))
    op.add_column("message", maybe("facts", TEXT))
    op.add_column("run", maybe("flags_told_at", TIME))
    # What runs found before there were alerts is told by their reports, and is no news.
    op.execute("UPDATE run SET flags_told_at = started_at")
    op.create_index("ix_run_shop_flags_told_at", "run", ["shop", "flags_told_at"])
    op.create_table(
        "message_delivery",
        col("message", BIG),
        col("channel", WORD),
        col("delivered_at", TIME),
        sa.ForeignKeyConstraint(
            ["message"], ["message.id"], name="fk_message_delivery_message", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message", "channel", name="pk_message_delivery"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alarm_channel",
        col("shop", TEXT),
        col("channel", WORD),
        col("since", TIME),
        maybe("failing_since", TIME),
        col("attempts", BIG),
        maybe("next_try_at", TIME),
        col("words", TEXT),
        sa.PrimaryKeyConstraint("shop", "channel", name="pk_alarm_channel"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "red_run",
        col("shop", TEXT),
        col("flow", TEXT),
        col("run_id", TEXT),
        col("reason", TEXT),
        col("ended_at", TIME),
        sa.PrimaryKeyConstraint("shop", "flow", "run_id", name="pk_red_run"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_watch",
        col("shop", TEXT),
        col("flow", TEXT),
        col("red", BIG),
        col("green", BIG),
        col("looked_at", TIME),
        sa.PrimaryKeyConstraint("shop", "flow", name="pk_run_watch"),
        sqlite_with_rowid=False,
    )
