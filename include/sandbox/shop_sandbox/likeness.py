"""What a connection probe found out about the real systems, as switches of a server.

The file is a probe's ``probe.json``: per system the findings, each with the switch it is about, a verdict and, where
the answers told it, the switch's value. It is read strictly: a name or a value that this server does not have is an
error that names it, and then nothing is set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop_sandbox.core.errors import StartError, UsageError
from shop_sandbox.core.service import Service
from shop_sandbox.core.switches import SwitchValue

FORMAT = 1
VERDICTS = ("told", "not_told", "unexpected", "not_asked")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one server is to stand.

    :param switches: to be set, by name.
    :param lines: for a person: what is set, and what the probe could not tell.
    """

    switches: Mapping[str, SwitchValue]
    lines: tuple[str, ...]


def read_likeness(path: Path, service: Service) -> Likeness:
    """What the file tells about this service's system.

    :raises StartError: the file is not a probe's, or tells what this server does not have.
    """
    document = _document(path)
    source = f"{path.name} (shop {_clean(document['shop'])}, {_clean(document['made_at'])})"
    if service.name not in document["systems"]:
        return Likeness({}, (f"like {source}: nothing about {service.name}; the switches stay as they are",))
    system = document["systems"][service.name]
    findings = system.get("findings") if isinstance(system, dict) else None
    if not isinstance(findings, list):
        raise _wrong(path, f"systems.{service.name}.findings is no list")
    switches: dict[str, SwitchValue] = {}
    told: list[str] = []
    rest: list[str] = []
    for place, finding in enumerate(findings):
        where = f"systems.{service.name}.findings[{place}]"
        name, verdict, value, why = _finding(path, where, finding)
        question = _clean(finding["question"])
        if verdict == "told" and name:
            if name in switches:
                raise _wrong(path, f"{where}: switch {name} is told twice")
            switches[name] = _checked(path, where, service, name, value)
            told.append(f"{name} = {_clean(value)} ({question})")
        else:
            rest.append(_rest(service, name or "no switch", verdict, question, why))
    count = f"{len(switches)} switch{'' if len(switches) == 1 else 'es'} set"
    return Likeness(switches, (f"like {source}: {count}", *told, *rest))


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise _wrong(path, f"it is no JSON ({error})") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _wrong(path, f"format {FORMAT} is expected at its top")
    for name, kind in (("shop", str), ("made_at", str), ("systems", dict)):
        if not isinstance(document.get(name), kind):
            raise _wrong(path, f"{name} is missing or not of the expected kind")
    return document


def _finding(path: Path, where: str, finding: Any) -> tuple[str, str, Any, str]:
    if not isinstance(finding, dict):
        raise _wrong(path, f"{where} is no object")
    texts: list[str] = []
    for name in ("question", "switch", "verdict", "why"):
        if not isinstance(finding.get(name), str):
            raise _wrong(path, f"{where}.{name} is missing or no text")
        texts.append(finding[name])
    if finding["verdict"] not in VERDICTS:
        raise _wrong(path, f"{where}.verdict is {finding['verdict']!r}, not one of {', '.join(VERDICTS)}")
    if "value" not in finding or (finding["value"] is not None) != (finding["verdict"] == "told"):
        raise _wrong(path, f"{where}: a value belongs to the verdict told, and to no other")
    _, switch, verdict, why = texts
    return switch, verdict, finding["value"], why


def _checked(path: Path, where: str, service: Service, name: str, value: Any) -> SwitchValue:
    known = service.switches.known
    if name not in known:
        raise _wrong(path, f"{where}: the {service.name} sandbox has no switch {name!r}")
    try:
        return known[name].checked(value)
    except UsageError as error:
        raise _wrong(path, f"{where}: {error}") from error


def _rest(service: Service, name: str, verdict: str, question: str, why: str) -> str:
    words = {"told": "told", "unexpected": "unexpected", "not_told": "unknown", "not_asked": "not asked"}[
        verdict
    ]
    stays = f", stays {service.switches[name]}" if name in service.switches.known else ""
    return f"{words}: {_clean(name)} ({question}){stays}: {_clean(why)}"


def _wrong(path: Path, what: str) -> StartError:
    return StartError(f"{path} cannot be followed: {what}. Nothing was set.")


def _clean(value: Any) -> str:
    """On one line, and without what would steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in str(value))
