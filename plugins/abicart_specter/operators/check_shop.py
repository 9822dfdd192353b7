"""May this shop run at all? Credentials, base currency, settings, field mapping, ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class CheckShopOperator(ShopOperator):
    """Reads only. Red here means that nothing was tried."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.check_shop import check_shop

        with self.flow_context(context) as ctx:
            return {"webshop": check_shop(ctx).webshop_id}
