"""The weekly clean-up, and how the ledger is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator, journal
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context


class CleanUpOperator(ShopOperator):
    """Removes what the retention settings say; in a dry run it counts the same. May be cleared at any time."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.maintenance.clean_up import clean_up

        with self.flow_context(context) as ctx, measured(ctx):
            return clean_up(ctx, journal())


class CheckLedgerOperator(ShopOperator):
    """Looks at the ledger and tells; changes nothing. Red only when the ledger's file is damaged."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.maintenance.check_ledger import check_ledger

        with self.flow_context(context) as ctx:
            return check_ledger(ctx)
