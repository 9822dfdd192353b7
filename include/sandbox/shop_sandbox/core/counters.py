"""What a server has received and sent, counted; and the last requests in full."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shop_sandbox.core.messages import Answer, Request

MOST_BYTES = 64 * 1024 * 1024


class Counters:
    """Plain counts since the last reset. Control calls are in none of them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.requests = 0
        self.connections = 0
        self.refused = 0
        self.handled = 0
        self.writes = 0
        self.article_rows = 0
        self.bytes_received = 0
        self.calls: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def received(self, request: Request) -> None:
        self.requests += 1
        self.bytes_received += len(request.body) + len(request.query)
        for call in request.calls:
            self.calls[call.action] += 1
            self.writes += call.is_write
            self.article_rows += call.rows

    def as_dict(self) -> dict[str, Any]:
        return {
            name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()
        }


@dataclass(slots=True)
class LogEntry:
    """One request as received, and what became of it. Holds keys and tokens: kept in memory only."""

    request: Request
    status: int | None = None
    fault: str | None = None
    errors: tuple[str, ...] = ()
    answer: bytes = b""
    kept: bool = False

    @property
    def size(self) -> int:
        return len(self.request.body) + len(self.request.query) + len(self.answer)

    def as_dict(self) -> dict[str, Any]:
        """Bodies and headers as text, one character per byte (ISO-8859-1), so that nothing is lost."""
        request = self.request
        return {
            "number": request.number,
            "at": request.at,
            "connection": request.connection,
            "method": request.method,
            "path": request.path,
            "query": request.query.decode("latin-1"),
            "headers": [[key.decode("latin-1"), value.decode("latin-1")] for key, value in request.headers],
            "body": request.body.decode("latin-1"),
            "calls": [call.action for call in request.calls],
            "status": self.status,
            "fault": self.fault,
            "errors": list(self.errors),
            "answer": self.answer.decode("latin-1"),
        }


class RequestLog:
    """The last requests, oldest first: at most ``keep`` of them (0 keeps none) and at most ``MOST_BYTES``."""

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self._entries: deque[LogEntry] = deque()
        self._bytes = 0

    def add(self, entry: LogEntry) -> None:
        self._entries.append(entry)
        entry.kept = True
        self._bytes += entry.size
        self._make_room()

    def answered(self, entry: LogEntry, answer: Answer) -> None:
        entry.status, entry.errors = answer.status, answer.errors
        if entry.kept:
            entry.answer = answer.body
            self._bytes += len(answer.body)
            self._make_room()

    def _make_room(self) -> None:
        while self._entries and (len(self._entries) > self.keep or self._bytes > MOST_BYTES):
            oldest = self._entries.popleft()
            oldest.kept = False
            self._bytes -= oldest.size

    def clear(self, keep: int | None = None) -> None:
        self.keep = self.keep if keep is None else keep
        for entry in self._entries:
            entry.kept = False
        self._entries.clear()
        self._bytes = 0

    def select(self, after: int, action: str | None, limit: int) -> list[dict[str, Any]]:
        """Requests numbered above ``after`` (with that action), at most ``limit``, oldest first."""
        wanted = action.lower() if action else None
        found = (
            entry
            for entry in self._entries
            if entry.request.number > after
            and (wanted is None or any(call.action.lower() == wanted for call in entry.request.calls))
        )
        return [entry.as_dict() for entry in islice(found, limit)]
