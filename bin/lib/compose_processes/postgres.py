"""What the entry point of the postgres image does before the server starts, or rather beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import PurePosixPath

from compose_processes.machine import as_postgres, give_to_postgres
from compose_processes.translation import Process
from local_stack.supervisor import Component, Supervisor

SCRIPTS = PurePosixPath("/docker-entrypoint-initdb.d")
SECONDS = 120.0


def make_cluster(process: Process, supervisor: Supervisor, part: Callable[..., Component]) -> None:
    """``initdb`` as the image does it: passwords over the network, none over the socket.

    :param part: makes a component of this process: name and command.
    """
    password = process.home / "password"
    descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(process.env["POSTGRES_PASSWORD"])
    give_to_postgres(password)
    supervisor.run(
        part(
            "initdb",
            as_postgres(
                *(
                    "initdb",
                    "--username=postgres",
                    f"--pwfile={password}",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                ),
                *("--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"),
            ),
        ),
        seconds=SECONDS,
    )
    password.unlink()


def run_scripts(process: Process, supervisor: Supervisor, part: Callable[..., Component]) -> None:
    """What is mounted for a new cluster, in the order of its names; the server runs."""
    mounted = {
        PurePosixPath(target): source
        for target, source in process.paths.items()
        if PurePosixPath(target).is_relative_to(SCRIPTS)
    }
    for target in sorted(mounted):
        copy = process.home / target.name  # the user postgres may not be able to read the project's folder
        shutil.copy(mounted[target], copy)
        give_to_postgres(copy)
        supervisor.run(part(target.stem, as_postgres("bash", str(copy))), seconds=SECONDS)
