"""Retries, time limits, pools and the watch over red runs that every DAG of this package uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from abicart_specter.operators.red_run import note_red_run

ABICART_POOL = "abicart_api"
SPECTER_POOL = "specter_api"

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[
                "abicart_specter.errors.FatalError",
                "abicart_specter.errors.RecordError",
                "abicart_specter.errors.IncompleteRunError",
            ],
            action=RetryAction.FAIL,
            reason="No retry can mend this; the message says what a person can do.",
        ),
        RetryRule(
            exception="abicart_specter.errors.LeaseHeldError",
            action=RetryAction.RETRY,
            retry_delay=timedelta(minutes=2),
            reason="Another run is at work on the same records.",
        ),
    ]
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "abicart-specter",
    "retries": 4,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": RETRY_POLICY,
    "execution_timeout": timedelta(hours=2),
}

WATCHED: dict[str, Any] = {"on_failure_callback": note_red_run}
"""Keyword arguments of every DAG: its red runs become alarms. That one was green is seen by counting, in
``flows.alerts``: a callback for it would have the DAG file parsed once more after every run.
"""
