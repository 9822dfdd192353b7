"""The process that every other process of a stack descends from, and that ends them all.

It is run as ``python -m local_stack.keeper GRACE_SECONDS``. One JSON object a line comes in on standard input:
``{"start": name, "argv": [...], "env": {...}, "cwd": path, "log": path}``; on standard output goes
``{"started": name, "pid": n}`` and ``{"ended": name, "code": n}``. When the input ends, because the one who
started it has asked for it or is gone, or when SIGTERM comes, everything is ended: first politely, and what
is left after the grace by SIGKILL, orphans included.

It has a session of its own, so that Ctrl-C in the terminal reaches only the one who started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil  # type: ignore[import-untyped]

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
KILL_SECONDS = 10.0


def _prctl() -> Callable[..., int] | None:
    """Linux's prctl; elsewhere the orphans are found by their environment instead (see leftovers)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    return prctl


class Keeper:
    """Starts, watches and ends the components of one stack."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._names: dict[int, str] = {}
        self._prctl = _prctl()
        self._ending = False
        if self._prctl:
            self._prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def serve(self) -> None:
        """Until the input ends or SIGTERM comes."""
        wake_in, wake_out = os.pipe()
        os.set_blocking(wake_out, False)
        signal.set_wakeup_fd(wake_out, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end_soon)
        signal.signal(signal.SIGHUP, self._end_soon)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        pending = b""
        while not self._ending:
            ready, _, _ = select.select([0, wake_in], [], [])
            if wake_in in ready:
                os.read(wake_in, 4096)
                self._reap()
            if 0 in ready:
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    self._start(json.loads(line))

    def _end_soon(self, *_: Any) -> None:
        self._ending = True

    def _start(self, wanted: dict[str, Any]) -> None:
        name = str(wanted["start"])
        try:
            with open(wanted["log"], "ab") as log:  # noqa: PTH123 - a plain path from another process
                process = subprocess.Popen(
                    wanted["argv"],
                    env=wanted["env"],
                    cwd=wanted["cwd"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=self._die_with_me if self._prctl else None,
                )
        except OSError as error:
            _tell({"ended": name, "code": 127, "error": str(error)})
            return
        self._names[process.pid] = name
        process.returncode = 0  # this process reaps by itself; keeps Popen from doing so or warning about it
        _tell({"started": name, "pid": process.pid})

    def _die_with_me(self) -> None:
        """In the child: if this keeper is killed, its components are not left behind."""
        assert self._prctl is not None
        self._prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)

    def _reap(self) -> None:
        """Collect every dead child, ours and adopted ones."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            name = self._names.pop(pid, None)
            if name is not None:
                _tell({"ended": name, "code": os.waitstatus_to_exitcode(status)})

    def end_all(self) -> None:
        """Ask the components to end, then kill all that is left."""
        for pid in list(self._names):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        self._wait_until_alone(self._grace)
        deadline = time.monotonic() + KILL_SECONDS
        while (left := self._descendants()) and time.monotonic() < deadline:
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self._wait_until_alone(0.2)

    def _wait_until_alone(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            self._reap()
            if not self._descendants() or time.monotonic() > deadline:
                return
            time.sleep(0.05)

    @staticmethod
    def _descendants() -> list[psutil.Process]:
        children: list[psutil.Process] = psutil.Process().children(recursive=True)
        return children


def _tell(event: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more; the end of the input follows
        os.write(1, json.dumps(event).encode() + b"\n")


def main() -> None:
    keeper = Keeper(float(sys.argv[1]))
    try:
        keeper.serve()
    finally:
        keeper.end_all()


if __name__ == "__main__":
    main()
