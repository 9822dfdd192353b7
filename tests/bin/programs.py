"""Programs that tests run as real processes."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import psutil

from local_stack.supervisor import LIB, Component

# Ignores every polite signal, and has a child that does too, and an orphan: in another session, its parent gone.
STUBBORN = """
import os, signal, sys
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
role = "parent"
if os.fork() == 0:
    role = "child"
    if os.fork() == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        role = "orphan"
with open(os.path.join(sys.argv[1], role + ".part"), "w") as file:
    file.write(str(os.getpid()))
os.rename(file.name, os.path.join(sys.argv[1], role + ".pid"))
while True:
    signal.pause()
"""

# Owns a supervisor with one stubborn component until it is killed.
OWNER = """
import os, signal, sys
from pathlib import Path
from local_stack.signals import stop_on_signals
from local_stack.supervisor import Component, Supervisor
home, program, pids = map(Path, sys.argv[1:])
with stop_on_signals(), Supervisor(home, grace=0.2) as supervisor:
    argv = [sys.executable, str(program), str(pids)]
    supervisor.start(Component("stubborn", "The stubborn one", argv, os.environ, home, home / "log"))
    (pids / "keeper.part").write_text(str(supervisor.pid))
    (pids / "keeper.part").rename(pids / "keeper.pid")
    while True:
        signal.pause()
"""

FAMILY = ("parent", "child", "orphan")


def stubborn(folder: Path, pids: Path) -> Component:
    """A component that does not end by itself and leaves its process ids in ``pids``."""
    program = folder / "stubborn.py"
    program.write_text(STUBBORN, encoding="utf-8")
    return Component(
        "stubborn",
        "The stubborn one",
        [sys.executable, str(program), str(pids)],
        {},
        folder,
        folder / "stubborn.log",
    )


def owner_command(folder: Path, home: Path, pids: Path) -> list[str]:
    """A process that owns a supervisor with one stubborn component."""
    program, owner = folder / "stubborn.py", folder / "owner.py"
    program.write_text(STUBBORN, encoding="utf-8")
    owner.write_text(f"import sys\nsys.path.insert(0, {str(LIB)!r})\n{OWNER}", encoding="utf-8")
    return [sys.executable, str(owner), str(home), str(program), str(pids)]


def written_pids(pids: Path, names: tuple[str, ...]) -> list[int]:
    """The process ids that were left in ``pids``, once all are there; else none."""
    files = [pids / f"{name}.pid" for name in names]
    return [int(file.read_text()) for file in files] if all(file.exists() for file in files) else []


def alive(pids: list[int]) -> list[int]:
    """Those that still run."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found
