"""Imports: what to look at, planned changes, parts and their approvals.

Revision 0003, follows 0002. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that needs it."""
