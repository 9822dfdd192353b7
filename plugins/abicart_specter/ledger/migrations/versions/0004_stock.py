"""Stock: Specter's last figure per item and what was subtracted from it.

Revision 0004, follows 0003. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that needs it."""
