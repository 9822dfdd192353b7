"""What a server must be able to do so that the core can run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shop_sandbox.core.clock import Clock
from shop_sandbox.core.faults import Fault
from shop_sandbox.core.messages import Answer, Call, Request
from shop_sandbox.core.switches import SwitchBoard


@dataclass(frozen=True, slots=True)
class Mode:
    """A bundle: how switches stand and which faults are armed. Everything not named keeps its default."""

    help: str
    switches: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Mapping[str, Any], ...] = ()


class Service(Protocol):
    """One simulated system. All methods run in the server's event loop, one at a time, and must not block.

    ``own_faults`` names the kinds of fault that only this system knows (kind → what it does); the core asks
    ``fault_answer`` for their answers. ``edits`` and ``inspections`` say what the control interface offers.
    ``credentials``: what a client needs to know, shown when the server starts (name → demo value).
    """

    name: str
    switches: SwitchBoard
    modes: Mapping[str, Mode]
    own_faults: Mapping[str, str]
    edits: Mapping[str, str]
    inspections: Mapping[str, str]
    credentials: Mapping[str, str]
    clock: Clock

    def read(self, request: Request) -> list[Call]:
        """Parse as far as possible, keep it in ``request.parsed``, name the calls. Never raises."""
        ...

    def answer(self, request: Request) -> Answer:
        """Do the work of a request that went through ``read``."""
        ...

    def fault_answer(self, fault: Fault, request: Request) -> Answer:
        """The answer for one of ``own_faults``; the work is not done."""
        ...

    def reset(self, seed: Mapping[str, Any]) -> None:
        """Forget everything and seed anew. Unknown keys raise ``UsageError``."""
        ...

    def edit(self, what: str, values: Mapping[str, Any]) -> Any:
        """Do what a person in the system's admin pages would do; returns the record as JSON would hold it."""
        ...

    def inspect(self, what: str, query: Mapping[str, str]) -> Any:
        """Records as JSON would hold them (``Decimal`` and ``datetime`` are written as text)."""
        ...

    def dump(self) -> Any:
        """The whole state as JSON would hold it, for ``load``."""
        ...

    def load(self, state: Any) -> None: ...
