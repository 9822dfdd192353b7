"""Orders by number, and a person's answer about one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class SingleOrderOperator(ShopOperator):
    """Sends, previews, links or sends again, as the trigger form says."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.orders.single import single_order
        from abicart_specter.flows.orders.single_request import SingleRequest
        from abicart_specter.operators.options import lease_terms

        with self.flow_context(context) as ctx:
            request = SingleRequest.from_params(context["params"])
            summary = single_order(
                ctx,
                request,
                order_mapping(ctx.settings),
                lease_terms(ctx.settings),
                who=context["dag_run"].triggering_user_name or "somebody without a name",
            )
            return {str(outcome): count for outcome, count in summary.outcomes.items()}
