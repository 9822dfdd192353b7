"""An import run's values taken back in the shop, where nobody changed them since (rule 34)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class UndoImportOperator(ShopOperator):
    """Restores, or in a dry run shows, what the trigger form asks for. May be retried or cleared at any time."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.imports.undo import undo_import
        from abicart_specter.flows.imports.undo_request import UndoRequest
        from abicart_specter.operators.options import shop_lease_terms

        with self.flow_context(context) as ctx, measured(ctx):
            request = UndoRequest.from_params(context["params"])
            return undo_import(ctx, request, shop_lease_terms(ctx.settings)).as_dict()
