"""What the ledger's tests run in processes of their own. The first argument is the pipe to the test."""

from __future__ import annotations

from multiprocessing.connection import Connection

from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.ledger.migrate import upgrade

RUN = RunKey("demo", "product_export", "run-1")


def migrate(pipe: Connection, url: str) -> None:
    """Migrates when told to, and says the ledger's id."""
    pipe.send("ready")
    pipe.recv()
    pipe.send(upgrade(url))


def count_requests(pipe: Connection, url: str, times: int) -> None:
    """Adds one request to the run, again and again."""
    with Ledger.open(url) as ledger:
        for _ in range(times):
            ledger.add_requests(
                RUN, "specter", "send", {"requests": 1, "retries": 0, "writes": 1, "connections_opened": 0}
            )
