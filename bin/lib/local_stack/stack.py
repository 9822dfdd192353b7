"""The stack as a whole: start everything in the right order, end everything whatever happens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local_stack import ledger
from local_stack.airflow_api import AirflowApi
from local_stack.environment import USER, airflow_environment, hash_secret, password
from local_stack.errors import StackError
from local_stack.files import PROJECT, Home, claim
from local_stack.log_server import empty_log_server
from local_stack.ports import LOOPBACK, complaint, free_ports
from local_stack.running import SHOP, RunningAirflow
from local_stack.sandbox import SandboxOptions, airflow_connections, sandbox_component
from local_stack.supervisor import Component, Supervisor
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.errors import SandboxError

POOLS = {
    "abicart_api": "How many tasks may talk to Abicart at once",
    "specter_api": "How many tasks may talk to Specter at once",
}
POOL_SLOTS = 4
MIGRATE_SECONDS = 180.0
HEALTHY_SECONDS = 180.0
AIRFLOW_PARTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
}


@dataclass(frozen=True, slots=True)
class StackOptions:
    """What a stack is made of.

    :param ui_port: of Airflow's UI and REST API; None takes a free one, as for the two others.
    :param dags: folder of DAG files, the project's own if None.
    :param sandbox: None leaves out the sandbox servers, the ledger and the connections: Airflow alone.
    :param afresh: forget what an earlier stack left in the same folder.
    :param environment: more environment variables for Airflow, such as ``AIRFLOW__CORE__PARALLELISM``.
    """

    ui_port: int | None = None
    abicart_port: int | None = None
    specter_port: int | None = None
    dags: Path | None = None
    afresh: bool = True
    sandbox: SandboxOptions | None = field(default_factory=SandboxOptions)
    environment: Mapping[str, str] = field(default_factory=dict)


class LocalStack(RunningAirflow):
    """Airflow with LocalExecutor, SQLite and the sandbox servers."""

    def __init__(
        self, home: Home, options: StackOptions, say: Callable[[str], None] = lambda _: None
    ) -> None:
        super().__init__(home, say)
        self.options = options
        free = iter(free_ports(3))
        self.ui_port = options.ui_port or next(free)
        self.sandbox_ports = {
            "abicart": options.abicart_port or next(free),
            "specter": options.specter_port or next(free),
        }
        self.ui_url = f"http://{LOOPBACK}:{self.ui_port}"
        self.sandboxes = {
            server: Control(f"http://{LOOPBACK}:{port}") for server, port in self.sandbox_ports.items()
        }

    def _start(self) -> None:
        self._exit.enter_context(claim(self.home, afresh=self.options.afresh))
        self._check_ports()
        self.password = password(self.home)
        log_port = self._exit.enter_context(empty_log_server())
        self._env = airflow_environment(
            self.home, self.ui_port, log_port, dags=self.options.dags, extra=self.options.environment
        )
        self.supervisor = self._exit.enter_context(Supervisor(self.home.path))
        self._start_all()

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy's address of the ledger."""
        return f"sqlite:///{self.home.ledger}"

    @property
    def task_logs(self) -> Path:
        """Folder under which Airflow keeps a log per try of a task."""
        return self.home.path / "logs"

    @property
    def login(self) -> str:
        """Name and password for the UI."""
        return f"{USER} / {self.password}"

    def _check_ports(self) -> None:
        wanted = (
            (self.ui_port, "Airflow's UI", "--port"),
            (self.sandbox_ports["abicart"], "the Abicart sandbox", "--abicart-port"),
            (self.sandbox_ports["specter"], "the Specter sandbox", "--specter-port"),
        )
        for port, whose, option in wanted:
            if sentence := complaint(port, whose, option):
                raise StackError(sentence)

    def _start_all(self) -> None:
        sandbox = self.options.sandbox
        if sandbox is not None:
            self._start_sandboxes(sandbox)
        self._say("Making the databases")
        makers = [self._airflow("db-migrate", ["db", "migrate"])]
        if sandbox is not None:
            makers.append(ledger.upgrade(self.home, self.ledger_url))
        self.supervisor.run(*makers, seconds=MIGRATE_SECONDS)
        self._say("Starting Airflow")
        for name, argv in AIRFLOW_PARTS.items():
            self.supervisor.start(self._airflow(name, argv))
        self.api = AirflowApi(self.ui_url, USER, self.password)
        self._exit.callback(self.api.close)
        self.wait_for("The start of Airflow's API", HEALTHY_SECONDS, self.api.warm_up)
        self.wait_for("The start of Airflow", HEALTHY_SECONDS, self._airflow_is_healthy)
        self.api.log_in()
        for pool, description in POOLS.items():
            self.api.put_pool(pool, POOL_SLOTS, description)
        if sandbox is not None:
            self._connect(sandbox)
        # no task waits in the triggerer, so that the first run need not wait for it either
        self.supervisor.start(self._airflow("triggerer", ["triggerer", "--skip-serve-logs"]))

    def _start_sandboxes(self, sandbox: SandboxOptions) -> None:
        self._say(f"Starting the Abicart sandbox with {sandbox.items} products, and the Specter sandbox")
        for server, port in self.sandbox_ports.items():
            self.supervisor.start(sandbox_component(self.home, server, port, sandbox))

    def _connect(self, sandbox: SandboxOptions) -> None:
        """Wait for the sandbox servers, and give Airflow the connections to them and to the ledger."""
        for server, control in self.sandboxes.items():
            self.wait_for(f"The start of the {server} sandbox", HEALTHY_SECONDS, partial(_answers, control))
            if sandbox.survives:
                self._exit.callback(_save, control)
        for connection_id, (fields, extra) in airflow_connections(SHOP, self.sandbox_ports).items():
            self.api.put_connection(connection_id, fields, extra)
        self.api.put_connection(
            "sync_ledger",
            # the button that tests a connection sends 0 for an empty port, and 0 is not the same as none
            {
                "conn_type": "sync_ledger",
                "port": 0,
                "description": "What was sent, held, flagged and imported",
            },
            {"url": self.ledger_url, "hash_secret": hash_secret(self.home)},
        )
        self.api.put_variable(
            "sync_ledger_id", ledger.identity(self.ledger_url), "Identity of the sync ledger"
        )

    def _airflow(self, name: str, argv: list[str]) -> Component:
        return Component(
            name=name,
            title=f"Airflow's {name}",
            argv=[sys.executable, "-m", "airflow", *argv],
            env=self._env,
            cwd=PROJECT,
            log=self.home.logs / f"airflow-{name}.log",
        )

    def _airflow_is_healthy(self) -> bool:
        health = self.api.health()
        needed = ("metadatabase", "scheduler", "dag_processor")
        return all(health.get(part) == "healthy" for part in needed)


def _save(control: Control) -> None:
    with suppress(OSError, SandboxError):  # it may be the one that ended
        control.save()


def _answers(control: Control) -> bool:
    try:
        return str(control.health()["status"]) == "ok"
    except OSError:
        return False
