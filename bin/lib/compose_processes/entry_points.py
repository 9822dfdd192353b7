"""What the entry points of the images make of a service's command."""

from __future__ import annotations

from compose_processes.errors import ComposeError
from compose_processes.machine import as_postgres
from compose_processes.translation import Process
from local_stack.ports import LOOPBACK

AS_IT_IS = ("bash", "python", "airflow")
"""First words that the entry point of Airflow's image runs as they are; all else are arguments of ``airflow``."""


def command(process: Process) -> tuple[str, ...]:
    """What the entry point of the service's image makes of its command.

    :raises ComposeError: nothing is known of the image.
    """
    image = process.service.image.partition(":")[0]
    if image == "abicart-specter" and process.argv:
        return process.argv if process.argv[0] in AS_IT_IS else ("airflow", *process.argv)
    if image == "redis" and process.argv[:1] == ("bash",):
        return process.argv
    if image == "postgres" and not process.argv:
        return as_postgres("postgres", "-c", f"listen_addresses={LOOPBACK}", "-k", process.env["PGHOST"])
    raise ComposeError(f"How {image} starts {' '.join(process.argv) or 'without a command'} is not known.")
