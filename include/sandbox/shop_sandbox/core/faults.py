"""Faults on demand: which request is hit, by count, rule, position or seeded probability."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote_to_bytes

from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.messages import Request

KINDS: dict[str, str] = {
    "refuse": "the connection is reset before the request is read; the request never counts as received",
    "slow": "the answer comes `seconds` later (work='before' the wait, default, or 'after' it)",
    "cut": "the work is done, the answer stops in the middle (how='length', 'chunked' or 'clean')",
    "drop_before": "the request is read, the connection is closed, nothing was done (how='close' or 'reset')",
    "drop_after": "the work was done, the connection is closed without an answer (how='close' or 'reset')",
    "html_500": "status 500 with an HTML page (work='none' was done, default, or done 'before')",
    "too_many": "status 429 with Retry-After (how='seconds' or 'date'); nothing was done",
    "unavailable": "status 503, with Retry-After as above unless `seconds` is 0; nothing was done",
}
HOWS = {
    "cut": ("length", "chunked", "clean"),
    "drop_before": ("close", "reset"),
    "drop_after": ("close", "reset"),
    "too_many": ("seconds", "date"),
    "unavailable": ("seconds", "date"),
}
WORKS = {"slow": ("before", "after"), "html_500": ("none", "before")}


@dataclass(slots=True)
class Fault:
    """A fault that is armed.

    :param kind: one of ``KINDS`` or of the service's own faults.
    :param count: how many requests it hits; ``None`` until it is cleared.
    :param after: how many matching requests pass before the first hit.
    :param action: only requests with this action (no case; ``*`` as in file names).
    :param text: only requests that hold this text in query or body, as sent or form-decoded (UTF-8 or ISO-8859-1).
    :param probability: share of matching requests hit, drawn from ``seed``.
    :param seconds: for slow, too_many and unavailable.
    :param how: the variant; each kind lists its own, the first is the default.
    :param work: when the work is done, for slow and html_500.
    :param keep: for cut: the share of the answer's body that is sent.
    :param words: message of a service's own fault.
    """

    kind: str
    count: int | None = 1
    after: int = 0
    action: str | None = None
    text: str | None = None
    probability: float = 1.0
    seed: int = 1
    seconds: float = 1.0
    how: str = ""
    work: str = ""
    keep: float = 0.5
    words: str = ""
    number: int = 0
    seen: int = 0
    hits: int = 0
    _draws: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        self._draws = random.Random(self.seed)  # noqa: S311 - a repeatable draw, nothing secret
        self.how = self.how or HOWS.get(self.kind, ("",))[0]
        self.work = self.work or WORKS.get(self.kind, ("",))[0]
        if self.how not in HOWS.get(self.kind, ("",)):
            raise UsageError(f"fault {self.kind} cannot be done how={self.how!r}")
        if self.work not in WORKS.get(self.kind, ("",)):
            raise UsageError(f"fault {self.kind} does not take work={self.work!r}")
        if not 0 <= self.probability <= 1 or not 0 <= self.keep <= 1 or self.seconds < 0 or self.after < 0:
            raise UsageError("a fault's probability and keep lie between 0 and 1, seconds and after from 0")
        if self.count is not None and self.count < 1:
            raise UsageError("a fault's count is at least 1, or null for 'until cleared'")

    @property
    def spent(self) -> bool:
        return self.count is not None and self.hits >= self.count

    def matches(self, request: Request) -> bool:
        if self.action is not None:
            wanted = self.action.lower()
            if not any(fnmatchcase(call.action.lower(), wanted) for call in request.calls):
                return False
        if self.text is not None:
            wanted_bytes = (self.text.encode(), self.text.encode("latin-1", "replace"))
            received = b"\n".join((request.query, request.body))
            forms = (received, unquote_to_bytes(received.replace(b"+", b" ")))
            if not any(text in form for form in forms for text in wanted_bytes):
                return False
        return True

    def strikes(self) -> bool:
        """Count a matching request and say whether this one is hit."""
        self.seen += 1
        if self.spent or self.seen <= self.after:
            return False
        return self.probability >= 1 or self._draws.random() < self.probability

    def describe(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self) if not one.name.startswith("_")}


SETTABLE = {one.name for one in fields(Fault)} - {"number", "seen", "hits", "_draws"}


class FaultBox:
    """The armed faults of one server."""

    def __init__(self, own_kinds: Mapping[str, str]) -> None:
        self.own_kinds = own_kinds
        self.armed: list[Fault] = []
        self._last_number = 0

    def add(self, wanted: Mapping[str, Any]) -> Fault:
        """Arm one; unknown kinds and settings raise ``UsageError``."""
        kind = wanted.get("kind")
        if kind not in KINDS and kind not in self.own_kinds:
            raise UsageError(f"there is no fault {kind!r}; known: {', '.join([*KINDS, *self.own_kinds])}")
        unknown = set(wanted) - SETTABLE
        if unknown:
            known = ", ".join(sorted(SETTABLE))
            raise UsageError(f"a fault has no {', '.join(sorted(unknown))}; it has {known}")
        try:
            fault = Fault(**wanted)
        except TypeError as error:
            raise UsageError(f"fault {kind} has a setting of the wrong type: {error}") from error
        self._last_number += 1
        fault.number = self._last_number
        self.armed.append(fault)
        return fault

    def clear(self) -> None:
        self.armed.clear()
        self._last_number = 0

    def refusing(self) -> Fault | None:
        """The ``refuse`` fault that hits the connection whose first bytes just came in, if any."""
        return self._first_strike([fault for fault in self.armed if fault.kind == "refuse"])

    def pick(self, request: Request) -> Fault | None:
        """The fault that hits this request: all that match count it, the first to strike wins."""
        if not self.armed:
            return None
        return self._first_strike([f for f in self.armed if f.kind != "refuse" and f.matches(request)])

    def _first_strike(self, candidates: list[Fault]) -> Fault | None:
        chosen: Fault | None = None
        for fault in candidates:
            if fault.strikes() and chosen is None:
                chosen = fault
        if chosen is not None:
            chosen.hits += 1
            if chosen.spent:
                self.armed.remove(chosen)
        return chosen
