"""Orders: their states, customers, decisions, changes, a run's found set, scans, alarms; remedies of outcomes.

Revision 0002, follows 0001. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
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


def upgrade() -> None:
    op.add_column("outcome", maybe("remedy", TEXT))
    op.create_table(
        "order_sync",
        col("shop", TEXT),
        col("uid", BIG),
        col("generation", SMALL, autoincrement=False),
        col("superseded", sa.Boolean()),
        col("number", TEXT),
        col("ordered_at", TIME),
        col("found_at", TIME),
        col("customer_key", TEXT),
        col("partition", SMALL),
        col("external_mark", TEXT),
        col("discarded", sa.Boolean()),
        col("state", WORD),
        col("state_since", TIME),
        col("reason", TEXT),
        col("rule", TEXT),
        col("remedy", TEXT),
        maybe("external_no", TEXT),
        maybe("specter_order_no", TEXT),
        maybe("specter_customer_no", TEXT),
        col("other_numbers", TEXT),
        maybe("intent_at", TIME),
        maybe("intent_hash", TEXT),
        maybe("intent_lease", TEXT),
        maybe("intent_attempt", BIG),
        col("attempt_hashes", TEXT),
        col("repeat", sa.Boolean()),
        col("repeats", BIG),
        col("resend_allowed", sa.Boolean()),
        maybe("content_hash", TEXT),
        col("version_unknown", sa.Boolean()),
        maybe("sent_at", TIME),
        maybe("linked_by", TEXT),
        col("write_back", WORD),
        col("write_back_tries", BIG),
        maybe("written_back_at", TIME),
        col("write_back_words", TEXT),
        maybe("snapshot", TEXT),
        maybe("proof", TEXT),
        sa.PrimaryKeyConstraint("shop", "uid", "generation", name="pk_order_sync"),
    )
    op.create_index("ix_order_sync_shop_state_superseded", "order_sync", ["shop", "state", "superseded"])
    op.create_index("ix_order_sync_shop_write_back", "order_sync", ["shop", "write_back"])
    op.create_index("ix_order_sync_shop_number", "order_sync", ["shop", "number"])
    op.create_index("ix_order_sync_shop_ordered_at", "order_sync", ["shop", "ordered_at"])
    op.create_index("uq_order_sync_shop_external_no", "order_sync", ["shop", "external_no"], unique=True)
    op.create_table(
        "order_decision",
        col("id", BIG),
        col("shop", TEXT),
        col("uid", BIG),
        col("generation", SMALL),
        col("what", TEXT),
        col("who", TEXT),
        col("why", TEXT),
        col("at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_order_decision"),
    )
    op.create_index("ix_order_decision_shop_uid", "order_decision", ["shop", "uid"])
    op.create_table(
        "order_change",
        col("shop", TEXT),
        col("uid", BIG),
        col("kind", TEXT),
        col("hash", TEXT),
        col("differences", TEXT),
        col("first_seen", TIME),
        col("last_seen", TIME),
        maybe("closed_at", TIME),
        col("closed_by", TEXT),
        col("closed_why", TEXT),
        sa.PrimaryKeyConstraint("shop", "uid", "kind", name="pk_order_change"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "customer_sync",
        col("shop", TEXT),
        col("customer_key", TEXT),
        maybe("specter_customer_no", TEXT),
        maybe("previous_no", TEXT),
        maybe("fields_hash", TEXT),
        maybe("confirmed_at", TIME),
        maybe("order_uid", BIG),
        col("open_intents", BIG),
        maybe("intent_at", TIME),
        maybe("intent_hash", TEXT),
        maybe("intent_lease", TEXT),
        maybe("intent_attempt", BIG),
        sa.PrimaryKeyConstraint("shop", "customer_key", name="pk_customer_sync"),
    )
    op.create_index(
        "ix_customer_sync_shop_specter_customer_no", "customer_sync", ["shop", "specter_customer_no"]
    )
    op.create_table(
        "run_order",
        col("run", BIG),
        col("uid", BIG),
        col("partition", SMALL),
        col("customer_key", TEXT),
        col("number", TEXT),
        col("ordered_at", TIME),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_order_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "uid", name="pk_run_order"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_run_order_run_partition", "run_order", ["run", "partition"])
    op.create_table(
        "order_scan",
        col("shop", TEXT),
        maybe("scanned_to", TIME),
        maybe("swept_to", TIME),
        maybe("changes_checked_to", TIME),
        sa.PrimaryKeyConstraint("shop", name="pk_order_scan"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alarm",
        col("shop", TEXT),
        col("cause", TEXT),
        col("words", TEXT),
        col("opened_at", TIME),
        col("reminders", BIG),
        maybe("closed_at", TIME),
        sa.PrimaryKeyConstraint("shop", "cause", name="pk_alarm"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message",
        col("id", BIG),
        col("shop", TEXT),
        col("cause", TEXT),
        col("kind", TEXT),
        col("words", TEXT),
        col("at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_shop_id", "message", ["shop", "id"])
