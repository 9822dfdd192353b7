"""What a flow works with. Operators (or tests) build it; flows never look anything up themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.errors import ConfigurationError
from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.settings import ShopSettings

SHORTEST_SECRET = 16
WITHOUT_KNOWLEDGE = frozenset({"ledger_rebuild", "ledger_maintenance", "alerts", "connection_probe"})
"""Flows that may run although the ledger does not know yet what went to Specter."""
WRITES_NOWHERE = WITHOUT_KNOWLEDGE | {"product_number_validation"}
"""Flows that may run before the shop is live: neither system is changed by them."""


def utc_now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)


@dataclass(slots=True)
class FlowContext:
    """One task's tools.

    ``ledger`` remembers across runs; ``staging`` holds what this run found and what became of it. They are
    the same database, except in a dry run, whose staging is a scratch file that is thrown away.
    ``owner`` names this try of this task in leases. ``hash_secret`` is the key of the customers' HMAC (rule 14);
    flows of orders read it through ``customer_secret``.
    """

    settings: ShopSettings
    run: RunKey
    ledger: Ledger
    staging: Ledger
    owner: str
    reports_dir: Path
    open_abicart: Callable[[], AbicartClient]
    open_specter: Callable[[], SpecterClient]
    dry_run: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    hash_secret: bytes = field(default=b"", repr=False)
    clock: Callable[[], datetime] = field(default=utc_now)

    @property
    def shop(self) -> str:
        """The shop's name."""
        return self.run.shop

    @property
    def customer_secret(self) -> bytes:
        """The key of the customers' HMAC.

        :raises ConfigurationError: the ledger's connection has none, or one that can be guessed.
        """
        if len(self.hash_secret) < SHORTEST_SECRET:
            what = "is too short" if self.hash_secret else "is missing"
            raise ConfigurationError(
                f"Shop {self.shop}: connection sync_ledger: hash_secret {what}; orders cannot be told apart by "
                "customer without it.",
                remedy=f"Enter at least {SHORTEST_SECRET} random characters in the connection's extra, and never "
                "change them again: with another secret every customer looks new.",
            )
        return self.hash_secret

    @property
    def leaves_no_trace(self) -> bool:
        """Whether the ledger may only be read: a dry run, outside of its scratch staging."""
        return self.dry_run and self.staging is self.ledger

    def require_whole(self) -> None:
        """Nothing is done by what a lost ledger, or an old backup of it, does not know.

        :raises LedgerError: the shop's part of the ledger must be rebuilt first.
        """
        if self.run.flow not in WITHOUT_KNOWLEDGE:
            self.ledger.rebuild.require_whole(self.shop)

    def require_live(self) -> None:
        """Before a shop is live, nothing is written to either system. Airflow starts the schedule's last run as soon as
        a DAG is unpaused, which is needed for a dry run as well.

        :raises ConfigurationError: the shop file says that it is not live, and this is no dry run.
        """
        if not self.settings.live and not self.dry_run and self.run.flow not in WRITES_NOWHERE:
            raise ConfigurationError(
                f"Shop {self.shop} is not live yet (live: false in its file). Nothing was read or written.",
                remedy="Until then only dry runs, the validation and the connection probe run. Set live: true in the "
                "shop file when the going-live list of docs/operations.md says so.",
            )

    def begin(self) -> None:
        """Record the run at its first task; harmless when repeated.

        :raises ConfigurationError: see :meth:`require_live`.
        :raises LedgerError: see :meth:`require_whole`.
        """
        self.require_live()
        self.require_whole()
        if not self.leaves_no_trace:
            self.staging.start_run(self.run, self.params)
