"""docker-compose.local-executor.yaml over docker-compose.yaml: the same installation without Celery and Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.stack.killing import ORDER_EXPORT, all_went_once, impatient, kill_while_sending

from compose_processes.machine import missing_programs
from compose_processes.stack import ComposeOptions, ComposeStack
from local_stack import flows
from local_stack.files import project_home
from local_stack.flow_run import FlowRun, run_flow

NAME = "production_local"
FILES = "docker-compose.yaml:docker-compose.local-executor.yaml"
RUN_SECONDS = 600.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:
    if sentence := missing_programs():
        pytest.skip(sentence)
    options = ComposeOptions(settings={"COMPOSE_FILE": FILES, **impatient(tmp_path_factory.mktemp("shops"))})
    with ComposeStack(project_home(NAME), options) as running:
        yield running


def test_every_service_but_celery_and_its_broker_is_healthy(stack: ComposeStack) -> None:
    assert {"postgres", "init", "api-server", "scheduler", "dag-processor", "triggerer"} < set(
        stack.processes
    )
    assert not {"redis", "worker"} & set(stack.processes)
    executors = {
        one.env["AIRFLOW__CORE__EXECUTOR"]
        for one in stack.processes.values()
        if "AIRFLOW__CORE__EXECUTOR" in one.env
    }
    assert executors == {"LocalExecutor"}
    assert stack.sick() == {}


@pytest.mark.parametrize("flow", flows.ALL[:3], ids=lambda flow: flow.name)
def test_flow(stack: ComposeStack, flow: FlowRun) -> None:
    stack.wait_until_parsed(flow.dag_id, unpause=not flow.scheduled)
    result = run_flow(stack, flow, seconds=RUN_SECONDS)
    stack.api.unpause(flow.dag_id, paused=True)
    assert result.complaints == []


def test_the_scheduler_is_killed_with_its_tasks_while_they_send_orders(stack: ComposeStack) -> None:
    kill = kill_while_sending(stack, "scheduler", then=stack.start_again)
    assert len(stack.api.tries(ORDER_EXPORT, kill.run_id, kill.task)) >= 2
    all_went_once(stack, kill.numbers)
