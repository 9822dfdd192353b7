"""Starting and watching processes through a keeper (see keeper.py)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local_stack.errors import StackError
from local_stack.leftovers import HOME_MARKER, kill_marked, kill_tree

LIB = Path(__file__).resolve().parents[1]
START_SECONDS = 20.0
END_SECONDS = 30.0
LOG_LINES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Component:
    """One process of the stack. ``title`` is its name in sentences, such as "Airflow's scheduler".

    :param ends: it does its work and ends with 0, which is no fault.
    """

    name: str
    title: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    ends: bool = False


class Supervisor:
    """Owns one keeper and the processes it started. Use as a context manager.

    :param home: the stack's folder; it marks every process of the stack in its environment.
    :param grace: seconds that processes get to end by themselves.
    """

    def __init__(self, home: Path, *, grace: float = 2.0) -> None:
        self._home = home
        self._components: dict[str, Component] = {}
        self._pids: dict[str, int] = {}
        self._ended: dict[str, tuple[int, str]] = {}
        self._wanted: set[str] = set()
        self._changed = threading.Condition()
        env = os.environ | {HOME_MARKER: str(home), "PYTHONPATH": str(LIB), "SPT_NOENV": "1"}
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "local_stack.keeper", str(grace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(home / "keeper.log").open("ab"),
            env=env,
            start_new_session=True,
        )
        self._grace = grace
        self._reader = threading.Thread(target=self._read_events, name="keeper-events", daemon=True)
        self._reader.start()

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The keeper's process id: all the others descend from it."""
        return self._keeper.pid

    def pid_of(self, name: str) -> int:
        """The process id of a component that was started."""
        return self._pids[name]

    def start(self, component: Component) -> None:
        """Start a process; returns when it exists.

        :raises StackError: it could not be started.
        """
        self._launch(component)
        self.check()

    def has_ended(self, name: str) -> bool:
        """Whether a component that ends by itself has done so, and well.

        :raises StackError: it failed, or another component has ended.
        """
        self.check()
        with self._changed:
            return self._ended.get(name, (1, ""))[0] == 0

    def kill(self, name: str) -> None:
        """End a component and everything below it by SIGKILL at once, as when its machine is lost."""
        self._wanted.add(name)
        kill_tree(self._pids[name])
        with self._changed:
            if not self._changed.wait_for(lambda: name in self._ended, END_SECONDS):
                raise StackError(f"{self._components[name].title} could not be killed.")

    def start_again(self, name: str) -> None:
        """Start a component that was killed once more.

        :raises StackError: it could not be started.
        """
        with self._changed:
            del self._ended[name], self._pids[name]
        self._wanted.discard(name)
        self.start(self._components[name])

    def run(self, *components: Component, seconds: float) -> None:
        """Start processes side by side and wait until they have done their work.

        :raises StackError: one failed, or took longer than ``seconds``, or another component ended meanwhile.
        """
        for component in components:
            self._launch(component)
        waiting = {component.name for component in components}
        deadline = time.monotonic() + seconds
        while waiting:
            with self._changed:
                self._changed.wait_for(
                    partial(self._something_ended, waiting),
                    max(0.0, deadline - time.monotonic()),
                )
                done = {name for name in waiting if self._ended.get(name, (None, ""))[0] == 0}
                for name in done:
                    del self._ended[name], self._pids[name]
            waiting -= done
            self.check()
            if waiting and time.monotonic() > deadline:
                late = self._components[min(waiting)]
                raise StackError(
                    f"{late.title} took longer than {seconds:.0f} s. Its log: {late.log}",
                    last_lines(late.log),
                )

    def _launch(self, component: Component) -> None:
        wanted = {
            "start": component.name,
            "argv": list(component.argv),
            "env": {**component.env, HOME_MARKER: str(self._home), "SPT_NOENV": "1"},
            "cwd": str(component.cwd),
            "log": str(component.log),
        }
        self._components[component.name] = component
        assert self._keeper.stdin is not None
        try:
            self._keeper.stdin.write(json.dumps(wanted).encode() + b"\n")
            self._keeper.stdin.flush()
        except BrokenPipeError:
            raise StackError(
                f"The process that watches over the others has ended; see {self._log}."
            ) from None
        with self._changed:
            if not self._changed.wait_for(lambda: self._known(component.name), START_SECONDS):
                raise StackError(f"{component.title} did not start within {START_SECONDS:.0f} s.")

    def check(self) -> None:
        """:raises StackError: a component, or the keeper itself, has ended although nobody asked it to."""
        if self._keeper.poll() is not None:
            raise StackError(f"The process that watches over the others has ended; see {self._log}.")
        with self._changed:
            ended = next((one for one in self._ended.items() if not self._is_fine(*one)), None)
        if ended is not None:
            name, (code, words) = ended
            component = self._components[name]
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            raise StackError(
                f"{component.title} {how}{': ' + words if words else ''}. Its log: {component.log}",
                last_lines(component.log),
            )

    def _something_ended(self, waiting: set[str]) -> bool:
        """Whether one of ``waiting`` has ended, or another one that should not have."""
        if self._keeper.poll() is not None or not waiting.isdisjoint(self._ended):
            return True
        return not all(self._is_fine(*one) for one in self._ended.items())

    def _is_fine(self, name: str, how: tuple[int, str]) -> bool:
        """Whether a component may end so."""
        return name in self._wanted or (self._components[name].ends and how[0] == 0)

    def stop(self) -> None:
        """End every process. Nothing of the stack is left when this returns."""
        if self._keeper.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._keeper.stdin.close()
        try:
            self._keeper.wait(self._grace + END_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        self._reader.join(5)
        kill_marked(self._home)

    @property
    def _log(self) -> Path:
        return self._home / "keeper.log"

    def _known(self, name: str) -> bool:
        return name in self._pids or name in self._ended or self._keeper.poll() is not None

    def _read_events(self) -> None:
        assert self._keeper.stdout is not None
        for line in self._keeper.stdout:
            event = json.loads(line)
            with self._changed:
                if "started" in event:
                    self._pids[event["started"]] = event["pid"]
                else:
                    self._ended[event["ended"]] = (event["code"], event.get("error", ""))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


def last_lines(log: Path, count: int = LOG_LINES_SHOWN) -> str:
    """The end of a log file; empty if there is none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])
