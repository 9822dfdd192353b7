"""Retries, time limits and pools that every DAG of this package uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

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
