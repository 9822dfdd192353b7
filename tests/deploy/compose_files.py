"""The compose file, and what it becomes with the override for LocalExecutor."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import yaml

REPO = Path(__file__).parents[2]
COMPOSE = REPO / "docker-compose.yaml"
LOCAL_EXECUTOR = REPO / "docker-compose.local-executor.yaml"
EXAMPLE = REPO / ".env.example"

# $$ is a dollar sign; all else is ${NAME}, ${NAME:-default} or ${NAME:?sentence}
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>[A-Z][A-Z0-9_]*)(?P<rule>:-|:\?)?(?P<rest>[^}]*)\}|\$")


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def services() -> dict[str, dict[str, Any]]:
    return load(COMPOSE)["services"]


def with_local_executor() -> dict[str, dict[str, Any]]:
    """The services as Compose joins both files: mappings by key, all else replaced, profiles added."""
    return _joined(load(COMPOSE), load(LOCAL_EXECUTOR))["services"]


def _joined(base: Any, over: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    both = copy.copy(base)
    for key, value in over.items():
        both[key] = _joined(base[key], value) if key in base else value
    return both


def variables() -> list[tuple[str, str | None, str]]:
    """Name, rule and rest of every variable of the compose file."""
    text = "".join(line for line in COMPOSE.read_text(encoding="utf-8").splitlines(True) if not comment(line))
    return [
        (found["name"], found["rule"], found["rest"])
        for found in VARIABLE.finditer(text)
        if found.group() != "$$"
    ]


def comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def env_file(path: Path) -> dict[str, str]:
    """``NAME=value`` lines, as Compose reads them (none of ours needs quotes)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not comment(line))


def environment(name: str, given: dict[str, str]) -> dict[str, str]:
    """The environment that the service ``name`` has with a ``.env`` of these values."""

    def value(found: re.Match[str]) -> str:
        if found.group() == "$$":
            return "$"
        default = found["rest"] if found["rule"] == ":-" else ""
        return given.get(found["name"]) or default

    return {key: VARIABLE.sub(value, text) for key, text in services()[name].get("environment", {}).items()}
