"""What a probe asked, was answered, and makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How far a question is settled."""

    TOLD = "told"
    """The answers fit exactly one alternative."""
    NOT_TOLD = "not_told"
    """The answers fit several, or the account holds nothing that would show it."""
    UNEXPECTED = "unexpected"
    """The answers fit none: a person must look, and the project may have to learn it."""
    NOT_ASKED = "not_asked"
    """Only a write, or a read that this probe was not allowed, would tell."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One call and its raw answer.

    :param name: what the answer is for, unique within a system, such as ``order_list``; questions look it up by it.
    :param call: the method or action, without keys.
    :param asked: its parameters, without keys and personal data.
    :param status: HTTP status; 0: no complete answer came, ``problem`` says why.
    :param headers: ``content-type`` and ``retry-after`` only, names in lower case.
    """

    name: str
    call: str
    asked: Mapping[str, Any]
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one open question.

    :param question: its number in the reference (``"7"``, ``"Q5"``) or section (``"6.4"``).
    :param switch: the sandbox's name for it; empty where it has none.
    :param value: one of the switch's values where the verdict is ``told``; else ``None``.
    :param why: one sentence a data-team member understands; no key and no personal data.
    :param answers: names of the answers it rests on.
    """

    question: str
    switch: str
    verdict: Verdict
    value: str | int | None
    why: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemProbe:
    """One system's part of a probe. ``answers`` are raw; they are masked before anything is written."""

    system: str
    address: str
    findings: tuple[Finding, ...]
    answers: tuple[Answer, ...]
