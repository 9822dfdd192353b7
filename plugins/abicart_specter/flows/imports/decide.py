"""A person's answer to the question about a part that is beyond the guard's limits (rule 30)."""

from __future__ import annotations

import logging
from datetime import datetime

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.chunks import ImportChunk, import_chunks
from abicart_specter.ledger import ChangeState, PartDecision

log = logging.getLogger(__name__)

NO_ANSWER = "nobody answered in time"


def record_answer(
    ctx: FlowContext,
    part: ImportPart,
    *,
    approved: bool,
    by: str,
    at: datetime,
    plan_hash: str | None = None,
) -> None:
    """Store the answer with the hash of the plan that was asked about. Refused: the changes are kept, not applied.

    :param by: who answered; empty when nobody did, and the setting ``import_guard.without_answer`` decided.
    :param plan_hash: of the plan whose table was seen; without it, the plan as it is now.
    :raises LedgerError: the part was planned anew since it was asked about; nothing is approved or refused.
    """
    imports = ctx.ledger.imports
    record = imports.part(ctx.run, part)
    if record is None:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: there is no plan for {part.value} any more.",
            remedy="Nothing was applied. The next night asks again, with what is newest then.",
        )
    decision = PartDecision.APPROVED if approved else PartDecision.REFUSED
    if not by and not approved:
        decision = PartDecision.TIMED_OUT
    who = by or NO_ANSWER
    imports.decide_part(ctx.run, part, plan_hash or record.plan_hash, decision, who, at)
    log.info("Shop %s: %s of %s products: %s by %s.", ctx.shop, part.value, record.items, decision.value, who)
    if not approved:
        words = f"Refused by {by}." if by else "Nobody answered in time."
        # Those that an earlier yes has released too: the last answer counts.
        before = [ChangeState.WAITING, ChangeState.PLANNED]
        imports.move_part(ctx.run, part, before, ChangeState.REFUSED, words)


def release(ctx: FlowContext, part: ImportPart) -> list[ImportChunk]:
    """The approved changes of a part, dealt out. Each is looked at again before it is written.

    :raises IncompleteRunError: nobody approved this plan.
    """
    imports = ctx.ledger.imports
    record = imports.part(ctx.run, part)
    if record is None or record.decision is not PartDecision.APPROVED:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: the plan for {part.value} was not approved as it is now.",
            remedy="Clear the task that asks.",
        )
    before = [ChangeState.WAITING, ChangeState.REFUSED]
    imports.move_part(ctx.run, part, before, ChangeState.PLANNED, "approved")
    return import_chunks(ctx, part)
