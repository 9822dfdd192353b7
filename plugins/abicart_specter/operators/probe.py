"""Asks both real systems what is not known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import measured

if TYPE_CHECKING:
    from airflow.sdk import Context

BOTH = "both"
SYSTEMS = ("abicart", "specter")


class ProbeOperator(ShopOperator):
    """Reads only, whatever the parameters say. May be cleared at any time."""

    def execute(self, context: Context) -> dict[str, Any]:
        from airflow.sdk.log import mask_secret

        from abicart_specter.flows.probe.probe import probe_shop

        wanted = context["params"].get("systems", BOTH)
        systems = SYSTEMS if wanted == BOTH else (wanted,)
        with self.flow_context(context) as ctx, measured(ctx):
            return probe_shop(ctx, systems, mask_secret)
