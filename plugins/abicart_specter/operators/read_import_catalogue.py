"""The shop's catalogue into the ledger's staging, with the fields that imports compare."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReadImportCatalogueOperator(ShopOperator):
    """Every article and variant once, checked against the shop's own count."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.imports.article_fields import article_fields
        from abicart_specter.flows.read_catalogue import read_catalogue

        with self.flow_context(context) as ctx:
            return asdict(read_catalogue(ctx, article_fields(ctx.settings)))
