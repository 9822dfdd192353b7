"""Clean-up: drops the detail of old runs. Never what says that an item went, and never an open flag (rule 3)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.models import FlagEntry, OutcomeEntry, Run, RunFlag
from abicart_specter.ledger.records import Pruned, StagingState
from abicart_specter.ledger.staging import delete_rows, has_rows

_STAGED = (StagingState.READING, StagingState.COMPLETE)


def prune(db: Database, shop: str, *, keep_runs: int, resolved_flag_days: int) -> Pruned:
    """Drops, of one shop: outcomes and run flags of all but the last ``keep_runs`` runs of each flow; every staged
    catalogue but the newest of each flow; flags resolved longer than ``resolved_flag_days`` ago.

    Runs keep their row with parameters, times and summary. Each run is cleaned in short transactions of its own.
    """
    if keep_runs < 1:
        raise ValueError("The last run is always kept")
    articles = items = outcomes = run_flags = 0
    for run_row in _drop_old_staging(db, shop):
        gone = delete_rows(db, run_row)
        articles, items = articles + gone[0], items + gone[1]
    for run_row in _runs_with_old_detail(db, shop, keep_runs):
        with db.write() as connection:
            outcomes += connection.execute(delete(OutcomeEntry).where(OutcomeEntry.run == run_row)).rowcount
            run_flags += connection.execute(delete(RunFlag).where(RunFlag.run == run_row)).rowcount
    with db.write() as connection:
        long_ago = db.now(connection) - timedelta(days=resolved_flag_days)
        resolved = connection.execute(
            delete(FlagEntry).where(FlagEntry.shop == shop, FlagEntry.resolved_at < long_ago)
        ).rowcount
    return Pruned(articles, items, outcomes, run_flags, resolved)


def _drop_old_staging(db: Database, shop: str) -> list[int]:
    """Marks all but the newest staging of each flow as dropped; returns the runs whose rows have to go.

    The newest staging, not that of the newest run: a run that has started but not read yet replaces nothing.
    """
    with db.write() as connection:
        newest = select(func.max(Run.id)).where(Run.shop == shop, Run.staging.in_(_STAGED)).group_by(Run.flow)
        kept = connection.execute(newest).scalars().all()
        connection.execute(
            update(Run)
            .where(Run.shop == shop, Run.staging.in_(_STAGED), Run.id.not_in(kept))
            .values(staging=StagingState.DROPPED)
        )
        dropped = select(Run.id).where(Run.shop == shop, Run.staging == StagingState.DROPPED, has_rows())
        return list(connection.execute(dropped).scalars())


def _runs_with_old_detail(db: Database, shop: str, keep_runs: int) -> list[int]:
    detail = or_(
        exists().where(OutcomeEntry.run == Run.id).correlate(Run),
        exists().where(RunFlag.run == Run.id).correlate(Run),
    )
    old: list[int] = []
    with db.read() as connection:
        for flow in connection.execute(select(Run.flow).where(Run.shop == shop).distinct()).scalars().all():
            oldest_kept = _nth_newest(connection, shop, flow, keep_runs)
            if oldest_kept is not None:
                wanted = select(Run.id).where(
                    Run.shop == shop, Run.flow == flow, Run.id < oldest_kept, detail
                )
                old.extend(connection.execute(wanted).scalars())
    return old


def _nth_newest(connection: Connection, shop: str, flow: str, n: int) -> int | None:
    wanted = (
        select(Run.id)
        .where(Run.shop == shop, Run.flow == flow)
        .order_by(Run.id.desc())
        .offset(n - 1)
        .limit(1)
    )
    return connection.execute(wanted).scalar()
