"""One clock for all processes of a case: it runs with the machine's, and a test may let hours pass at once."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_FORM = struct.Struct("dd")


class SharedClock:
    """Flows and ledgers read it; it starts at ``NOON`` where its file is new.

    What passes between two readings is at least what passes on the machine, so that no lease lasts longer than its
    owner believes.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "clock"
        if not path.exists():
            path.write_bytes(_FORM.pack(time.monotonic(), 0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _FORM.size)

    def now(self) -> datetime:
        """The present of the case, aware."""
        started, jumped = _FORM.unpack(self._shared[:])
        return NOON + timedelta(seconds=time.monotonic() - started + jumped)

    def jump(self, by: timedelta) -> None:
        """Let time pass."""
        started, jumped = _FORM.unpack(self._shared[:])
        self._shared[:] = _FORM.pack(started, jumped + by.total_seconds())
