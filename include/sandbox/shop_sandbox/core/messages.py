"""A request, the calls found in it, and the answer: what the core and a service hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One action inside a request. A JSON-RPC batch holds many, a Specter request one.

    :param action: the action's name in its own system, as counted and as faults name it.
    :param is_write: whether it changes anything.
    :param rows: article rows it carries (0 for anything that is not an article write).
    :param article_call: whether the extra latency of article calls applies to it.
    """

    action: str
    is_write: bool = False
    rows: int = 0
    article_call: bool = False


@dataclass(slots=True)
class Request:
    """One HTTP request, complete. ``parsed`` is the service's own: what ``read`` kept for ``answer``."""

    number: int
    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    at: float
    connection: int
    calls: list[Call] = field(default_factory=list)
    parsed: Any = None

    def header(self, name: str) -> str | None:
        """The first header of that name, compared without case; ``None`` if it was not sent."""
        wanted = name.lower().encode("latin-1")
        for key, value in self.headers:
            if key == wanted:
                return value.decode("latin-1")
        return None


@dataclass(slots=True)
class Answer:
    """What goes back. ``errors`` names the system's own error codes in it, for the counters."""

    body: bytes
    content_type: str = "text/plain"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
