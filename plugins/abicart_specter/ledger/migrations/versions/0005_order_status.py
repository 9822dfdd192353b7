"""Order status: what Specter says of an order, and what came of it.

Revision 0005, follows 0004. Types are plain ones of the database: a migration never changes with the code.
"""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the room that needs it."""
