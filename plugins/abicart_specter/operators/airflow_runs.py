"""Airflow's answers about the runs of a shop's DAGs, each one request of the task to the api-server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowRuntimeError
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import GetPreviousDagRun

from abicart_specter.flows.alerts.airflow_runs import Ended, State


class TaskAnswers:
    """``AirflowRuns`` from inside a task."""

    def __init__(self, ti: Any, shop: str) -> None:
        self._ti, self._shop = ti, shop
        self._base: str = (conf.get("api", "base_url", fallback="") or "").rstrip("/")

    def count(self, flow: str, state: State) -> int:
        return int(self._ti.get_dr_count(dag_id=self._dag(flow), states=[state]))

    def last(self, flow: str, state: State) -> Ended | None:
        # The task's own method asks about its own DAG only; the message behind it takes any.
        later = datetime.now(UTC) + timedelta(days=1)
        asked = GetPreviousDagRun(dag_id=self._dag(flow), logical_date=later, state=state)
        run = task_runner.SUPERVISOR_COMMS.send(asked).dag_run
        dry = run is not None and (run.conf or {}).get("dry_run") is True
        return None if run is None else Ended(run.run_id, run.end_date, dry)

    def red_tasks(self, flow: str, run_id: str) -> list[str]:
        states = self._ti.get_task_states(dag_id=self._dag(flow), run_ids=[run_id]).get(run_id, {})
        return sorted(task for task, state in states.items() if str(state) == "failed")

    def paused(self, flow: str) -> bool:
        try:
            return bool(self._ti.get_dag(self._dag(flow)).is_paused)
        except AirflowRuntimeError:
            return False

    def link(self, flow: str, run_id: str = "") -> str:
        page = f"/dags/{self._dag(flow)}" + (f"/runs/{quote(run_id)}" if run_id else "")
        return self._base + page if self._base else ""

    def questions_link(self) -> str:
        return f"{self._base}/required_actions?response_received=false" if self._base else ""

    def _dag(self, flow: str) -> str:
        return f"{flow}__{self._shop}"
