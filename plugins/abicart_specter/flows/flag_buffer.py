"""Collects flags of one source and records them by the thousand: a transaction per group would cost more."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from abicart_specter.domain.records import Flag, ItemKey
from abicart_specter.flows.context import FlowContext

FLUSH_AT = 1000


@dataclass(slots=True)
class FlagBuffer:
    """Flags found, and which products were looked at: those that are not flagged any more are resolved.

    What is buffered is lost when the process is killed. A retry finds the flags of products that it looks at again;
    so ``flush`` before recording an outcome that a flag explains, since that is final within its run.
    """

    ctx: FlowContext
    source: str
    _checked: list[ItemKey] = field(default_factory=list)
    _flags: list[Flag] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, checked: Iterable[ItemKey], flags: Iterable[Flag]) -> None:
        """Remember, and record when there are enough."""
        with self._lock:
            self._checked.extend(checked)
            self._flags.extend(flags)
            full = len(self._checked) >= FLUSH_AT
        if full:
            self.flush()

    def flush(self) -> None:
        """Record what is left."""
        with self._lock:
            checked, self._checked = self._checked, []
            flags, self._flags = self._flags, []
        if checked or flags:
            self.ctx.staging.record_flags(self.ctx.run, flags, checked=checked, source=self.source)
