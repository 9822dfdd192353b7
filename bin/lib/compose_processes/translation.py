"""The one place where a process differs from the container that it stands for.

Paths of the container become folders of this machine, ``name:port`` becomes a free port of the loopback address. All
processes share this machine's name and its ports, which containers have to themselves: so each gets the settings in
``OWN``. Everything else is what the compose file says.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compose_processes.compose_file import Compose, Service
from compose_processes.errors import ComposeError
from compose_processes.image_folder import ImageFolder
from compose_processes.machine import postgres_programs
from local_stack.ports import LOOPBACK

CODE = "/opt/abicart-specter"
DATABASE = "postgres"
PORTS = {
    "postgres": 5432,
    "redis": 6379,
    "api-server": 8080,
    "scheduler": 8974,
    "worker": 8793,
    "triggerer": 8794,
    "sandbox-abicart": 8081,
    "sandbox-specter": 8082,
}
"""Where each service listens in its container. Those of the last but two are Airflow's own defaults."""

HOSTNAME_MODULE = "compose_processes_hostname"
"""A module that says ``$HOSTNAME``: in a container the kernel says the same."""

OWN = {
    "postgres": {"PGPORT": "{port}", "PGHOST": "{tmp}", "PGDATA": "{/var/lib/postgresql/data}"},
    "redis": {"REDIS_PORT": "{port}", "REDIS_BIND": LOOPBACK, "REDIS_DIR": "{/data}"},
    "api-server": {"AIRFLOW__API__HOST": LOOPBACK, "AIRFLOW__API__PORT": "{port}"},
    "scheduler": {
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": LOOPBACK,
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": "{port}",
    },
    "worker": {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": "{port}"},
    "triggerer": {"AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": "{port}"},
}
"""Service → more variables. ``{port}`` is its own, ``{tmp}`` its temporary folder, ``{/data}`` what a path became."""

HOSTS_ONLY = "ABICART_SPECTER_PLAIN_HTTP_HOSTS"
"""A variable with names of services and no ports."""

NO_PORT_OPTION = ("redis-cli ", "redis-cli -p {port} ")
"""redis-cli takes its port from no variable."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders of this machine.

    :param image: what the project's image holds.
    :param volumes: one for each named volume.
    :param processes: one for each process: its home, with a temporary folder.
    :param database: the same, with its volume, for PostgreSQL alone: where its user can get at it.
    """

    image: ImageFolder
    volumes: Path
    processes: Path
    database: Path


@dataclass(frozen=True, slots=True)
class Process:
    """What to run for a service. ``name`` is also its host name; ``health`` is the command of its health check."""

    name: str
    service: Service
    argv: tuple[str, ...]
    health: tuple[str, ...]
    env: Mapping[str, str]
    home: Path
    port: int | None
    paths: Mapping[str, Path]


class Translation:
    """Makes processes of services.

    :param ports: service → port on this machine, of every service in ``PORTS``; workers get theirs by ``process``.
    """

    def __init__(self, compose: Compose, folders: Folders, ports: Mapping[str, int]) -> None:
        self._compose = compose
        self._folders = folders
        self._ports = ports

    def process(self, service: Service, name: str, port: int | None) -> Process:
        """:param port: its own, where it listens.
        :raises ComposeError: a path or an address of a container is left that nothing here stands for.
        """
        home = self._folders.database if service.name == DATABASE else self._folders.processes / name
        tmp = home / "tmp"
        paths = self._paths(service, home)
        own = {
            key: value.format_map({"port": port, "tmp": tmp} | {path: str(at) for path, at in paths.items()})
            for key, value in OWN.get(service.name, {}).items()
        }

        def local(text: str) -> str:
            return self._addresses(_with_paths(text, paths), service.name, port)

        env = {
            **_of_every_container(name, home, tmp),
            **self._folders.image.environment,
            **{key: self._value(key, local(value)) for key, value in service.environment.items()},
            **own,
        }
        if "AIRFLOW_HOME" in env:
            env["AIRFLOW__CORE__HOSTNAME_CALLABLE"] = f"{HOSTNAME_MODULE}.hostname"
            env["PYTHONPATH"] = f"{env['PYTHONPATH']}:{self._folders.processes}"
        argv = tuple(_port_word(local(word), service.name, port) for word in service.command)
        health = service.healthcheck.argv if service.healthcheck else ()
        return Process(
            name=name,
            service=service,
            argv=argv,
            health=tuple(
                local(word).replace(NO_PORT_OPTION[0], NO_PORT_OPTION[1].format(port=port)) for word in health
            ),
            env=env,
            home=home,
            port=port,
            paths=paths,
        )

    def _paths(self, service: Service, home: Path) -> dict[str, Path]:
        """Path in the container → path here."""
        paths = {CODE: self._folders.image.root / CODE.lstrip("/"), "/opt/airflow": home}
        for mount in service.mounts:
            if mount.is_volume:
                volumes = home if service.name == DATABASE else self._folders.volumes
                paths[mount.target] = volumes / mount.source
            elif not mount.target.startswith(
                f"{CODE}/"
            ):  # a single file of ours is in the image's folder as well
                paths[mount.target] = (self._compose.folder / mount.source).resolve()
        return paths

    def _addresses(self, text: str, of_service: str, port: int | None) -> str:
        """Every ``name:port`` of a container."""

        def here(match: re.Match[str]) -> str:
            name, there = match["name"], int(match["port"])
            if (
                name == "localhost"
            ):  # of the container; any other port is the host's, where people find the UI
                return f"{LOOPBACK}:{port}" if there == PORTS.get(of_service) and port else match[0]
            if there != PORTS.get(name) or name not in self._ports:
                raise ComposeError(
                    f"Nothing is known to listen on {match[0]}, which {of_service} is told to use."
                )
            return f"{LOOPBACK}:{self._ports[name]}"

        names = "|".join(map(re.escape, ("localhost", *self._compose.services)))
        found = re.sub(rf"(?<![\w.-])(?P<name>{names}):(?P<port>\d+)(?!\d)", here, text)
        return LOOPBACK if found == "0.0.0.0" else found  # noqa: S104 - the word is replaced, nothing is bound to it

    def _value(self, key: str, value: str) -> str:
        if key != HOSTS_ONLY:
            return value
        return ",".join(LOOPBACK if name in PORTS else name for name in value.split(","))


def _of_every_container(name: str, home: Path, tmp: Path) -> dict[str, str]:
    """Nothing of the person's environment but where the programs are."""
    programs = [str(Path(sys.executable).parent), *os.get_exec_path()]
    if found := postgres_programs():
        programs.insert(0, str(found))
    return {
        "PATH": os.pathsep.join(programs),
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(tmp),
        "HOSTNAME": name,
    }


def _with_paths(text: str, paths: Mapping[str, Path]) -> str:
    longest_first = "|".join(map(re.escape, sorted(paths, key=len, reverse=True)))
    for path in re.findall(r"(?<![\w./-])/opt/[\w./-]*", text):
        if not re.match(rf"({longest_first})(?![\w-])", path):
            raise ComposeError(f"{path} is nothing that a container of the compose file has.")
    return re.sub(rf"(?<![\w./-])({longest_first})(?![\w-])", lambda match: str(paths[match[0]]), text)


def _port_word(word: str, service: str, port: int | None) -> str:
    """A word of a command that is the service's port."""
    return str(port) if port is not None and word == str(PORTS[service]) else word
