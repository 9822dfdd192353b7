"""The shop's special product numbers exist in Specter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class EnsureSpecialNumbersOperator(ShopOperator):
    """Creates freight, fee, discount, gift card and rounding articles once."""

    def execute(self, context: Context) -> dict[str, str]:
        from abicart_specter.flows.special_numbers import ensure_special_numbers

        self.skip_when(self.is_dry_run(context), "A dry run creates nothing.")
        with self.flow_context(context) as ctx:
            return ensure_special_numbers(ctx)
