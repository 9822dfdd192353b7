"""Flags on the product numbers of the staged catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ValidateNumbersOperator(ShopOperator):
    """Products with an error are held; the table is in this task's log, all of it in the CSV it names.

    :param hold: whether flagged products get an outcome (exports), or are only listed (validation DAG).
    """

    def __init__(self, *, hold: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hold = hold

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.flows.validate_numbers import validate_numbers

        with self.flow_context(context) as ctx:
            return asdict(validate_numbers(ctx, hold=self.hold))
