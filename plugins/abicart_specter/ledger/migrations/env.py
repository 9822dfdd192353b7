"""Alembic's entry: runs the migrations on the connection that ``ledger.migrate`` opened."""

from __future__ import annotations

from alembic import context

from abicart_specter.ledger.models import Base
from abicart_specter.ledger.revisions import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)

with context.begin_transaction():
    context.run_migrations()
