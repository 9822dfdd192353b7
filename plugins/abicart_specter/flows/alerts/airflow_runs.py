"""What the alerts flow asks Airflow about runs of DAGs. Operators bring the answers; the flow knows no Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

FLOWS = (
    "connection_probe",
    "import_undo",
    "ledger_maintenance",
    "ledger_rebuild",
    "nightly_import",
    "order_duplicate_check",
    "order_export",
    "order_export_single",
    "product_change_export",
    "product_export",
    "product_number_validation",
    "stock_import",
)
"""The flows whose red runs people are told of: every DAG but the alerts' own. A test compares them with the DAGs."""

DRY_RUN = "dry run"
"""Noted as the reason of a red run that wrote nothing: whoever triggered it looks at it."""

State = Literal["failed", "success", "running"]


@dataclass(frozen=True, slots=True)
class Ended:
    """A run and when it ended; ``None``: not yet, or not known. ``dry``: the trigger form asked for a dry run."""

    run_id: str
    at: datetime | None
    dry: bool = False


class AirflowRuns(Protocol):
    """Answers about the DAGs of one shop. Each is one short request to Airflow."""

    def count(self, flow: str, state: State) -> int:
        """How many runs of the flow's DAG are in that state."""

    def last(self, flow: str, state: State) -> Ended | None:
        """Its last run in that state, by logical date; runs without one are not seen."""

    def red_tasks(self, flow: str, run_id: str) -> list[str]:
        """Names of the run's tasks that failed, without those that only could not run because of them."""

    def paused(self, flow: str) -> bool:
        """Whether nobody lets it run; a DAG that does not exist is not paused."""

    def link(self, flow: str, run_id: str = "") -> str:
        """Address of the run's page, or of the DAG's; empty where Airflow does not know its own address."""

    def questions_link(self) -> str:
        """Address of the page where questions are answered; empty likewise."""
