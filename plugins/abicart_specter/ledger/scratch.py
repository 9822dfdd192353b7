"""A ledger that is thrown away: where a dry run stages what it reads. Never the ledger of rule 1."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from abicart_specter.ledger.facade import Ledger


@contextmanager
def scratch_ledger() -> Iterator[Ledger]:
    """An empty ledger in a temporary folder, gone at the end."""
    # Only here: it loads Alembic, which no other task needs.
    from abicart_specter.ledger.migrate import upgrade

    with tempfile.TemporaryDirectory(prefix="dry-run-") as folder:
        url = f"sqlite:///{Path(folder) / 'scratch.db'}"
        chatter = logging.getLogger("alembic.runtime.migration")
        level = chatter.level
        # Who reads a dry run's log should not wonder whether the real ledger was upgraded.
        chatter.setLevel(logging.WARNING)
        try:
            upgrade(url)
        finally:
            chatter.setLevel(level)
        with Ledger.open(url) as ledger:
            yield ledger
