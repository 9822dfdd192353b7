"""Did the ledger go back in time? An old backup that was put back does not know what was sent after it.

Every run says in the ledger that it uses it, and the same time is then kept outside (an Airflow Variable). A ledger
whose own newest time is older than the one outside is an old copy of itself.
"""

from __future__ import annotations

from datetime import datetime

from abicart_specter.errors import LedgerError
from abicart_specter.flows.context import FlowContext


def require_newest(ctx: FlowContext, seen: datetime | None) -> None:
    """:param seen: the time kept outside; ``None`` where there is none yet.

    :raises LedgerError: the ledger is older.
    """
    if seen is None:
        return
    beat = ctx.ledger.rebuild.last_beat(ctx.shop)
    if beat is not None and beat >= seen:
        return
    known = "never" if beat is None else f"last on {beat:%Y-%m-%d %H:%M:%S} UTC"
    raise LedgerError(
        f"Shop {ctx.shop}: an old backup of the ledger was put back: this copy was {known} in use, the ledger itself "
        f"until {seen:%Y-%m-%d %H:%M:%S} UTC. What was sent in between is not in it. Nothing was sent.",
        remedy=f"Run ledger_rebuild__{ctx.shop}, first with “Dry run”; docs/disaster.md says the rest.",
    )
