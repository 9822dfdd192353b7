"""One clock for all processes of a case: it runs with the machine's, and a test may let hours pass at once."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FORM = struct.Struct("ddd")


class SharedClock:
    """Flows and ledgers read it. It starts at the present, so that it agrees with the servers' clocks until time jumps.

    What passes between two readings is at least what passes on the machine, so that no lease lasts longer than its
    owner believes.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "clock"
        if new := not path.exists():
            path.write_bytes(bytes(_FORM.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _FORM.size)
        if new:
            self.restart()

    def restart(self) -> None:
        """It is the present again, for everybody."""
        self._shared[:] = _FORM.pack(time.time(), time.monotonic(), 0.0)

    def now(self) -> datetime:
        """The present of the case, aware."""
        began, started, jumped = _FORM.unpack(self._shared[:])
        return datetime.fromtimestamp(began + time.monotonic() - started + jumped, UTC)

    def jump(self, by: timedelta) -> None:
        """Let time pass."""
        began, started, jumped = _FORM.unpack(self._shared[:])
        self._shared[:] = _FORM.pack(began, started, jumped + by.total_seconds())
