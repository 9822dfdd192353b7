"""Runs of a DAG as Airflow makes them: task by task, each tried again, what succeeded is not done twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from abicart_specter.errors import FatalError, IncompleteRunError, RecordError
from abicart_specter.flows.context import FlowContext

NEVER_TRIED_AGAIN = (FatalError, RecordError, IncompleteRunError)
"""What the DAGs' retry policy fails at once."""


class Progress:
    """Airflow's own memory of a run, which survives a worker: which tasks succeeded, and what they returned."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self._path = folder / f"progress-{run_id}.json"
        self.done: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}

    def put(self, task: str, returned: Any) -> None:
        self.done[task] = returned
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self.done))
        beside.replace(self._path)


class HasContexts(Protocol):
    """A lab, as far as tasks need it."""

    folder: Path

    def context(self, run_id: str | None = None, *, flow: str = ...) -> FlowContext: ...


@dataclass
class TaskRuns:
    """``errors``: what failed a task for good."""

    lab: HasContexts
    run_id: str
    flow: str
    tries: int = 2
    errors: dict[str, Exception] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.progress = Progress(Path(self.lab.folder), self.run_id)

    def good(self, task: str, work: Callable[[FlowContext], Any], tries: int = 0) -> bool:
        """Whether the task succeeded, now or before."""
        if task in self.progress.done:
            return True
        for attempt in range(1, (tries or self.tries) + 1):
            ctx = self.lab.context(self.run_id, flow=self.flow)
            ctx.owner = f"{self.run_id}/{task}/try {attempt}"
            try:
                returned = work(ctx)
            except NEVER_TRIED_AGAIN as error:
                self.errors[task] = error
                return False
            except Exception as error:  # as Airflow: any other error is tried again
                self.errors[task] = error
            else:
                self.errors.pop(task, None)
                self.progress.put(task, returned)
                return True
        return False
