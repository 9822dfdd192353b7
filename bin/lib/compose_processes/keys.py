"""Every key of a compose file that may stand there: those that are read, and those without meaning for processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compose_processes.errors import ComposeError

TOP = frozenset({"name", "services"})
TOP_WITHOUT_MEANING = {
    "networks": "all processes share the loopback network",
    "volumes": "a named volume is a folder; its driver's options cannot matter there (only empty ones are taken)",
}
SERVICE = frozenset(
    {
        "command",
        "depends_on",
        "env_file",
        "environment",
        "healthcheck",
        "image",
        "ports",
        "profiles",
        "volumes",
    }
)
SERVICE_WITHOUT_MEANING = {
    "build": "the project's own image is laid out from the Dockerfile, see image_folder",
    "cap_drop": "capabilities of a container",
    "deploy": "limits of memory and processors (no other part of it is taken)",
    "logging": "rotation by Docker; a process's output goes into one file",
    "networks": "see above",
    "read_only": "a container's own file system",
    "restart": "a process that ends by itself is a failure here, and shown as one",
    "security_opt": "privileges of a container",
    "shm_size": "the machine's /dev/shm is used",
    "stop_grace_period": "all are ended together, and what they held is thrown away",
    "tmpfs": "folders in memory: every process has an AIRFLOW_HOME and a TMPDIR of its own",
    "user": "processes run as whoever starts them; PostgreSQL, which refuses root, as user postgres",
}
HEALTHCHECK = frozenset(
    {"disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"}
)


def check_top(document: Mapping[str, Any]) -> None:
    """:raises ComposeError: a key at the top that is not understood."""
    extension = {key for key in document if key.startswith("x-")}
    _only(document, TOP | TOP_WITHOUT_MEANING.keys() | extension, "the file")
    for name, options in (document.get("volumes") or {}).items():
        if options:
            raise ComposeError(f"Volume {name} has options, which are not understood.")


def check_service(name: str, service: Mapping[str, Any]) -> None:
    """:raises ComposeError: a key of a service that is not understood."""
    _only(service, SERVICE | SERVICE_WITHOUT_MEANING.keys(), f"service {name}")
    deploy = service.get("deploy", {})
    _only(deploy, {"resources"}, f"deploy of service {name}")
    _only(deploy.get("resources", {}), {"limits", "reservations"}, f"deploy.resources of service {name}")
    _only(service.get("healthcheck", {}), HEALTHCHECK, f"healthcheck of service {name}")


def _only(found: Iterable[str], known: Iterable[str], where: str) -> None:
    if unknown := sorted(set(found) - set(known)):
        raise ComposeError(f"In {where} the key {', '.join(unknown)} is not understood: it would not be run.")
