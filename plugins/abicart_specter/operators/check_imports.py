"""May this shop's imports run at all? Credentials, base currency, settings, import mapping, ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.check_shop import CheckShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class CheckImportsOperator(CheckShopOperator):
    """Reads only. Skips the tasks that a dry run does not need, or that no dry run needs."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.imports.import_mapping import import_mapping
        from abicart_specter.flows.check_shop import check_shop

        with self.flow_context(context) as ctx:
            self.begin_run(ctx, context)
            import_mapping(ctx.settings)
            result = {"webshop": check_shop(ctx).webshop_id}
        after = self.get_flat_relative_ids(upstream=False)
        needless = after - {"preview"} if self.is_dry_run(context) else {"preview"}
        return self.end_skipping(context, result, sorted(needless))
