"""docker-compose.yaml as it is run: the same services, commands and settings, as processes of this machine."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.privacy.marked_buyers import marked_buyer
from tests.privacy.marked_data import Finder, Mark
from tests.stack.command_lines import CommandLines
from tests.stack.more_flows import MORE, in_specter, place_marked_orders

from abicart_specter.ledger import Ledger, OrderState
from compose_processes.machine import missing_programs
from compose_processes.stack import ComposeOptions, ComposeStack
from local_stack import flows
from local_stack.files import PROJECT, project_home
from local_stack.flow_run import SYSTEMS, FlowRun, run_flow
from local_stack.follow import FinishedRun, follow
from local_stack.measure import TASK_TITLE, descendants
from local_stack.running import SHOP
from local_stack.sandbox import INTEGRATION_KEY, TOKEN, USER_KEY

log = logging.getLogger(__name__)

NAME = "production_test"
SECRET = re.compile(r"PASSWORD|SECRET|KEY")
ORDER_EXPORT = f"order_export__{SHOP}"
ORDERS_OF_THE_KILL = 30
SLOW_MS = 200
RUN_SECONDS = 600.0
TESTED_ELSEWHERE = {"ledger_rebuild", "connection_probe"}
SCHEDULE_SECONDS, QUIET_SECONDS = 600, 90
"""Orders are exported so often; and so long before it nothing is begun that a scheduled run would take over."""
SILENT_SECONDS = 45
"""After so long a task whose worker was killed is taken for dead; as a person would set it, the default is 180."""


@pytest.fixture(scope="module")
def command_lines() -> Iterator[CommandLines]:
    with CommandLines() as seen:
        yield seen


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's shop, impatient: what a killed worker was writing is waited for four of these limits, and a minute."""
    folder = tmp_path_factory.mktemp("shops")
    text = (PROJECT / "include" / "shops" / "demo.yaml").read_text(encoding="utf-8")
    limits = "connect_timeout: 10\n    read_timeout: 60\n"
    assert text.count(limits) == len(SYSTEMS)
    quick = text.replace(limits, "connect_timeout: 3\n    read_timeout: 12\n")
    (folder / "demo.yaml").write_text(quick, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def stack(command_lines: CommandLines, shops: Path) -> Iterator[ComposeStack]:
    if sentence := missing_programs():
        pytest.skip(sentence)
    settings = {"TASK_HEARTBEAT_TIMEOUT": str(SILENT_SECONDS), "SHOPS_DIR": str(shops)}
    options = ComposeOptions(scale={"worker": 2}, settings=settings)
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


class WorkerKiller:
    """Kills the worker that sends orders, as soon as some of them are in Specter."""

    def __init__(self, stack: ComposeStack, numbers: list[str]) -> None:
        self._stack = stack
        self._numbers = numbers
        self.worker = ""
        self.task: Any = None

    def watch(self, tasks: list[Any]) -> None:
        sending = {
            task.ti_id: task for task in tasks if task.task_id == "send_orders" and task.state == "running"
        }
        if self.worker or not sending or not set(self._numbers) & in_specter(self._stack).keys():
            return
        for process in self._stack.processes_of("worker"):
            for ti_id in tasks_of(self._stack.supervisor.pid_of(process.name)):
                if ti_id in sending and not self.worker:
                    self._stack.kill(process.name)
                    self.worker, self.task = process.name, sending[ti_id]


def tasks_of(worker: int) -> Iterator[str]:
    """Ids of the tasks that run below a process."""
    for pid in descendants(worker):
        with suppress(OSError):
            if title := TASK_TITLE.match((Path("/proc") / str(pid) / "cmdline").read_bytes()):
                yield title[1].decode()


def is_quiet() -> bool:
    """Whether the next scheduled run is some way off."""
    return SCHEDULE_SECONDS - time.time() % SCHEDULE_SECONDS > QUIET_SECONDS


def test_a_worker_killed_while_it_sends_orders(stack: ComposeStack) -> None:
    specter = stack.sandboxes["specter"]
    specter.latency(request_ms=SLOW_MS)
    stack.wait_until_parsed(ORDER_EXPORT)
    stack.wait_for("A while without a scheduled run", 2 * QUIET_SECONDS, is_quiet)
    numbers = place_marked_orders(stack, ORDERS_OF_THE_KILL)
    killer = WorkerKiller(stack, numbers)
    started = time.monotonic()
    run = follow(
        stack,
        ORDER_EXPORT,
        stack.trigger(ORDER_EXPORT),
        seconds=RUN_SECONDS,
        every=0.25,
        watch=killer.watch,
    )
    log.info("killed %s; the run ended after %.0f s", killer.worker, time.monotonic() - started)
    specter.latency(request_ms=0)
    assert killer.worker, "no worker was seen sending"
    assert run.state == "success"

    went_to_the_other(stack, run, killer)
    assert not specter.inspect("order_doubles")
    specters = in_specter(stack)
    assert {number: len(specters.get(number, [])) for number in numbers} == dict.fromkeys(numbers, 1)
    # what the killed try had not written onto the shop's orders, the next run does
    after = follow(stack, ORDER_EXPORT, stack.trigger(ORDER_EXPORT), seconds=RUN_SECONDS)
    assert after.state == "success"
    assert {number: len(in_specter(stack)[number]) for number in numbers} == dict.fromkeys(numbers, 1)
    orders = {
        str(one["orderNumber"]): one for one in stack.sandboxes["abicart"].inspect("Order", limit=100_000)
    }
    with Ledger.open(stack.ledger_url) as ledger:
        states = ledger.orders.states(SHOP, [orders[number]["uid"] for number in numbers])
    for number in numbers:
        record = states[orders[number]["uid"]]
        assert record.state in (OrderState.SENT, OrderState.LINKED)
        assert record.specter_order_no == str(specters[number][0]) == orders[number]["externalOrderNumber"]


def went_to_the_other(stack: ComposeStack, run: FinishedRun, killer: WorkerKiller) -> None:
    """The killed try and those after it ran on different workers, and the logs of all can be read."""
    tries = stack.api.tries(run.dag_id, run.run_id, killer.task)
    hosts = [one["hostname"] for one in tries]
    (other,) = {one.name for one in stack.processes_of("worker")} - {killer.worker}
    assert hosts[0] == killer.worker
    assert len(hosts) >= 2
    assert {*hosts[1:]} == {other}
    for one in tries:
        said = stack.api.log(run.dag_id, run.run_id, killer.task, one["try_number"])
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
