"""A problem of the ledger itself: it cannot be remembered there."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.errors import AbicartSpecterError, RetriableError
from abicart_specter.flows.alerts.notes import AT_ONCE, NotedAlarm

log = logging.getLogger(__name__)

UNREACHABLE_FOR = timedelta(minutes=4)
"""A database that restarts is back sooner; at the second look in a row that it is not, people are told."""


def ledger_problem(alarm: NotedAlarm, kept: Any, error: AbicartSpecterError, now: datetime) -> dict[str, Any]:
    """The ledger does not serve. Tells people, reminds them, and returns what to keep."""
    log.error("Shop %s: the ledger cannot be used: %s", alarm.shop, error.message)
    return alarm.lasts(kept, error, now, UNREACHABLE_FOR if isinstance(error, RetriableError) else AT_ONCE)
