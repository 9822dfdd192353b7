"""The alerts of a shop: one look, one delivery. A problem of the ledger itself is told from an Airflow Variable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.sdk import Variable

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class AlertsOperator(ShopOperator):
    """Never retried: the next run is five minutes away, and what was not delivered waits in the ledger."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.errors import ConfigurationError, LedgerError
        from abicart_specter.flows.alerts.alerts import alerts, send_test
        from abicart_specter.flows.alerts.without_ledger import ledger_problem, ledger_serves
        from abicart_specter.flows.context import utc_now
        from abicart_specter.hooks.ledger import LedgerHook
        from abicart_specter.hooks.notify import ways
        from abicart_specter.ledger import LedgerUnavailableError
        from abicart_specter.operators.airflow_runs import TaskAnswers

        settings = self.shop_settings().alerts
        channels, name = ways(settings), f"abicart_specter_ledger_alarm__{self.shop}"
        kept = json.loads(Variable.get(name, default="") or "{}")
        try:
            with LedgerHook().get_conn():
                pass
        except (LedgerError, ConfigurationError, LedgerUnavailableError) as error:
            note: dict[str, Any] | None = ledger_problem(
                error, self.shop, settings, kept, channels, utc_now()
            )
            Variable.set(name, json.dumps(note))
            raise
        note = ledger_serves(self.shop, settings, kept, channels, utc_now())
        if note is not None or kept:
            Variable.set(name, json.dumps(note or {}))
        with self.flow_context(context) as ctx:
            if context["params"].get("test_message"):
                send_test(ctx, channels)
            return alerts(ctx, TaskAnswers(context["ti"], self.shop), channels)
