"""Rebuilding a ledger that was lost or restored from an old backup, task by task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator, journal
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context

BEGIN, ORDERS, PRODUCTS = "begin_rebuild", "rebuild_orders", "rebuild_products"


class RebuildOrdersOperator(ShopOperator):
    """Every order that may have gone. May be killed and run again."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.rebuild.rebuild_orders import rebuild_orders
        from abicart_specter.flows.rebuild.times import RebuildTimes

        times = RebuildTimes.from_xcom(context["ti"].xcom_pull(task_ids=BEGIN))
        with self.flow_context(context) as ctx:
            return rebuild_orders(ctx, times, order_mapping(ctx.settings).names).as_dict()


class RebuildProductsOperator(ShopOperator):
    """What the journal knows of Specter, and which products nobody knows it of."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.rebuild.rebuild_products import rebuild_products
        from abicart_specter.flows.rebuild.times import RebuildTimes

        times = RebuildTimes.from_xcom(context["ti"].xcom_pull(task_ids=BEGIN))
        with self.flow_context(context) as ctx:
            return rebuild_products(ctx, times, journal())


class FinishRebuildOperator(ShopOperator):
    """Accounts for every order, and lets the shop work again; from now on Airflow knows this ledger."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.rebuild.finish import finish_rebuild
        from abicart_specter.hooks.ledger import note_ledger
        from abicart_specter.operators.ledger_age import note_use

        pulled = [context["ti"].xcom_pull(task_ids=task) for task in (ORDERS, PRODUCTS)]
        with self.flow_context(context) as ctx, measured(ctx):
            summary = finish_rebuild(ctx, *pulled)
            if not ctx.dry_run:
                note_ledger(ctx.ledger)
                note_use(ctx)
            return summary
