"""Going live: does Specter refuse an order number that it already has, and in which words?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class DuplicateCheckOperator(ShopOperator):
    """Sends one test order twice under the same number; never retried by itself."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.duplicate_check import duplicate_check, require_yes
        from abicart_specter.operators.options import lease_terms

        number = str(context["params"]["number"]).strip()
        with self.flow_context(context) as ctx:
            require_yes(context["params"]["may_send_twice"])
            return duplicate_check(
                ctx,
                number,
                order_mapping(ctx.settings),
                lease_terms(ctx.settings),
                who=context["dag_run"].triggering_user_name or "somebody without a name",
            )
