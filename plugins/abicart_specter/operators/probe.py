"""Asks both real systems what is not known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator, journal
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context

BOTH = "both"
SYSTEMS = ("abicart", "specter")


class ProbeOperator(ShopOperator):
    """Reads only, whatever the parameters say. May be cleared at any time.

    With ``read_queues`` Specter's change queues are read too, and every batch is left to the next import.
    """

    def execute(self, context: Context) -> dict[str, Any]:
        from airflow.sdk.log import mask_secret

        from abicart_specter.flows.probe.probe import QueueTerms, probe_shop
        from abicart_specter.operators.options import lease_terms

        wanted = context["params"].get("systems", BOTH)
        systems = SYSTEMS if wanted == BOTH else (wanted,)
        with self.flow_context(context) as ctx, measured(ctx):
            queues = None
            if context["params"].get("read_queues"):
                queues = QueueTerms(journal(), lease_terms(ctx.settings))
            return probe_shop(ctx, systems, mask_secret, queues)
