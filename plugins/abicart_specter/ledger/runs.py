"""Runs: one row per run of a flow, kept for good; everything else about a run hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.models import Run
from abicart_specter.ledger.records import RunKey, RunRecord, StagingState

_COLUMNS = (Run.shop, Run.flow, Run.run_id, Run.params, Run.started_at, Run.finished_at, Run.summary)


_ROW_ID = select(Run.id).where(
    Run.shop == bindparam("of_shop"), Run.flow == bindparam("of_flow"), Run.run_id == bindparam("of_run")
)


def row_id(connection: Connection, run: RunKey) -> int:
    """``run.id`` of a started run; raises ``LedgerError`` for one that was never started."""
    told = {"of_shop": run.shop, "of_flow": run.flow, "of_run": run.run_id}
    found = connection.execute(_ROW_ID, told).scalar()
    if found is None:
        raise LedgerError(
            f"The ledger knows no {run}.", remedy="Start the run's first task, or trigger a new run."
        )
    return found


def start_run(db: Database, run: RunKey, params: Mapping[str, Any]) -> None:
    """Records a run at its first task. Done again (a retry, a cleared run), it opens the same run anew."""
    insert = upsert(db.backend, Run)
    with db.write() as connection:
        connection.execute(
            insert.values(
                shop=run.shop,
                flow=run.flow,
                run_id=run.run_id,
                params=params,
                started_at=db.now(connection),
                staging=StagingState.NONE,
            ).on_conflict_do_update(
                index_elements=[Run.shop, Run.flow, Run.run_id],
                set_={"params": insert.excluded.params, "finished_at": None, "flags_told_at": None},
            )
        )


def finish_run(db: Database, run: RunKey, summary: Mapping[str, Any]) -> None:
    """Records the end of a run with its report; a later end of the same run replaces it."""
    with db.write() as connection:
        connection.execute(
            update(Run)
            .where(Run.id == row_id(connection, run))
            .values(finished_at=db.now(connection), summary=summary)
        )


def get_run(db: Database, run: RunKey) -> RunRecord | None:
    """What the ledger keeps of a run; ``None`` for one that was never started."""
    with db.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(*_is(run))).first()
    return None if row is None else _record(*row)


def last_runs(db: Database, shop: str, flow: str, limit: int) -> list[RunRecord]:
    """The newest runs of a flow, newest first."""
    wanted = select(*_COLUMNS).where(Run.shop == shop, Run.flow == flow).order_by(Run.id.desc()).limit(limit)
    with db.read() as connection:
        return [_record(*row) for row in connection.execute(wanted)]


def _is(run: RunKey) -> tuple[Any, ...]:
    return Run.shop == run.shop, Run.flow == run.flow, Run.run_id == run.run_id


def _record(shop: str, flow: str, run_id: str, *rest: Any) -> RunRecord:
    return RunRecord(RunKey(shop, flow, run_id), *rest)
