"""Rules that every DAG of the project keeps, read from the DAGs themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from airflow.serialization.serialized_objects import DagSerialization
from tests.dags.parsing import DAGS_FOLDER, REPO, flow_files, load_dags

from abicart_specter.flows.alerts.airflow_runs import FLOWS
from abicart_specter.operators.policy import WATCHED

BAG = load_dags()
DAGS = sorted(BAG.dags.values(), key=lambda dag: dag.dag_id)
TASKS = [pytest.param(task, id=f"{dag.dag_id}.{task.task_id}") for dag in DAGS for task in dag.tasks]
API_TASKS = {
    "check_shop",
    "ensure_special_numbers",
    "read_catalogue",
    "read_changes",
    "send_products",
    "preview",
    "drain_article_info",
    "scan_orders",
    "sweep_orders",
    "send_orders",
    "find_changes",
    "write_back",
    "single_order",
    "duplicate_check",
    "order_status",
    "undo_import",
    "drain_stock",
    "plan_stock",
    "apply",
    "apply_approved",
}
AT_ONCE = {"order_export_single"}
"""Flows that a person starts for an answer at once: they wait neither for each other nor in a pool of the schedule."""


def flow_of(dag) -> str:
    return dag.dag_id.split("__")[0]


every_dag = pytest.mark.parametrize("dag", DAGS, ids=lambda dag: dag.dag_id)
every_task = pytest.mark.parametrize("task", TASKS)


def test_every_dag_file_can_be_parsed() -> None:
    assert BAG.import_errors == {}


@every_task
def test_every_worker_takes_every_task(task) -> None:
    """A worker of Celery looks in one queue, and a task in another would wait there for ever."""
    assert task.queue == "default"
    assert task.executor is None


def test_each_shop_has_each_flow() -> None:
    flows = {path.stem for path in flow_files()}
    assert {dag.dag_id for dag in DAGS} == {f"{flow}__demo" for flow in flows}
    assert flows >= {"product_export", "product_number_validation", "order_export", "order_export_single"}


@every_dag
def test_id_is_file_name_and_shop(dag) -> None:
    assert re.fullmatch(Path(dag.fileloc).stem + r"__[a-z0-9_]+", dag.dag_id)


@every_dag
def test_tags_are_shop_and_flow(dag) -> None:
    flow, shop = dag.dag_id.split("__")
    assert set(dag.tags) == {flow, shop}


@every_dag
def test_doc_tells_what_to_do_when_it_is_red(dag) -> None:
    assert "When it is red" in dag.doc_md
    assert "{shop}" not in dag.doc_md


@every_dag
def test_start_is_constant_and_aware(dag) -> None:
    assert dag.start_date.tzinfo is not None
    assert dag.dagrun_timeout is not None
    assert (dag.max_active_runs == 1) is (flow_of(dag) not in AT_ONCE)


@every_dag
def test_serialises_the_same_twice(dag) -> None:
    again = load_dags().dags[dag.dag_id]
    assert DagSerialization.to_dict(dag) == DagSerialization.to_dict(again)


@every_dag
def test_its_red_runs_are_noted(dag) -> None:
    assert dag.on_failure_callback == WATCHED["on_failure_callback"]


def test_every_dag_but_the_alerts_themselves_is_watched_for_red_runs() -> None:
    assert {path.stem for path in flow_files()} - {"alerts"} <= set(FLOWS)


@every_task
def test_task_has_an_owner_a_time_limit_and_a_retry_policy(task) -> None:
    assert task.owner == "abicart-specter"
    assert task.execution_timeout is not None
    assert task.retry_policy is not None


@every_task
def test_tasks_that_call_a_system_are_in_its_pool(task) -> None:
    if flow_of(task.dag) in AT_ONCE:
        assert task.pool == "default_pool"
    elif task.task_id in API_TASKS:
        assert task.pool in {"abicart_api", "specter_api"}


def test_dag_files_are_short() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in DAGS_FOLDER.glob("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines >= 150} == {}


def test_operator_files_are_short() -> None:
    folder = REPO / "plugins/abicart_specter/operators"
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in folder.glob("*.py")}
    lengths.pop("base.py")
    assert {name: lines for name, lines in lengths.items() if lines >= 60} == {}
