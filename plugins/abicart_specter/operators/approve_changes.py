"""The question about a part of the nightly import, and what follows when the answer is yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.ask_person import AskPersonOperator
from abicart_specter.operators.base import ShopOperator, journal

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.flows.context import FlowContext


class ApproveChangesOperator(AskPersonOperator):
    """Waits for a person. Refused, or no answer: nothing of this part is applied, and the next night asks again.

    :param part: ``price``, ``vat`` or ``text``.
    """

    def __init__(self, *, part: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.part = part

    def record(self, ctx: FlowContext, approved: bool, by: str, at: Any, plan_hash: str) -> None:
        from abicart_specter.domain.imports.records import ImportPart
        from abicart_specter.flows.imports.decide import record_answer

        record_answer(ctx, ImportPart(self.part), approved=approved, by=by, at=at, plan_hash=plan_hash)


class ReleaseChangesOperator(ShopOperator):
    """Deals the approved changes out to chunks, after a look at what Specter has told since the question was asked.

    :param part: ``price``, ``vat`` or ``text``.
    """

    def __init__(self, *, part: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.part = part

    def execute(self, context: Context) -> list[dict[str, Any]]:
        from abicart_specter.domain.imports.records import ImportPart
        from abicart_specter.flows.drain_queue import drain_article_info
        from abicart_specter.flows.imports.decide import release
        from abicart_specter.operators.options import lease_terms

        with self.flow_context(context) as ctx:
            # Hours may have passed: a price list that was corrected meanwhile must void the approved one.
            drain_article_info(ctx, journal(), lease_terms(ctx.settings))
            return [chunk.as_xcom() for chunk in release(ctx, ImportPart(self.part))]
