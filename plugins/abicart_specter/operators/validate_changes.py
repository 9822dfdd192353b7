"""Flags on the product numbers of what changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ValidateChangesOperator(ShopOperator):
    """Compared with the whole catalogue; products with an error are held."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.product_changes.validate_changes import validate_changes

        with self.flow_context(context) as ctx:
            return asdict(validate_changes(ctx))
