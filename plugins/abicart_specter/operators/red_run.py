"""What Airflow calls when a run ends red: it is noted in the ledger, for the next run of ``alerts__<shop>``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk import Context


def note_red_run(context: Context) -> None:
    """Note the run in the ledger.

    Runs where the DAG file is parsed, not in a task. If that cannot reach the ledger, nothing is lost: each run of
    ``alerts__<shop>`` counts the red runs besides, and the error is in the log of the DAG processor.
    """
    from abicart_specter.flows.alerts.airflow_runs import DRY_RUN
    from abicart_specter.hooks.ledger import LedgerHook

    reason = DRY_RUN if _was_dry(context) else str(context.get("reason") or "")
    flow, _, shop = context["dag"].dag_id.partition("__")
    with LedgerHook().get_conn() as ledger:
        ledger.alerts.note_red_run(shop, flow, context["run_id"], reason)


def _was_dry(context: Context) -> bool:
    """By what the trigger form said, else by what it says if it is left alone: of all that is scheduled, not dry."""
    asked = getattr(context.get("dag_run"), "conf", None) or {}
    return bool(asked.get("dry_run", context["dag"].params.get("dry_run", False)))
