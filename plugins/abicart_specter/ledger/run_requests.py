"""What a run asked of each system, summed over its tasks and their retries."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.models import RunRequests
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.runs import row_id

_COUNTS = ("requests", "retries", "writes", "connections_opened")


def add_requests(db: Database, run: RunKey, system: str, task: str, counts: Mapping[str, int]) -> None:
    """Adds one try of one task. A try that is killed takes its counts with it.

    :param counts: ``requests`` (retries included), ``retries``, ``writes``, ``connections_opened``.
    """
    insert = upsert(db.backend, RunRequests)
    with db.write() as connection:
        statement = insert.values(
            run=row_id(connection, run), system=system, task=task, **{name: counts[name] for name in _COUNTS}
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["run", "system", "task"],
                set_={name: getattr(RunRequests, name) + statement.excluded[name] for name in _COUNTS},
            )
        )


def request_counts(db: Database, run: RunKey) -> dict[str, dict[str, int]]:
    """System → its counts over all tasks of the run."""
    with db.read() as connection:
        rows = connection.execute(
            select(RunRequests.system, *(func.sum(getattr(RunRequests, name)) for name in _COUNTS))
            .where(RunRequests.run == row_id(connection, run))
            .group_by(RunRequests.system)
            .order_by(RunRequests.system)
        )
        return {system: dict(zip(_COUNTS, map(int, counts), strict=True)) for system, *counts in rows}
