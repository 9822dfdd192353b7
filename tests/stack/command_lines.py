"""Everything that anybody on this machine could read in a list of its processes."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

EVERY_SECONDS = 0.1


class CommandLines:
    """Collects the command line of every process that lives while this is used as a context manager."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="command-lines", daemon=True)

    def __enter__(self) -> CommandLines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(EVERY_SECONDS):
            for folder in Path("/proc").iterdir():
                if folder.name.isdecimal():
                    with suppress(OSError):  # it has ended meanwhile
                        raw = (folder / "cmdline").read_bytes()
                        self.seen.add(raw.replace(b"\0", b" ").decode("utf-8", "replace"))
