"""A running Airflow with the two sandbox servers and a ledger, whatever it was started by."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from local_stack import ledger
from local_stack.airflow_api import AirflowApi
from local_stack.errors import StackError
from local_stack.files import Home
from local_stack.supervisor import Supervisor
from shop_sandbox.core.control_client import Control

SHOP = "demo"
PARSED_SECONDS = 120.0
SCHEDULED_SECONDS = 60.0
POLL_SECONDS = 0.2


class RunningAirflow(ABC):
    """What runs of flows need of a stack. Who starts one sets the attributes.

    Use as a context manager: everything runs inside, nothing is left after.

    :param say: gets a line for a person at each step.
    :param questions: what was asked in runs so far: task → subject and body.
    :raises StackError: with a sentence for a person.
    """

    api: AirflowApi
    supervisor: Supervisor
    sandboxes: dict[str, Control]

    def __init__(self, home: Home, say: Callable[[str], None]) -> None:
        self.home = home
        self.questions: dict[str, tuple[str, str]] = {}
        self._say = say
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:  # Ctrl-C and a signal too: what has been started must not be left
            self._exit.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @abstractmethod
    def _start(self) -> None:
        """Start everything; what ends it goes into ``_exit`` at once."""

    @property
    @abstractmethod
    def ledger_url(self) -> str:
        """SQLAlchemy's address of the ledger."""

    @property
    def process_logs(self) -> Path:
        """Folder with a log per process."""
        return self.home.logs

    @property
    @abstractmethod
    def task_logs(self) -> Path:
        """Folder under which Airflow keeps a log per try of a task."""

    def check(self) -> None:
        """:raises StackError: a process of the stack has ended."""
        self.supervisor.check()

    def wait_for(self, what: str, seconds: float, condition: Callable[[], Any]) -> Any:
        """Wait until ``condition`` returns something true, and return it.

        :raises StackError: not within ``seconds``, or a process of the stack has ended.
        """
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            self.check()
            if time.monotonic() > deadline:
                raise StackError(
                    f"{what} did not happen within {seconds:.0f} s; logs are in {self.process_logs}."
                )
            time.sleep(POLL_SECONDS)
        return value

    def wait_until_parsed(self, dag_id: str, *, unpause: bool = True) -> None:
        """Until Airflow knows the DAG, and then let it run.

        :raises StackError: its file cannot be read; with Airflow's words.
        """

        def parsed() -> bool:
            if self.api.dag(dag_id):
                return True
            for file, trace in self.api.import_errors():
                raise StackError(f"Airflow cannot read the DAG file {file}.", trace)
            return False

        self.wait_for(f"Reading the DAG {dag_id}", PARSED_SECONDS, parsed)
        if unpause:
            self.api.unpause(dag_id)

    def first_scheduled(self, dag_id: str) -> str:
        """Switch the DAG on and wait for the run that its schedule makes; returns its id."""
        before = self.api.newest_run(dag_id)
        self.api.unpause(dag_id)

        def made() -> str | None:
            newest = self.api.newest_run(dag_id)
            return None if newest == before else newest

        return str(self.wait_for(f"The first scheduled run of {dag_id}", SCHEDULED_SECONDS, made))

    def trigger(self, dag_id: str, **conf: Any) -> str:
        """Start a run; returns its id."""
        return self.api.trigger(dag_id, conf)

    def ledger_summary(self, flow: str, run_id: str) -> dict[str, Any] | None:
        """The figures that a run left in the ledger, or None."""
        return ledger.run_summary(self.ledger_url, SHOP, flow, run_id)
