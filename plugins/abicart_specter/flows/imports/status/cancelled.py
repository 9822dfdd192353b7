"""Whether Specter has told that an order is cancelled there."""

from __future__ import annotations

from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger.status_records import StatusState


def cancelled_in_specter(ctx: FlowContext, uid: int) -> bool:
    """Whether the newest version of the shop's order is cancelled in Specter, by what its queue told last."""
    codes = ctx.settings.status.cancelled_codes
    return any(
        record.told.status_id in codes and record.state is not StatusState.UNCLEAR
        for record in ctx.ledger.status.by_uid(ctx.shop, [uid]).get(uid, [])
    )
