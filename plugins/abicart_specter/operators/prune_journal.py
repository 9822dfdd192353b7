"""Old answers of Specter leave the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abicart_specter.operators.base import ShopOperator, journal

if TYPE_CHECKING:
    from airflow.sdk import Context


class PruneJournalOperator(ShopOperator):
    """Removes what is older than ``retention.journal_days``."""

    def execute(self, context: Context) -> int:
        from abicart_specter.flows.imports.prune_journal import prune_journal

        self.skip_when(self.is_dry_run(context), "A dry run removes nothing.")
        with self.flow_context(context) as ctx:
            return prune_journal(ctx, journal())
