"""The question about a stock plan beyond the guard's limits, and what follows when the answer is yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.ask_person import AskPersonOperator
from abicart_specter.operators.base import ShopOperator, journal

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.flows.context import FlowContext


class ApproveStockOperator(AskPersonOperator):
    """Waits for a person. Refused, or no answer: nothing is written, and the next run asks again."""

    def execute(self, context: Context) -> Any:
        task, key = self.question
        asked = context["ti"].xcom_pull(task_ids=task, key=key)
        self.skip_when(asked is None, "The plan is within the guard's limits; nobody needs to be asked.")
        return super().execute(context)

    def record(self, ctx: FlowContext, approved: bool, by: str, at: Any, plan_hash: str) -> None:
        ctx.ledger.stock.decide(ctx.run, approved=approved, by=by, at=at, plan_hash=plan_hash)
        answer = "approved" if approved else "refused"
        self.log.info(
            "Shop %s: stock: %s by %s.", ctx.shop, answer, by or "the settings: nobody answered in time"
        )


class ReleaseStockOperator(ShopOperator):
    """Deals the approved plan out to chunks, after a look at what Specter has told since the question was asked."""

    def execute(self, context: Context) -> list[dict[str, Any]]:
        from abicart_specter.clients.specter_batches import Queue
        from abicart_specter.flows.drain_queue import drain_queue
        from abicart_specter.flows.imports.stock.chunks import stock_chunks
        from abicart_specter.operators.options import lease_terms

        with self.flow_context(context) as ctx:
            drain_queue(ctx, journal(), lease_terms(ctx.settings), Queue.STOCK)
            return [chunk.as_xcom() for chunk in stock_chunks(ctx)]
