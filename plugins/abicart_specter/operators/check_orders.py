"""May this shop's orders be exported at all? Credentials, base currency, settings, field mappings, ledger, secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.check_shop import CheckShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

EVERY_TEN_MINUTES = "order_export"
SPECIAL = "ensure_special_numbers"


class CheckOrdersOperator(CheckShopOperator):
    """Reads only. Skips the whole run when setting 21 says so, and the tasks that a dry run does not need."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.mapping import article_mapping
        from abicart_specter.domain.orders.order_mapping import order_mapping
        from abicart_specter.flows.check_shop import check_shop
        from abicart_specter.flows.orders.alarms import watch_at_the_start
        from abicart_specter.flows.orders.next_steps import special_numbers_missing
        from abicart_specter.flows.orders.switched_off import require_not_off, why_off

        dry_run, special, result = self.is_dry_run(context), True, {}
        with self.flow_context(context) as ctx:
            self.begin_run(ctx, context)
            off = why_off(ctx.settings) if self.flow == EVERY_TEN_MINUTES else ""
            if off:
                self.log.info("Shop %s: %s", self.shop, off)
            else:
                require_not_off(ctx.settings)
                _ = ctx.customer_secret  # missing or too short: said here, before anything is read
                article_mapping(ctx.settings)
                order_mapping(ctx.settings)
                result = {"webshop": check_shop(ctx, watch=watch_at_the_start(ctx)).webshop_id}
                special = special_numbers_missing(ctx)
        needless = self._needless(off=bool(off), dry_run=dry_run, special=special)
        return self.end_skipping(context, result, needless)

    def _needless(self, *, off: bool, dry_run: bool, special: bool) -> list[str]:
        """The tasks to skip. ``special``: special product numbers are not known to be in Specter yet."""
        after = self.get_flat_relative_ids(upstream=False)
        if off:
            return sorted(after)
        if "preview" in after:  # its scan decides about the rest
            return sorted(after - {"preview"}) if dry_run else ["preview"]
        # Not the report: a run whose last task is skipped is green, also when the order was not found.
        needless = {SPECIAL} if dry_run or not special else set()
        return sorted(after & needless)
