"""``.env`` files, and ``${…}`` in a compose file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compose_processes.errors import ComposeError

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>.*)")
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_REFERENCE = re.compile(
    rf"\$(?:(?P<dollar>\$)|(?P<plain>{_NAME})|\{{(?P<name>{_NAME})(?:(?P<how>:?[-?+])(?P<word>[^${{}}]*))?\}}|(?P<wrong>))"
)


def read_env(path: Path) -> dict[str, str]:
    """The variables of a ``.env`` file.

    :raises ComposeError: a line that is no variable, or one whose meaning depends on who reads it.
    """
    found: dict[str, str] = {}
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        value = match["value"].strip() if match else ""
        if match is None or re.search(r"[$\\`]", value):
            raise ComposeError(f"{path}, line {number}: not understood.")
        if value[:1] in ("'", '"'):
            if len(value) < 2 or value[-1] != value[0] or value[0] in value[1:-1]:
                raise ComposeError(f"{path}, line {number}: the quotes are not understood.")
            value = value[1:-1]
        else:
            value = re.sub(r"\s+#.*", "", value)
        found[match["name"]] = value
    return found


def interpolate(tree: Any, variables: Mapping[str, str], where: str = "") -> Any:
    """The same tree with every reference in its strings resolved; keys are left as they are.

    :raises ComposeError: a variable that is required is missing, or a reference is not understood.
    """
    if isinstance(tree, str):
        return _REFERENCE.sub(lambda match: _value(match, variables, where), tree)
    if isinstance(tree, Mapping):
        return {
            key: interpolate(value, variables, f"{where}.{key}".strip(".")) for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [interpolate(value, variables, f"{where}[{index}]") for index, value in enumerate(tree)]
    return tree


def _value(match: re.Match[str], variables: Mapping[str, str], where: str) -> str:
    if match["dollar"]:
        return "$"
    name, how, word = match["plain"] or match["name"], match["how"] or "", match["word"] or ""
    if name is None:
        raise ComposeError(f"{where}: a $ that begins no variable; write $$ for a $.")
    value = variables.get(name)
    there = bool(value) if how.startswith(":") else value is not None
    if how.endswith("+"):
        return word if there else ""
    if there:
        return str(value)
    if how.endswith("?"):
        raise ComposeError(f"{where}: {name} {word or 'is missing'}")
    if how.endswith("-"):
        return word
    raise ComposeError(f"{where}: {name} is neither set nor given a default.")
