"""What an undo can take back: the applied changes of a run (rule 34)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import case, func, select

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.import_models import ImportChange
from abicart_specter.ledger.import_records import ChangeRecord, ChangeState, ImportRun
from abicart_specter.ledger.imports.changes import RECORD_COLUMNS, record
from abicart_specter.ledger.models import Run
from abicart_specter.ledger.records import RunKey


def undoable(
    db: Database, shop: str, run_id: str, parts: Collection[ImportPart] | None, batch: int
) -> Iterator[list[ChangeRecord]]:
    """The changes that a run applied and nobody undid, of any flow of the shop with this run id, newest first."""
    wanted = (
        select(*RECORD_COLUMNS)
        .join(Run, Run.id == ImportChange.run)
        .where(Run.shop == shop, Run.run_id == run_id, ImportChange.state == ChangeState.APPLIED)
        .order_by(ImportChange.id.desc())
        .limit(batch)
    )
    if parts is not None:
        wanted = wanted.where(ImportChange.part.in_(sorted(parts)))
    before: int | None = None
    while True:
        with db.read() as connection:
            page = wanted if before is None else wanted.where(ImportChange.id < before)
            rows = connection.execute(page).all()
        if rows:
            yield [record(row) for row in rows]
        if len(rows) < batch:
            return
        before = rows[-1].id


def import_runs(db: Database, shop: str, limit: int) -> list[ImportRun]:
    """The newest runs that changed anything in the shop, newest first."""
    applied = func.sum(case((ImportChange.state == ChangeState.APPLIED, 1), else_=0))
    undone = func.sum(case((ImportChange.state == ChangeState.UNDONE, 1), else_=0))
    wanted = (
        select(Run.flow, Run.run_id, Run.started_at, applied, undone)
        .join(ImportChange, ImportChange.run == Run.id)
        .where(Run.shop == shop, ImportChange.state.in_([ChangeState.APPLIED, ChangeState.UNDONE]))
        .group_by(Run.id, Run.flow, Run.run_id, Run.started_at)
        .order_by(Run.id.desc())
        .limit(limit)
    )
    with db.read() as connection:
        return [
            ImportRun(RunKey(shop, flow, run_id), started_at, int(done), int(taken_back))
            for flow, run_id, started_at, done, taken_back in connection.execute(wanted)
        ]
