"""Export on change: how far the shop's changes were read, and an index of its catalogue.

Revision 0006, follows 0005. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that needs it."""
