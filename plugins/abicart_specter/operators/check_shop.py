"""May this shop run at all? Credentials, base currency, settings, field mapping, ledger."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from abicart_specter.errors import ConfigurationError
from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.flows.context import FlowContext


class CheckShopOperator(ShopOperator):
    """Reads only. Red here means that nothing was tried."""

    def refuse_unknown_params(self, context: Context) -> None:
        """A misspelt parameter must not turn "these three products" into "all of them".

        :raises ConfigurationError: naming it and what was probably meant.
        """
        known = set(self.dag.params)
        for name in sorted(set(context["dag_run"].conf or {}) - known):
            meant = get_close_matches(name, known, n=1)
            raise ConfigurationError(
                f"Shop {self.shop}: the run was triggered with a parameter nobody knows: {name}.",
                remedy=f"Is “{meant[0]}” meant? " if meant else f"Known are {', '.join(sorted(known))}.",
            )

    def begin_run(self, ctx: FlowContext, context: Context) -> None:
        """What comes first in every run: known parameters, and a ledger that is the newest copy of itself."""
        from abicart_specter.operators.ledger_age import check_age

        self.refuse_unknown_params(context)
        check_age(ctx)

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.flows.check_shop import check_shop

        with self.flow_context(context) as ctx:
            self.begin_run(ctx, context)
            article_mapping(ctx.settings)
            return {"webshop": check_shop(ctx).webshop_id}
