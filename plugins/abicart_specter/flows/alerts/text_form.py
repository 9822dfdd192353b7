"""The form of the texts: what every cause says, and what a language needs besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """What is told of a cause. Names in braces are facts of the message.

    ``opened``: what happened; also told, with how long it has been so, as a reminder. ``means``: is anything lost, what
    still works. ``do``: the remedy. ``otherwise``: what happens when nothing is done. ``closed``: that it is over.
    """

    title: str
    opened: str
    means: str
    do: str
    otherwise: str
    closed: str


@dataclass(frozen=True, slots=True)
class Language:
    """Everything in one language.

    ``counts``: name → words for one, and for any other number. ``flows``: flow → its name, what its red run means,
    what happens without anybody. ``rules``: reasons in words. ``moment``: how a time is written.
    """

    texts: Mapping[str, Text]
    counts: Mapping[str, tuple[str, str]]
    words: Mapping[str, str]
    flows: Mapping[str, tuple[str, str, str]]
    other_flow: tuple[str, str, str]
    rules: Mapping[str, str]
    months: tuple[str, ...]
    moment: str
    thousands: str
