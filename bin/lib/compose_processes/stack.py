"""The services of docker-compose.yaml as processes of this machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from compose_processes import postgres
from compose_processes.compose_file import Compose, Dependency, Service, read_compose
from compose_processes.entry_points import command
from compose_processes.errors import ComposeError
from compose_processes.health import Starting, complaint
from compose_processes.image_folder import lay_out
from compose_processes.interpolation import read_env
from compose_processes.machine import give_to_postgres, missing_programs
from compose_processes.translation import DATABASE, HOSTNAME_MODULE, PORTS, Folders, Process, Translation
from local_stack.airflow_api import AirflowApi
from local_stack.errors import StackError
from local_stack.files import PROJECT, Home, claim
from local_stack.ports import LOOPBACK, free_ports
from local_stack.running import POLL_SECONDS, RunningAirflow
from local_stack.supervisor import Component, Supervisor
from shop_sandbox.core.control_client import Control

START_SECONDS = 600.0
ENDS_SECONDS = 300.0
UI, SHARED = "api-server", "shared"


@dataclass(frozen=True, slots=True)
class ComposeOptions:
    """How it is started.

    :param scale: service → how many, as ``docker compose up --scale``.
    :param settings: of ``.env``, besides what ``deploy/new-env.sh --trial`` writes; None takes a variable away.
    """

    scale: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, str | None] = field(default_factory=dict)


class ComposeStack(RunningAirflow):
    """Everything that ``docker compose up`` starts of a trial."""

    def __init__(
        self, home: Home, options: ComposeOptions, say: Callable[[str], None] = lambda _: None
    ) -> None:
        super().__init__(home, say)
        self.options = options
        self.processes: dict[str, Process] = {}
        self._done: set[str] = set()
        self._healthy: set[str] = set()

    def _start(self) -> None:
        if sentence := missing_programs():
            raise StackError(sentence)
        self._exit.enter_context(claim(self.home, afresh=True))
        names = [name for name in PORTS if name != "worker"]
        self._ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.compose = self._read()
        self._prepare_folders()
        self.supervisor = self._exit.enter_context(Supervisor(self.home.path, grace=10.0))
        self._up()
        self._connect()

    @property
    def env_file(self) -> Path:
        """The ``.env`` of this installation, with its passwords."""
        return self.home.path / ".env"

    @property
    def settings(self) -> dict[str, str]:
        """What stands in it."""
        return read_env(self.env_file)

    @property
    def volumes(self) -> Path:
        """Folder with one folder for each named volume but PostgreSQL's."""
        return self.home.path / "volumes"

    @property
    def ui_url(self) -> str:
        return f"http://{LOOPBACK}:{self._ports[UI]}"

    @property
    def ledger_url(self) -> str:
        """With the role that tasks have."""
        password = self.settings["LEDGER_PASSWORD"]
        return f"postgresql://sync_ledger:{password}@{LOOPBACK}:{self._ports[DATABASE]}/sync_ledger"

    @property
    def task_logs(self) -> Path:
        """Folder under which Airflow keeps a log per try of a task."""
        return self.volumes / SHARED / "logs"

    def processes_of(self, service: str) -> list[Process]:
        """Those of a service that may be there several times."""
        return [process for process in self.processes.values() if process.service.name == service]

    def run_again(self, service: str) -> str:
        """Run a service that ends by itself once more, as the next ``docker compose up`` does; returns what it said."""
        process = self.processes[service]
        log = self._log(process)
        before = log.stat().st_size
        self.supervisor.run(self._component(process, process.name, command(process)), seconds=ENDS_SECONDS)
        return log.read_bytes()[before:].decode("utf-8", "replace")

    def sick(self) -> dict[str, str]:
        """Process → what its own health check complains of, of all that run."""
        found = {}
        for name, process in self.processes.items():
            if name not in self._done and (said := complaint(process, str(self.home.path))):
                found[name] = said
        return found

    def kill(self, name: str) -> None:
        """End a process and all below it by SIGKILL, as when its machine is lost."""
        self.supervisor.kill(name)
        self._done.add(name)

    def start_again(self, name: str) -> None:
        """Start what was killed once more and wait until it is healthy, as Docker does: ``restart: unless-stopped``."""
        self._done.discard(name)
        self._healthy.discard(name)
        self.supervisor.start_again(name)
        starting = [Starting(self.processes[name])]
        while starting := self._still_starting(starting):
            time.sleep(POLL_SECONDS)

    def dump(self, database: str, *options: str) -> str:
        """What ``pg_dump`` writes of a database, without what is different each time."""
        process = self.processes[DATABASE]
        done = subprocess.run(
            ["pg_dump", "--username=postgres", *options, database],
            env=dict(process.env),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=True,
        )
        return "\n".join(line for line in done.stdout.splitlines() if "restrict " not in line)

    def _read(self) -> Compose:
        subprocess.run(
            ["bash", str(PROJECT / "deploy" / "new-env.sh"), "--trial"],
            env={"PATH": os.environ["PATH"], "ENV_FILE": str(self.env_file)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        port = str(self._ports[UI])
        wanted = {"API_PORT": port, "BASE_URL": f"http://localhost:{port}", **self.options.settings}
        lines = self.env_file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.partition("=")[0] not in wanted]
        kept += [f"{name}={value}" for name, value in wanted.items() if value is not None]
        self.env_file.write_text("\n".join(kept) + "\n", encoding="utf-8")
        return read_compose(PROJECT / "docker-compose.yaml", self.env_file)

    def _prepare_folders(self) -> None:
        database = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="compose-pg-")))
        folders = Folders(
            image=lay_out(PROJECT, self.home.path / "image"),
            volumes=self.volumes,
            processes=self.home.path / "containers",
            database=database,
        )
        self._translation = Translation(self.compose, folders, self._ports)
        folders.processes.mkdir()
        module = 'import os\n\n\ndef hostname() -> str:\n    return os.environ["HOSTNAME"]\n'
        (folders.processes / f"{HOSTNAME_MODULE}.py").write_text(module, encoding="utf-8")

    def _up(self) -> None:
        """Start each service when what it depends on is as the file says, and wait until all are healthy."""
        waiting = dict(self.compose.services)
        starting: list[Starting] = []
        while waiting or starting:
            ready = [one for one in waiting.values() if all(map(self._is_met, one.depends_on))]
            if waiting and not ready and not starting:
                raise ComposeError(
                    f"{', '.join(waiting)} wait for each other, or for what never becomes healthy."
                )
            for service in ready:
                del waiting[service.name]
                starting += map(Starting, self._start_service(service))
            starting = self._still_starting(starting)
            if starting:
                time.sleep(POLL_SECONDS)

    def _is_met(self, dependency: Dependency) -> bool:
        if dependency.service not in self.compose.services:
            return not dependency.required
        there = [one.name for one in self.processes_of(dependency.service)]
        if dependency.condition == "service_completed_successfully":
            return bool(there) and self._done.issuperset(there)
        return bool(there) and (dependency.condition == "service_started" or self._healthy.issuperset(there))

    def _start_service(self, service: Service) -> list[Process]:
        """Its processes that have yet to become healthy."""
        self._say(f"Starting {service.name}")
        count = self.options.scale.get(service.name, 1)
        completes = self._completes(service.name)
        started = []
        for number in range(1, count + 1):
            name = service.name if count == 1 else f"{service.name}-{number}"
            port = self._ports.get(service.name) or (free_ports(1)[0] if service.name in PORTS else None)
            process = self._translation.process(service, name, port)
            self._make_folders(process)
            part = partial(self._component, process)
            if service.name == DATABASE:
                postgres.make_cluster(process, self.supervisor, part)
            if completes:
                self.supervisor.run(part(name, command(process)), seconds=ENDS_SECONDS)
                self._done.add(name)
            else:
                self.supervisor.start(part(name, command(process)))
                started.append(process)
            self.processes[name] = process
        return started

    def _completes(self, name: str) -> bool:
        """Whether others wait for the end of the service."""
        return any(
            one.service == name and one.condition == "service_completed_successfully"
            for service in self.compose.services.values()
            for one in service.depends_on
        )

    def _still_starting(self, starting: list[Starting]) -> list[Starting]:
        """Look once at each that is due."""
        left = []
        for one in starting:
            self.check()
            name = one.process.name
            if not one.is_due():
                left.append(one)
            elif (said := complaint(one.process, str(self.home.path))) is None:
                self._became_healthy(one.process)
            elif one.looked():
                left.append(one)
            else:
                raise StackError(f"{name} is not healthy: {said}. Its log: {self._log(one.process)}")
        return left

    def _became_healthy(self, process: Process) -> None:
        if process.service.name == DATABASE:
            # in the container this is over before the server listens to others
            postgres.run_scripts(process, self.supervisor, partial(self._component, process))
        self._healthy.add(process.name)
        self._say(f"{process.name} is healthy")

    def _make_folders(self, process: Process) -> None:
        of_process = [process.home, process.home / "tmp"]
        of_process += [process.paths[one.target] for one in process.service.mounts if one.is_volume]
        for folder in of_process:
            folder.mkdir(parents=True, exist_ok=True)
            if process.service.name == DATABASE:
                give_to_postgres(folder)

    def _component(self, process: Process, name: str, argv: tuple[str, ...]) -> Component:
        return Component(
            name=name,
            title=f"The service {name}",
            argv=argv,
            env=process.env,
            cwd=process.home,
            log=self.home.logs / f"{name}.log",
        )

    def _log(self, process: Process) -> Path:
        return self.home.logs / f"{process.name}.log"

    def _connect(self) -> None:
        settings = self.settings
        self.sandboxes = {
            system: Control(f"http://{LOOPBACK}:{self._ports[f'sandbox-{system}']}")
            for system in ("abicart", "specter")
        }
        self.api = AirflowApi(self.ui_url, settings["ADMIN_USERNAME"], settings["ADMIN_PASSWORD"])
        self._exit.callback(self.api.close)
        self.wait_for("The start of Airflow's API", START_SECONDS, self.api.warm_up)
        self.api.log_in()
