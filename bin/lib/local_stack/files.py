"""Where things are, and that only one stack at a time works in a folder."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local_stack.errors import StackError
from local_stack.leftovers import kill_marked

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one stack: Airflow's home, the ledger, the sandbox servers' state, all logs."""

    path: Path

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.path / "processes"

    @property
    def airflow_database(self) -> Path:
        return self.path / "airflow.db"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.db"

    @property
    def passwords(self) -> Path:
        """Names and passwords of the UI's users."""
        return self.path / "logins.json"

    @property
    def secrets(self) -> Path:
        """Keys that Airflow's processes share."""
        return self.path / "keys.json"

    @property
    def reports(self) -> Path:
        """CSV files of the runs."""
        return self.path / "reports"


def project_home(name: str) -> Home:
    """``.airflow/<name>`` in the project."""
    return Home(PROJECT / ".airflow" / name)


def claim(home: Home, *, afresh: bool) -> IO[str]:
    """Take the folder for this process; the lock lasts until the returned file is closed or the process ends.

    What a stack that was killed left running is ended first.

    :param afresh: forget everything an earlier stack left in the folder.
    :raises StackError: another one is at work there, or the folder cannot be written.
    """
    try:
        home.path.parent.mkdir(parents=True, exist_ok=True)
        lock = home.path.with_name(home.path.name + ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StackError(f"Cannot write in {home.path.parent}: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise StackError(
            f"Another one is already running in {home.path} (process {owner}): stop it first."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    kill_marked(home.path)
    try:
        if afresh:
            shutil.rmtree(home.path, ignore_errors=False) if home.path.exists() else None
        home.logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        lock.close()
        raise StackError(f"Cannot write in {home.path}: {error.strerror}.") from None
    return lock
