"""Airflow's REST API as far as a stack needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from local_stack.errors import StackError

TIMEOUT = (5, 60)
PAGE = 100


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task instance. ``map_index`` is -1 unless it is one of several; ``seconds`` of its last try."""

    ti_id: str
    task_id: str
    map_index: int
    state: str
    try_number: int
    seconds: float | None

    @property
    def label(self) -> str:
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"


class AirflowApi:
    """One logged-in session.

    :param url: such as ``http://127.0.0.1:8080``.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: the server is on this machine
        retry = Retry(total=3, backoff_factor=0.5, status_forcelist=(502, 503, 504), allowed_methods=("GET",))
        self._session.mount("http://", HTTPAdapter(max_retries=retry))

    def close(self) -> None:
        self._session.close()

    def warm_up(self) -> bool:
        """Whether the interface that tasks use answers. The first call builds it, which takes seconds."""
        return self._probe("execution/health") is not None

    def health(self) -> dict[str, str]:
        """Status per component; empty as long as the server does not answer."""
        parts = self._probe("api/v2/monitor/health") or {}
        return {name: str(part["status"]) for name, part in parts.items()}

    def _probe(self, path: str) -> dict[str, Any] | None:
        """The answer of a server that may not be there yet: None as long as it is not."""
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(f"{self.url}/{path}", timeout=TIMEOUT)
            return dict(answer.json()) if answer.status_code == 200 else None
        except (requests.RequestException, ValueError):
            return None

    def log_in(self) -> None:
        """:raises StackError: the login was refused."""
        answer = self._session.post(f"{self.url}/auth/token", json=self._login, timeout=TIMEOUT)
        if answer.status_code != 201:
            raise StackError(f"Airflow refused the login of {self._login['username']}: {answer.text[:200]}")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def put_pool(self, name: str, slots: int, description: str) -> None:
        """Create or correct a pool."""
        body = {"name": name, "slots": slots, "description": description, "include_deferred": False}
        self._put("pools", f"pools/{name}", body)

    def put_connection(self, connection_id: str, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        """Create or correct a connection."""
        body = {"connection_id": connection_id, **fields, "extra": json.dumps(extra) if extra else None}
        self._put("connections", f"connections/{connection_id}", body)

    def put_variable(self, key: str, value: str, description: str) -> None:
        """Create or correct a variable."""
        self._put("variables", f"variables/{key}", {"key": key, "value": value, "description": description})

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """The DAG, or None as long as it was not parsed."""
        answer = self._request("GET", f"dags/{dag_id}", accept=(200, 404))
        return None if answer.status_code == 404 else dict(answer.json())

    def import_errors(self) -> list[tuple[str, str]]:
        """File and message of every DAG file that could not be read."""
        found = self._request("GET", "importErrors").json()["import_errors"]
        return [(error["filename"], error["stack_trace"]) for error in found]

    def unpause(self, dag_id: str, *, paused: bool = False) -> None:
        self._request("PATCH", f"dags/{dag_id}", {"is_paused": paused})

    def trigger(self, dag_id: str, conf: Mapping[str, Any]) -> str:
        """Start a run; returns its id."""
        body = {"logical_date": None, "conf": dict(conf)}
        return str(self._request("POST", f"dags/{dag_id}/dagRuns", body).json()["dag_run_id"])

    def mark_failed(self, dag_id: str, run_id: str) -> None:
        """End a run red, as a person does in the UI; none of its callbacks is called."""
        self._request("PATCH", f"dags/{dag_id}/dagRuns/{run_id}", {"state": "failed"})

    def newest_run(self, dag_id: str) -> str | None:
        """Id of the run that was made last, or None."""
        path = f"dags/{dag_id}/dagRuns?limit=1&order_by=-id"
        found = self._request("GET", path).json()["dag_runs"]
        return str(found[0]["dag_run_id"]) if found else None

    def runs(self, dag_id: str) -> list[str]:
        """Ids of the runs that Airflow has, oldest first; at most a hundred."""
        found = self._request("GET", f"dags/{dag_id}/dagRuns?limit={PAGE}&order_by=id").json()["dag_runs"]
        return [str(one["dag_run_id"]) for one in found]

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """The run with its state and times."""
        return dict(self._request("GET", f"dags/{dag_id}/dagRuns/{run_id}").json())

    def task_states(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Every task instance of a run."""
        found: list[TaskState] = []
        while True:
            path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit={PAGE}&offset={len(found)}"
            page = self._request("GET", path).json()
            found += [_task_state(record) for record in page["task_instances"]]
            if len(found) >= page["total_entries"] or not page["task_instances"]:
                return found

    def tries(self, dag_id: str, run_id: str, task: TaskState) -> list[dict[str, Any]]:
        """Every try of a task, each with its number, state and the name of the host that ran it."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}"
        path += "" if task.map_index < 0 else f"/{task.map_index}"
        return list(self._request("GET", f"{path}/tries").json()["task_instances"])

    def log(self, dag_id: str, run_id: str, task: TaskState, try_number: int) -> str:
        """The log of a try as the UI shows it, as JSON."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}/logs/{try_number}"
        return self._request("GET", f"{path}?map_index={task.map_index}&full_content=true").text

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value") -> Any:
        """A task's result, or None if it left none."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}?deserialize=false"
        answer = self._request("GET", path, accept=(200, 404))
        if answer.status_code == 404:
            return None
        value = answer.json()["value"]
        return json.loads(value) if isinstance(value, str) else value

    def question(self, dag_id: str, run_id: str, task_id: str) -> tuple[str, str]:
        """Subject and body of what a waiting task asks."""
        found = self._request(
            "GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        ).json()
        return found["subject"], found["body"] or ""

    def answer(self, dag_id: str, run_id: str, task_id: str, option: str) -> None:
        """Answer it, as a person does in the UI."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        self._request("PATCH", path, {"chosen_options": [option], "params_input": {}})

    def _put(self, collection: str, item: str, body: Mapping[str, Any]) -> None:
        answer = self._request("POST", collection, body, accept=(200, 201, 409))
        if answer.status_code == 409:
            self._request("PATCH", item, body)

    def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        accept: tuple[int, ...] = (200, 201),
    ) -> requests.Response:
        try:
            answer = self._session.request(method, f"{self.url}/api/v2/{path}", json=body, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise StackError(f"Airflow's REST API does not answer: {type(error).__name__}.") from error
        if answer.status_code not in accept:
            raise StackError(
                f"Airflow's REST API refused {method} {path}: {answer.status_code} {answer.text[:300]}"
            )
        return answer


def _task_state(record: Mapping[str, Any]) -> TaskState:
    return TaskState(
        ti_id=str(record["id"]),
        task_id=record["task_id"],
        map_index=record["map_index"],
        state=record["state"] or "waiting",
        try_number=record["try_number"],
        seconds=record["duration"],
    )
