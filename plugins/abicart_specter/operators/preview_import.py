"""Dry run of the nightly import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PreviewImportOperator(ShopOperator):
    """Prints what would be written to the shop; writes nothing anywhere but this log."""

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.domain.imports.import_mapping import import_mapping
        from abicart_specter.flows.imports.preview_import import preview_import

        self.skip_when(not self.is_dry_run(context), "Not a dry run.")
        with self.flow_context(context) as ctx:
            in_log = int(context["params"]["changes_in_log"])
            return preview_import(ctx, import_mapping(ctx.settings), changes_in_log=in_log)
