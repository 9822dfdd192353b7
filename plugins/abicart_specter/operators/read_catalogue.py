"""The shop's catalogue into the ledger's staging."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReadCatalogueOperator(ShopOperator):
    """Every article and variant once, checked against the shop's own count."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.flows.read_catalogue import read_catalogue

        self.skip_when(self.is_dry_run(context), "A dry run reads in the task preview.")
        with self.flow_context(context) as ctx:
            return asdict(read_catalogue(ctx, article_mapping(ctx.settings).extra_fields))
