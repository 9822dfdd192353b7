"""The first ledger: identity and bindings, runs, staging, items, outcomes, flags, leases, pairs, queues.

Revision 0001, follows none. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text()
WORD = sa.String(20)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def col(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False, **more)


def maybe(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    op.create_table(
        "flag",
        col("shop", TEXT),
        col("kind", WORD),
        col("uid", BIG),
        col("rule", TEXT),
        col("source", TEXT),
        col("severity", WORD),
        col("message", TEXT),
        col("remedy", TEXT),
        maybe("product_number", TEXT),
        maybe("suggestion", TEXT),
        col("owners", TEXT),
        col("first_seen", TIME),
        col("last_seen", TIME),
        maybe("resolved_at", TIME),
        maybe("resolved_run", BIG),
        col("seen_mark", BIG),
        sa.PrimaryKeyConstraint("shop", "kind", "uid", "rule", name="pk_flag"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox_row",
        col("id", BIG),
        col("account", TEXT),
        col("function", TEXT),
        col("batch_no", TEXT),
        col("product_number", TEXT),
        col("number_hash", BIG),
        col("field", TEXT),
        maybe("value", TEXT),
        col("seen_at", TIME),
        col("state", WORD),
        sa.PrimaryKeyConstraint("id", name="pk_inbox_row"),
    )
    op.create_index(
        "ix_inbox_row_account_function_batch_no", "inbox_row", ["account", "function", "batch_no"]
    )
    op.create_index(
        "ix_inbox_row_account_function_number_hash_field",
        "inbox_row",
        ["account", "function", "number_hash", "field"],
    )

    op.create_table(
        "item",
        col("shop", TEXT),
        col("kind", WORD),
        col("uid", BIG),
        maybe("created_in_specter_at", TIME),
        maybe("created_number", TEXT),
        maybe("sent_at", TIME),
        maybe("sent_number", TEXT),
        maybe("sent_hash", TEXT),
        maybe("sent_values", TEXT),
        maybe("intent_at", TIME),
        maybe("intent_hash", TEXT),
        sa.PrimaryKeyConstraint("shop", "kind", "uid", name="pk_item"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_item_shop_created_number", "item", ["shop", "created_number"])
    op.create_table(
        "lease",
        col("name", TEXT),
        col("owner", TEXT),
        col("attempt", BIG),
        col("acquired_at", TIME),
        col("expires_at", TIME),
        maybe("released_at", TIME),
        maybe("previous_owner", TEXT),
        maybe("previous_expires_at", TIME),
        maybe("previous_released_at", TIME),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_identity",
        col("singleton", sa.SmallInteger(), autoincrement=False),
        col("ledger_id", TEXT),
        col("created_at", TIME),
        sa.PrimaryKeyConstraint("singleton", name="pk_ledger_identity"),
    )
    op.create_table(
        "pair",
        col("shop", TEXT),
        col("kind", WORD),
        col("uid", BIG),
        col("field", TEXT),
        maybe("shop_value", TEXT),
        maybe("specter_value", TEXT),
        maybe("settled_at", TIME),
        maybe("origin", WORD),
        maybe("intended_shop_value", TEXT),
        maybe("intended_specter_value", TEXT),
        maybe("intended_at", TIME),
        sa.PrimaryKeyConstraint("shop", "kind", "uid", "field", name="pk_pair"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "queue_batch",
        col("account", TEXT),
        col("function", TEXT),
        col("batch_no", TEXT),
        col("state", WORD),
        maybe("journal_ref", TEXT),
        col("in_flight_at", TIME),
        maybe("read_at", TIME),
        maybe("acknowledged_at", TIME),
        sa.PrimaryKeyConstraint("account", "function", "batch_no", name="pk_queue_batch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run",
        col("id", BIG),
        col("shop", TEXT),
        col("flow", TEXT),
        col("run_id", TEXT),
        col("params", TEXT),
        col("started_at", TIME),
        maybe("finished_at", TIME),
        maybe("summary", TEXT),
        col("staging", WORD),
        maybe("expected_articles", BIG),
        maybe("expected_items", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("shop", "flow", "run_id", name="uq_run_shop_flow_run_id"),
    )
    op.create_table(
        "shop_binding",
        col("shop", TEXT),
        col("webshop_id", BIG),
        col("sbm_id", BIG),
        maybe("api_user_id", BIG),
        col("bound_at", TIME),
        sa.PrimaryKeyConstraint("shop", name="pk_shop_binding"),
        sa.UniqueConstraint("webshop_id", name="uq_shop_binding_webshop_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "special_number",
        col("shop", TEXT),
        col("number", TEXT),
        col("role", TEXT),
        col("state", WORD),
        col("words", TEXT),
        col("checked_at", TIME),
        sa.PrimaryKeyConstraint("shop", "number", name="pk_special_number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcome",
        col("run", BIG),
        col("kind", WORD),
        col("uid", BIG),
        maybe("product_number", TEXT),
        col("outcome", WORD),
        col("reason", TEXT),
        col("rule", TEXT),
        col("recorded_at", TIME),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_outcome_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "kind", "uid", name="pk_outcome"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_flag",
        col("run", BIG),
        col("kind", WORD),
        col("uid", BIG),
        col("rule", TEXT),
        col("source", TEXT),
        col("change", WORD),
        col("seen_mark", BIG),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_flag_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "kind", "uid", "rule", name="pk_run_flag"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_requests",
        col("run", BIG),
        col("system", TEXT),
        col("task", TEXT),
        col("requests", BIG),
        col("retries", BIG),
        col("writes", BIG),
        col("connections_opened", BIG),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_requests_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "system", "task", name="pk_run_requests"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staged_article",
        col("run", BIG),
        col("article_uid", BIG),
        col("document", TEXT),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_staged_article_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "article_uid", name="pk_staged_article"),
    )
    op.create_table(
        "staged_item",
        col("run", BIG),
        col("kind", WORD),
        col("uid", BIG),
        col("article_uid", BIG),
        col("partition", sa.SmallInteger()),
        maybe("product_number", TEXT),
        col("own_number", sa.Boolean()),
        col("name", TEXT),
        maybe("price", TEXT),
        maybe("vat_rate", TEXT),
        maybe("stock_managed", sa.Boolean()),
        col("is_package", sa.Boolean()),
        col("document", TEXT),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_staged_item_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "kind", "uid", name="pk_staged_item"),
    )
    op.create_index(
        "ix_staged_item_run_article_uid_kind_uid", "staged_item", ["run", "article_uid", "kind", "uid"]
    )
    op.create_index(
        "ix_staged_item_run_partition_kind_uid", "staged_item", ["run", "partition", "kind", "uid"]
    )
