"""The alerts of a shop: one look, one delivery. What the ledger cannot remember is told from Airflow Variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.kept_note import KeptNote

if TYPE_CHECKING:
    from airflow.sdk import Context


class AlertsOperator(ShopOperator):
    """Never retried: the next run is five minutes away, and what was not delivered waits in the ledger."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.errors import ConfigurationError, LedgerError
        from abicart_specter.flows.alerts.alerts import alerts, send_test
        from abicart_specter.flows.alerts.causes import LEDGER
        from abicart_specter.flows.alerts.notes import NotedAlarm
        from abicart_specter.flows.alerts.without_ledger import ledger_problem
        from abicart_specter.flows.context import utc_now
        from abicart_specter.hooks.ledger import LedgerHook
        from abicart_specter.hooks.notify import ways
        from abicart_specter.ledger import LedgerUnavailableError
        from abicart_specter.operators.airflow_runs import TaskAnswers
        from abicart_specter.operators.own_file import settings_or_tell

        settings, told_since = settings_or_tell(self)
        channels, note = ways(settings), KeptNote(f"abicart_specter_ledger_alarm__{self.shop}")
        alarm = NotedAlarm(LEDGER, self.shop, settings, channels)
        try:
            with LedgerHook().get_conn():
                pass
        except (LedgerError, ConfigurationError, LedgerUnavailableError) as error:
            problem = error
            note.change(lambda kept: ledger_problem(alarm, kept, problem, utc_now()))
            raise
        note.change(lambda kept: alarm.is_over(kept, utc_now()))
        with self.flow_context(context) as ctx:
            if context["params"].get("test_message"):
                send_test(ctx, channels)
            return alerts(ctx, TaskAnswers(context["ti"], self.shop), channels, told_since)
