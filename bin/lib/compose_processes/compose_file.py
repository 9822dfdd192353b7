"""Compose files as records: only what is run, interpolated, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from compose_processes.errors import ComposeError
from compose_processes.interpolation import interpolate, read_env
from compose_processes.keys import check_service, check_top
from compose_processes.merging import merge

CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Times in seconds, with Docker's defaults."""

    argv: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float
    start_interval: float


@dataclass(frozen=True, slots=True)
class Dependency:
    service: str
    condition: str
    required: bool


@dataclass(frozen=True, slots=True)
class Mount:
    """``source`` is a volume's name, or a path on the host."""

    source: str
    target: str
    is_volume: bool


@dataclass(frozen=True, slots=True)
class Published:
    """A port of a container that the host listens on."""

    address: str
    host_port: int
    port: int


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]
    published: tuple[Published, ...]
    depends_on: tuple[Dependency, ...]
    healthcheck: HealthCheck | None


@dataclass(frozen=True, slots=True)
class Compose:
    """The services that the profiles switch on; those of other profiles are only checked.

    :param folder: relative sources of mounts begin there.
    """

    folder: Path
    services: Mapping[str, Service]


def read_compose(path: Path, env_file: Path) -> Compose:
    """The file with the variables of ``env_file``; where ``COMPOSE_FILE`` is one of them, the files that it names.

    :raises ComposeError: what Docker Compose would refuse, or what is not understood here.
    """
    variables = read_env(env_file)
    names = variables.get("COMPOSE_FILE") or path.name
    document: dict[str, Any] = {}
    for name in names.split(":"):
        document = merge(document, _document(path.with_name(name)))
    # a required variable of a service that is not switched on is required all the same, as in Docker Compose
    document = interpolate(document, variables)
    volumes = set(document.get("volumes") or {})
    profiles = set(filter(None, variables.get("COMPOSE_PROFILES", "").split(",")))
    active: dict[str, Service] = {}
    for name, raw in document["services"].items():
        check_service(name, raw)
        of_profiles = set(raw.get("profiles", []))
        service = _service(name, raw, volumes)
        if not of_profiles or of_profiles & profiles:
            active[name] = service
    for service in active.values():
        for needed in service.depends_on:
            if needed.service not in active and needed.required:
                raise ComposeError(f"{service.name} depends on {needed.service}, which is not switched on.")
    return Compose(path.parent, active)


def _document(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ComposeError(f"There is no file {path}.")
    with path.open(encoding="utf-8") as stream:
        whole = YAML(typ="safe", pure=True).load(stream)
    document = {key: value for key, value in whole.items() if not key.startswith("x-")}
    check_top(document)
    return document


def _service(name: str, raw: Mapping[str, Any], volumes: set[str]) -> Service:
    if "image" not in raw:
        raise ComposeError(f"Service {name} has no image.")
    return Service(
        name=name,
        image=raw["image"],
        command=_words(raw.get("command", []), name),
        environment=_environment(name, raw.get("environment", {})),
        mounts=tuple(_mount(name, one, volumes) for one in raw.get("volumes") or []),
        published=tuple(_published(name, one) for one in raw.get("ports") or []),
        depends_on=tuple(_dependencies(name, raw.get("depends_on") or {})),
        healthcheck=_health_check(name, raw.get("healthcheck") or {}),
    )


def _words(command: Any, name: str) -> tuple[str, ...]:
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ComposeError(f"Service {name}: write its command as a list of texts.")
    return tuple(command)


def _environment(name: str, raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping) or not all(isinstance(value, str) for value in raw.values()):
        # Compose would write true as "true" and 0644 as 420; nobody should have to know
        raise ComposeError(f"Service {name}: write its environment as a mapping of texts in quotes.")
    return dict(raw)


def _mount(name: str, raw: Any, volumes: set[str]) -> Mount:
    if isinstance(raw, Mapping):
        unknown = set(raw) - {"type", "source", "target", "read_only", "bind"}
        if unknown or raw["type"] not in ("bind", "volume"):
            raise ComposeError(f"Service {name}: the volume at {raw.get('target')} is not understood.")
        source, target, is_volume = raw["source"], raw["target"], raw["type"] == "volume"
    else:
        source, target, *mode = raw.split(":")
        if mode not in ([], ["ro"], ["rw"]):
            raise ComposeError(f"Service {name}: the volume {raw} is not understood.")
        is_volume = not source.startswith((".", "/", "~"))
    if is_volume and source not in volumes:
        raise ComposeError(f"Service {name} uses the volume {source}, which the file does not declare.")
    return Mount(source, target, is_volume)


def _published(name: str, raw: Any) -> Published:
    match = re.fullmatch(r"(\d+\.\d+\.\d+\.\d+):(\d+):(\d+)", raw) if isinstance(raw, str) else None
    if match is None or match[1] != "127.0.0.1":
        raise ComposeError(
            f"Service {name}: publish {raw} as 127.0.0.1:PORT:PORT, so that only this host sees it."
        )
    return Published(match[1], int(match[2]), int(match[3]))


def _dependencies(name: str, raw: Any) -> list[Dependency]:
    if not isinstance(raw, Mapping):
        raise ComposeError(f"Service {name}: write what it depends on as a mapping with conditions.")
    found = []
    for service, how in raw.items():
        condition = how.get("condition", "service_started")
        if condition not in CONDITIONS or set(how) - {"condition", "required"}:
            raise ComposeError(f"Service {name}: how it depends on {service} is not understood.")
        found.append(Dependency(service, condition, how.get("required", True)))
    return found


def _health_check(name: str, raw: Mapping[str, Any]) -> HealthCheck | None:
    test = raw.get("test", [])
    if raw.get("disable") or test == ["NONE"] or not raw:
        return None
    if isinstance(test, str):
        test = ["CMD-SHELL", test]
    if test[:1] == ["CMD"] and len(test) > 1:
        argv = test[1:]
    elif test[:1] == ["CMD-SHELL"] and len(test) == 2:
        argv = ["/bin/sh", "-c", test[1]]
    else:
        raise ComposeError(f"Service {name}: the test of its health check is not understood.")
    return HealthCheck(
        argv=tuple(argv),
        interval=seconds(raw.get("interval", "30s")),
        timeout=seconds(raw.get("timeout", "30s")),
        retries=int(raw.get("retries", 3)),
        start_period=seconds(raw.get("start_period", "0s")),
        start_interval=seconds(raw.get("start_interval", "5s")),
    )


def seconds(duration: str) -> float:
    """A duration of the compose specification, such as ``1m30s``, in seconds.

    :raises ComposeError: it is none.
    """
    parts = _PART.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise ComposeError(f"{duration!r} is no duration.")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
