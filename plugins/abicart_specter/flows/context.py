"""What a flow works with. Operators (or tests) build it; flows never look anything up themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.settings import ShopSettings


def utc_now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)


@dataclass(slots=True)
class FlowContext:
    """One task's tools.

    ``ledger`` remembers across runs; ``staging`` holds what this run found and what became of it. They are
    the same database, except in a dry run, whose staging is a scratch file that is thrown away.
    ``owner`` names this try of this task in leases.
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
    clock: Callable[[], datetime] = field(default=utc_now)

    @property
    def shop(self) -> str:
        """The shop's name."""
        return self.run.shop

    @property
    def leaves_no_trace(self) -> bool:
        """Whether the ledger may only be read: a dry run, outside of its scratch staging."""
        return self.dry_run and self.staging is self.ledger

    def begin(self) -> None:
        """Record the run at its first task; harmless when repeated."""
        if not self.leaves_no_trace:
            self.staging.start_run(self.run, self.params)
