"""What changed in the shop into the ledger's staging."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.metrics import tell_end

if TYPE_CHECKING:
    from airflow.sdk import Context

REPORT = "report"


class ReadChangesOperator(ShopOperator):
    """Also decides whether the later tasks are needed: most runs find nothing and need none of them."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.flows.product_changes.read_changes import read_changes
        from abicart_specter.flows.product_changes.report_changes import finish_without_changes

        with self.flow_context(context) as ctx:
            read = read_changes(ctx, article_mapping(ctx.settings).extra_fields)
            ended = finish_without_changes(ctx, read)
            if ended:
                tell_end(ctx)
        return self.end_skipping(context, asdict(read), self.needless(ended=ended, items=read.items))

    def needless(self, *, ended: bool, items: int) -> list[str]:
        """The tasks to skip. Where only flags are new, the report alone shows them."""
        after = self.get_flat_relative_ids(upstream=False)
        if ended:
            return sorted(after)
        return [] if items else sorted(after - {REPORT})
