"""When a shop's ledger was last in use, kept in an Airflow Variable: by it an old backup is recognised."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abicart_specter.flows.context import FlowContext


def seen_outside(shop: str) -> datetime | None:
    """The time kept in Airflow; ``None`` where there is none yet."""
    from airflow.sdk import Variable

    text = Variable.get(_name(shop), default=None)
    return None if not text else datetime.fromisoformat(text)


def check_age(ctx: FlowContext) -> None:
    """At a run's first task: is it the newest copy of the ledger? Then it is noted that it is in use.

    :raises LedgerError: it is an old one.
    """
    from abicart_specter.flows.ledger_age import require_newest

    require_newest(ctx, seen_outside(ctx.shop))
    note_use(ctx)


def note_use(ctx: FlowContext) -> None:
    """In the ledger first: what is outside is never newer than the ledger that it is about."""
    from airflow.sdk import Variable

    if not ctx.dry_run:
        at = ctx.ledger.rebuild.beat(ctx.shop)
        Variable.set(_name(ctx.shop), at.isoformat(), description="When the sync ledger was last in use")


def _name(shop: str) -> str:
    return f"sync_ledger_seen__{shop}"
