"""What Specter told of stock, compared with the shop: what may be written, what waits for a person, what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

QUESTION = "question"
NOT_IN_A_DRY_RUN = ("apply", "approve", "release", "apply_approved")


class PlanStockOperator(ShopOperator):
    """Returns the chunks to write; none beyond the guard's limits, but then it leaves a question to a person."""

    def execute(self, context: Context) -> list[dict[str, Any]]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.imports.stock.plan_stock import plan_stock
        from abicart_specter.flows.imports.stock.stock_csv import write_stock_csv

        dry_run = self.is_dry_run(context)
        with self.flow_context(context) as ctx:
            ctx.dry_run = False  # the plan is our own; a dry run ends with it
            planned = plan_stock(ctx, order_mapping(ctx.settings).names)
            if planned.question is not None and not dry_run:
                self.log.info("Shop %s: every planned change: %s", ctx.shop, write_stock_csv(ctx))
        context["ti"].xcom_push(key="plan", value=planned.as_dict())
        if planned.question is not None:
            context["ti"].xcom_push(key=QUESTION, value=planned.question)
        if dry_run or not planned.chunks:
            skipped: list[dict[str, Any]] = self.end_skipping(context, [], NOT_IN_A_DRY_RUN)
            return skipped
        return [] if planned.question is not None else [chunk.as_xcom() for chunk in planned.chunks]
