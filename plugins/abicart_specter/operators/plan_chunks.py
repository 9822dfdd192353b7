"""Which staged products this run sends, in which chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PlanChunksOperator(ShopOperator):
    """At most 16 chunks; products not asked for are excluded."""

    def execute(self, context: Context) -> list[dict[str, Any]]:
        from abicart_specter.flows.plan_chunks import Selection, plan_chunks

        with self.flow_context(context) as ctx:
            selection = Selection.from_params(context["params"])
            return [chunk.as_xcom() for chunk in plan_chunks(ctx, selection)]
