"""The nightly table of what the two systems have, and the reason for every difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReconcileOperator(ShopOperator):
    """Reads only. Red when something is unexplained."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.imports.import_mapping import import_mapping
        from abicart_specter.flows.imports.reconcile import reconcile

        self.skip_when(self.is_dry_run(context), "A dry run reads no catalogue to compare.")
        with self.flow_context(context) as ctx:
            return reconcile(ctx, import_mapping(ctx.settings)).as_dict()
