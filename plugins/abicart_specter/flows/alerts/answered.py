"""How a question about an import ended: what a person said of it, or what the settings say when nobody did."""

from __future__ import annotations

from typing import Any

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.flows.alerts.causes import QUESTION
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.decide import NO_ANSWER
from abicart_specter.ledger import OpenAlarm, PartDecision, RunKey

APPROVED, REFUSED, COUNTED_AS_YES, COUNTED_AS_NO = "approved", "refused", "counted_as_yes", "counted_as_no"


def ending(ctx: FlowContext, alarm: OpenAlarm) -> dict[str, Any]:
    """Facts for the text that closes an alarm; nothing for any alarm but a question's, or if it is not known."""
    if alarm.cause.partition(":")[0] != QUESTION or "asked_by" not in alarm.facts:
        return {}
    run, part = RunKey(ctx.shop, alarm.facts["asked_by"], alarm.facts["run_id"]), alarm.facts["part"]
    approved, by_person = _stock(ctx, run) if part == "stock" else _of_import(ctx, run, ImportPart(part))
    if approved is None:
        return {}
    if by_person:
        return {"answer": APPROVED if approved else REFUSED}
    return {"answer": COUNTED_AS_YES if approved else COUNTED_AS_NO}


def _stock(ctx: FlowContext, run: RunKey) -> tuple[bool | None, bool]:
    """Whether it was approved, if that is decided, and whether it was a person who decided."""
    plan = ctx.ledger.stock.plan(run)
    return (None, False) if plan is None else (plan.approved, bool(plan.decided_by))


def _of_import(ctx: FlowContext, run: RunKey, part: ImportPart) -> tuple[bool | None, bool]:
    record = ctx.ledger.imports.part(run, part)
    if record is None or record.answer is None:
        return None, False
    return record.answer.decision is PartDecision.APPROVED, record.answer.by != NO_ANSWER
