"""A service's own health check, run as Docker runs it."""

from __future__ import annotations

import subprocess
import time

from compose_processes.translation import Process
from local_stack.leftovers import HOME_MARKER


def complaint(process: Process, mark: str) -> str | None:
    """What the check says, in one line, if the process is not healthy.

    :param mark: of the stack, so that a check is never left over.
    """
    check = process.service.healthcheck
    if check is None:
        return None
    try:
        done = subprocess.run(
            process.health,
            env={**process.env, HOME_MARKER: mark},
            cwd=process.home,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=check.timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"its check took longer than {check.timeout:.0f} s"
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).strip().splitlines()
    return said[-1] if said else f"its check ended with exit code {done.returncode}"


class Starting:
    """A process that has been started and is not known to be healthy yet."""

    def __init__(self, process: Process) -> None:
        self.process = process
        check = process.service.healthcheck
        self._next = 0.0
        self._every = check.start_interval if check else 0.0
        longest = check.start_period + check.retries * (check.interval + check.timeout) if check else 0.0
        self._last = time.monotonic() + longest

    def is_due(self) -> bool:
        """Whether to look again."""
        return time.monotonic() >= self._next

    def looked(self) -> bool:
        """Note that it was not healthy yet; False if Docker would have given it up by now."""
        self._next = time.monotonic() + self._every
        return time.monotonic() < self._last
