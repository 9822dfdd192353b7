"""A worker's own line to Specter, on which one write is cut: before, after, or late, with or without its worker."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from signal import SIGKILL

from relay import CutError, Passing, relay_to

LONG = 20.0
"""Seconds; nothing takes so long unless the test is wrong."""

BEFORE, ARRIVES, AFTER, LATE, VERY_LATE = "before", "arrives", "after", "late", "very late"
MOMENTS = {
    BEFORE: "Specter never gets it",
    ARRIVES: "its worker is killed while it is on its way, and it arrives",
    AFTER: "it was done, the answer is lost",
    LATE: "it arrives when its worker has given it up",
    VERY_LATE: "it arrives when all other runs are over",
}


@dataclass(frozen=True)
class Cut:
    """Which write, when, and whether its worker dies with it."""

    action: str
    nth: int
    moment: str
    kill: bool = False


@dataclass
class CutLine:
    """``struck``: whether the write came by, and ``body`` what it was; ``also`` is done when it does."""

    cut: Cut
    url: str = ""
    also: Callable[[], None] | None = None
    struck: bool = False
    body: bytes = b""
    _pid: int = 0
    _known: threading.Event = field(default_factory=threading.Event)
    _given_up: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)
    _carrying: threading.Thread | None = None

    def aim(self, pid: int) -> None:
        """Whom to kill."""
        self._pid = pid
        self._known.set()

    def worker_ended(self) -> None:
        """What is late arrives now."""
        self._given_up.set()
        if self.cut.moment != VERY_LATE:
            self.release()

    def release(self) -> None:
        """What is very late arrives now; returns when it has."""
        self._given_up.set()
        self._released.set()
        if self._carrying is not None:
            self._carrying.join(LONG)
            assert not self._carrying.is_alive(), "a late write never came to its end"

    def before(self, passing: Passing) -> None:
        cut = self.cut
        if (passing.action, passing.nth) != (cut.action, cut.nth):
            self._given_up.set()  # whatever was cut on this line, its worker goes on
            return
        self._given_up.clear()
        self.struck, self.body = True, passing.body
        if self.also is not None:
            self.also()
        if cut.moment == AFTER:
            return
        if cut.kill:
            self._kill()
        if cut.moment == BEFORE:
            raise CutError
        if cut.moment in (LATE, VERY_LATE):
            self._carrying = threading.current_thread()
            assert (self._given_up if cut.moment == LATE else self._released).wait(LONG)

    def after(self, passing: Passing) -> None:
        if self.cut.moment == AFTER and (passing.action, passing.nth) == (self.cut.action, self.cut.nth):
            if self.cut.kill:
                self._kill()
            raise CutError
        if self._carrying is threading.current_thread():
            raise CutError  # nobody is there to hear it

    def _kill(self) -> None:
        assert self._known.wait(LONG)
        os.kill(self._pid, SIGKILL)


@contextmanager
def cut_line(target: str, cut: Cut, also: Callable[[], None] | None = None) -> Iterator[CutLine]:
    """A line to ``target``; what is still held at the end is let go."""
    line = CutLine(cut, also=also)
    with relay_to(target, before=line.before, after=line.after) as relay:
        line.url = relay.url
        try:
            yield line
        finally:
            line.release()
