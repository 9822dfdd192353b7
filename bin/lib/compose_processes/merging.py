"""Several compose files as one, by the rules of the compose specification for files that override each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compose_processes.errors import ComposeError

REPLACED = frozenset({"command", "test"})
"""Lists that an override replaces: a command is one thing."""

APPENDED = frozenset({"profiles", "tmpfs", "cap_drop", "security_opt"})
"""Lists to which an override adds what is not there yet."""


def merge(base: Mapping[str, Any], override: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Groups key by key; a single value takes the place of the one before it.

    :raises ComposeError: two kinds of value under one key, or a list whose rule is not understood here.
    """
    merged = dict(base)
    for key, value in override.items():
        place = f"{where}.{key}".strip(".")
        merged[key] = _merged(key, base[key], value, place) if key in base else value
    return merged


def _merged(key: str, before: Any, value: Any, where: str) -> Any:
    if before is None or value is None:
        raise ComposeError(f"{where}: an override of nothing, or by nothing, is not understood.")
    if isinstance(before, Mapping) and isinstance(value, Mapping):
        return merge(before, value, where)
    if isinstance(before, list) and isinstance(value, list):
        if key in REPLACED:
            return value
        if key in APPENDED:
            return [*before, *(one for one in value if one not in before)]
        raise ComposeError(f"{where}: how two lists become one is not understood.")
    if isinstance(before, Mapping | list) or isinstance(value, Mapping | list):
        raise ComposeError(f"{where}: one file has a single value there, the other has not.")
    return value
