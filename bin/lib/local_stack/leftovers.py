"""Finding a stack's processes by the mark in their environment, whoever their parent is by now."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]

HOME_MARKER = "LOCAL_STACK_HOME"
KILL_SECONDS = 10.0


def marked(home: Path) -> list[psutil.Process]:
    """Every living process of the stack in ``home``, except this one.

    Airflow forbids reading the environment of the processes that hold a task's token. They are known by
    belonging to the session of one whose environment can be read.
    """
    found: dict[int, psutil.Process] = {}
    hidden: list[tuple[int, psutil.Process]] = []
    sessions = set()
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            of_another = os.getuid() not in (0, process.uids().real)  # root sees, and may end, those of all
            if process.status() == psutil.STATUS_ZOMBIE or of_another:
                continue
            session = os.getsid(process.pid)
            try:
                mark = process.environ().get(HOME_MARKER)
            except psutil.AccessDenied:
                hidden.append((session, process))
                continue
            if mark == str(home):
                found[process.pid] = process
                sessions.add(session)
    for session, process in hidden:
        if session in sessions:
            found[process.pid] = process
    return list(found.values())


def kill_marked(home: Path) -> int:
    """End every process of the stack in ``home`` at once; returns how many there were."""
    killed: set[int] = set()
    deadline = time.monotonic() + KILL_SECONDS
    while (left := marked(home)) and time.monotonic() < deadline:
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
            killed.add(process.pid)
        psutil.wait_procs(left, timeout=0.2)
    return len(killed)


def kill_tree(pid: int) -> None:
    """End a process and all below it by SIGKILL; none of them can start another one meanwhile."""
    stopped: list[psutil.Process] = []
    waiting = [psutil.Process(pid)]
    while waiting:
        process = waiting.pop()
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
            stopped.append(process)
            waiting += process.children()
    for process in stopped:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
