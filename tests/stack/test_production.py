"""docker-compose.yaml as it is run: the same services, commands and settings, as processes of this machine."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator

import pytest
from tests.privacy.marked_buyers import marked_buyer
from tests.privacy.marked_data import Finder, Mark
from tests.stack.command_lines import CommandLines
from tests.stack.killing import (
    ORDER_EXPORT,
    ORDERS_OF_THE_KILL,
    Kill,
    all_went_once,
    impatient,
    kill_while_sending,
)
from tests.stack.more_flows import MORE

from compose_processes.machine import missing_programs
from compose_processes.stack import ComposeOptions, ComposeStack
from local_stack import flows
from local_stack.files import PROJECT, project_home
from local_stack.flow_run import FlowRun, run_flow
from local_stack.sandbox import INTEGRATION_KEY, TOKEN, USER_KEY

log = logging.getLogger(__name__)

NAME = "production_test"
SECRET = re.compile(r"PASSWORD|SECRET|KEY")
RUN_SECONDS = 600.0
TESTED_ELSEWHERE = {"ledger_rebuild", "connection_probe"}


@pytest.fixture(scope="module")
def command_lines() -> Iterator[CommandLines]:
    with CommandLines() as seen:
        yield seen


@pytest.fixture(scope="module")
def stack(command_lines: CommandLines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:
    if sentence := missing_programs():
        pytest.skip(sentence)
    options = ComposeOptions(scale={"worker": 2}, settings=impatient(tmp_path_factory.mktemp("shops")))
    started = time.monotonic()
    with ComposeStack(project_home(NAME), options) as running:
        log.info("up after %.0f s", time.monotonic() - started)
        yield running


def state_of(stack: ComposeStack) -> tuple[str, str]:
    """All of the ledger, and what init makes in Airflow's own database."""
    of_init = ("connection", "variable", "slot_pool", "ab_*", "alembic_version*")
    tables = [f"--table=public.{one}" for one in of_init]
    return stack.dump("sync_ledger"), stack.dump("airflow", "--data-only", *tables)


def test_every_service_is_healthy_by_its_own_check(stack: ComposeStack) -> None:
    assert set(stack.processes) == {*stack.compose.services, "worker-1", "worker-2"} - {"worker"}
    assert stack.sick() == {}


def test_the_second_init_succeeds_and_changes_nothing(stack: ComposeStack) -> None:
    before = state_of(stack)
    said = stack.run_again("init")
    assert said.rstrip().endswith("init: ready")
    assert "made" not in re.findall(r"^init: (\w+)", said, re.MULTILINE)
    after = state_of(stack)
    for one, other in zip(before, after, strict=True):
        assert "COPY public." in one
        assert one == other


@pytest.mark.parametrize("flow", [*flows.ALL, *MORE], ids=lambda flow: flow.name)
def test_flow(stack: ComposeStack, flow: FlowRun) -> None:
    stack.wait_until_parsed(flow.dag_id, unpause=not flow.scheduled)
    result = run_flow(stack, flow, seconds=RUN_SECONDS)
    stack.api.unpause(flow.dag_id, paused=True)
    assert result.complaints == []
    summary = stack.ledger_summary(flow.name, result.run.run_id)
    if "found" in result.figures:
        assert summary is not None
        assert {name: summary[name] for name in summary if name in result.figures} == result.figures
    if flow is flows.BAD_NIGHT:
        assert list(stack.questions) == ["approve_price"]


def test_no_flow_is_forgotten() -> None:
    files = {path.stem for path in (PROJECT / "dags").glob("*.py")} - {"shop_files"}
    assert files - {flow.name for flow in (*flows.ALL, *MORE)} == TESTED_ELSEWHERE


def test_a_worker_killed_while_it_sends_orders(stack: ComposeStack) -> None:
    kill = kill_while_sending(stack, "worker")
    went_to_the_other(stack, kill)
    all_went_once(stack, kill.numbers)


def went_to_the_other(stack: ComposeStack, kill: Kill) -> None:
    """The killed try and those after it ran on different workers, and the logs of all can be read."""
    tries = stack.api.tries(ORDER_EXPORT, kill.run_id, kill.task)
    hosts = [one["hostname"] for one in tries]
    (other,) = {one.name for one in stack.processes_of("worker")} - {kill.process}
    assert hosts[0] == kill.process
    assert len(hosts) >= 2
    assert {*hosts[1:]} == {other}
    for one in tries:
        said = stack.api.log(ORDER_EXPORT, kill.run_id, kill.task, one["try_number"])
        assert "Worker startup parse complete" in said
        assert "Could not read served logs" not in said


def test_nothing_shows_a_secret_or_a_buyer(stack: ComposeStack, command_lines: CommandLines) -> None:
    secrets = [Mark(name, value) for name, value in stack.settings.items() if SECRET.search(name)]
    assert len(secrets) >= 10
    of_connections = [Mark("token", TOKEN), Mark("key", USER_KEY), Mark("key", INTEGRATION_KEY)]
    buyers = [mark for number in range(ORDERS_OF_THE_KILL) for mark in marked_buyer(number)[1]]
    buyers += buyers_of_the_seed(stack)

    wrote = [stack.process_logs, stack.task_logs, stack.home.path / "keeper.log"]
    files = [str(path) for path in Finder([]).files(wrote)]
    for there in ("send_orders", "init.log", "postgres.log", "redis.log", "worker-2.log", "dag_processor"):
        assert any(there in path for path in files), f"{there} was not searched"
    assert [str(found) for found in Finder(secrets + buyers).in_paths(wrote)] == []
    # the sandbox servers say with which keys they can be used
    own = list(stack.process_logs.glob("sandbox-*.log"))
    assert [str(found) for found in Finder(of_connections).in_paths(wrote, leave_out=own)] == []
    secrets += of_connections
    homes = [process.home for process in stack.processes.values()]
    assert [str(found) for found in Finder(secrets).in_paths(homes)] == []

    seen = "\n".join(command_lines.seen)
    # health checks end too soon to be seen for sure
    for there in ("initdb", "redis-server", "deploy/migrate.sh", "celery worker"):
        assert there in seen, f"{there} was not seen to run"
    assert [str(found) for found in Finder(secrets + buyers).in_text(seen, "command lines")] == []


def buyers_of_the_seed(stack: ComposeStack) -> list[Mark]:
    """What is told apart from other words of those who bought in the made-up shop before."""
    found = []
    for order in stack.sandboxes["abicart"].inspect("Order", limit=100_000):
        info, address = order["customer"]["info"], order["customer"]["address"]
        found += [
            Mark("e-mail", info["email"]),
            Mark("name", f"{address['firstName']} {address['lastName']}"),
            Mark("street", address["address"]),
            Mark("phone", address["phoneMobile"]),
            Mark("personal number", info["nin"] or ""),
        ]
    return [mark for mark in found if len(mark.value) >= 6]
