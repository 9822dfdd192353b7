"""Records flags of one source: those found at once, the products without any by the thousand."""

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

    Add a product before it gets an outcome, which is final within its run: a retry does not look at it again. So a
    flag is recorded at once. Products without any, which are nearly all, are collected, and lost when the process is
    killed; the next run looks at them again.
    """

    ctx: FlowContext
    source: str
    _checked: list[ItemKey] = field(default_factory=list)
    _flags: list[Flag] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, checked: Iterable[ItemKey], flags: Iterable[Flag]) -> None:
        """Record what is flagged; remember the rest, and record it when there is enough."""
        with self._lock:
            self._checked.extend(checked)
            self._flags.extend(flags)
            due = bool(self._flags) or len(self._checked) >= FLUSH_AT
        if due:
            self.flush()

    def flush(self) -> None:
        """Record what is left."""
        with self._lock:
            checked, self._checked = self._checked, []
            flags, self._flags = self._flags, []
        if checked or flags:
            self.ctx.staging.record_flags(self.ctx.run, flags, checked=checked, source=self.source)
