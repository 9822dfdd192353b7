"""``probe.json``: the findings, and the answers without secrets and personal data; and the report beside it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from abicart_specter import __version__
from abicart_specter.domain.probe.abicart.masking import mask_abicart
from abicart_specter.domain.probe.masking import without_secrets
from abicart_specter.domain.probe.records import Answer, Finding
from abicart_specter.domain.probe.specter.masking import mask_specter
from abicart_specter.flows.probe.ask import Probed

FORMAT = 1
PROBE_FILE = "probe.json"
REPORT_FILE = "report.md"
OWNER_ONLY = 0o600

Mask = Callable[[Sequence[Answer], Sequence[str]], tuple[Answer, ...]]
MASKS: Mapping[str, Mask] = {"abicart": mask_abicart, "specter": mask_specter}


@dataclass(frozen=True, slots=True)
class Written:
    """Where the files of a probe lie."""

    probe: Path
    report: Path


def document(shop: str, made_at: datetime, probed: Sequence[Probed]) -> bytes:
    """The content of ``probe.json``.

    :param made_at: aware.
    """
    secrets = [secret for one in probed for secret in one.secrets]
    content = {
        "format": FORMAT,
        "made_at": made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "shop": shop,
        "version": __version__,
        "systems": {one.probe.system: _system(one, secrets) for one in probed},
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    # Once more over everything: whatever a mask may have overlooked, no key leaves.
    return without_secrets(text.encode(), [*secrets, *(json.dumps(one)[1:-1] for one in secrets)])


def write_files(folder: Path, content: bytes, report: str) -> Written:
    """Write both files, readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    written = Written(folder / PROBE_FILE, folder / REPORT_FILE)
    _write(written.probe, content)
    _write(written.report, report.encode())
    return written


def _write(path: Path, content: bytes) -> None:
    """Never readable by others, not even while it is written; a file that was there is replaced as a whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(content)
    beside.replace(path)


def _system(one: Probed, secrets: Sequence[str]) -> dict[str, Any]:
    probe = one.probe
    return {
        "address": probe.address,
        "findings": [_finding(finding) for finding in probe.findings],
        "answers": [_answer(answer) for answer in MASKS[probe.system](probe.answers, secrets)],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "question": finding.question,
        "switch": finding.switch,
        "verdict": finding.verdict.value,
        "value": finding.value,
        "why": finding.why,
        "answers": list(finding.answers),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": answer.name,
        "call": answer.call,
        "asked": dict(answer.asked),
        "status": answer.status,
        "headers": dict(answer.headers),
    }
    try:
        shown["body"] = answer.body.decode()
    except UnicodeDecodeError:
        shown["body_base64"] = base64.b64encode(answer.body).decode()
    return shown | {"problem": answer.problem}
