"""Alarms as the alerts flow sees them: ``Ledger.alerts``. (Raising and closing one is ``Ledger.orders``'.)"""

from __future__ import annotations

from abicart_specter.ledger.alerts.delivery import DeliveryCalls
from abicart_specter.ledger.alerts.watching import WatchingCalls


class AlertLedger(WatchingCalls, DeliveryCalls):
    """What people are to be told, and who has been told it. Thin over the tables of ``alerts.models``."""
