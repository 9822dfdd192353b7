"""Clean-up: drops the detail of old runs. Never what says that an item or order went, nor an open flag (rule 3)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.import_models import ImportChange, ImportHeld, ImportPartRow
from abicart_specter.ledger.imports.retention import prune_queues, prune_runs
from abicart_specter.ledger.models import FlagEntry, OutcomeEntry, Run, RunFlag
from abicart_specter.ledger.order_models import RunOrderRow
from abicart_specter.ledger.orders.retention import prune_orders
from abicart_specter.ledger.records import Pruned, StagingState
from abicart_specter.ledger.staging import delete_rows, has_rows
from abicart_specter.ledger.status.retention import forget_tracking
from abicart_specter.ledger.stock_models import StockChangeRow, StockHeldRow, StockPlanRow

_STAGED = (StagingState.READING, StagingState.COMPLETE)


def prune(
    db: Database,
    shop: str,
    *,
    keep_runs: int,
    resolved_flag_days: int,
    keep_days: int,
    order_detail_days: int,
    inbox_days: int,
) -> Pruned:
    """Drops, of one shop: outcomes, found orders, run flags and planned changes of all but the last ``keep_runs`` runs
    of each flow, and of no run younger than ``keep_days`` (a flow may run every ten minutes); every staged catalogue
    but the newest of each flow; flags resolved longer than ``resolved_flag_days`` ago; of orders what
    ``orders.retention`` and ``status.retention`` say. And of all queues, which shops may share, what
    ``imports.retention`` says.

    Runs keep their row with parameters, times and summary. Each run is cleaned in short transactions of its own.
    """
    if keep_runs < 1:
        raise ValueError("The last run is always kept")
    articles = items = outcomes = run_flags = run_orders = stock_rows = 0
    for run_row in _drop_old_staging(db, shop):
        gone = delete_rows(db, run_row)
        articles, items = articles + gone[0], items + gone[1]
    old_runs = _runs_with_old_detail(db, shop, keep_runs, keep_days)
    for run_row in old_runs:
        with db.write() as connection:
            outcomes += connection.execute(delete(OutcomeEntry).where(OutcomeEntry.run == run_row)).rowcount
            for model in (StockChangeRow, StockHeldRow, StockPlanRow):
                stock_rows += connection.execute(delete(model).where(model.run == run_row)).rowcount
            run_orders += connection.execute(delete(RunOrderRow).where(RunOrderRow.run == run_row)).rowcount
            run_flags += connection.execute(delete(RunFlag).where(RunFlag.run == run_row)).rowcount
    with db.write() as connection:
        long_ago = db.now(connection) - timedelta(days=resolved_flag_days)
        resolved = connection.execute(
            delete(FlagEntry).where(FlagEntry.shop == shop, FlagEntry.resolved_at < long_ago)
        ).rowcount
    orders = prune_orders(db, shop, order_detail_days)
    forget_tracking(db, shop, order_detail_days)
    imports, queues = prune_runs(db, old_runs), prune_queues(db, inbox_days)
    return Pruned(
        articles,
        items,
        outcomes,
        run_flags,
        resolved,
        run_orders,
        orders.details,
        orders.changes,
        orders.messages,
        orders.leases,
        imports.changes,
        imports.held,
        queues.inbox_rows,
        queues.batches,
        stock_rows,
    )


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


def _runs_with_old_detail(db: Database, shop: str, keep_runs: int, keep_days: int) -> list[int]:
    detail = or_(
        exists().where(OutcomeEntry.run == Run.id).correlate(Run),
        exists().where(RunFlag.run == Run.id).correlate(Run),
        exists().where(RunOrderRow.run == Run.id).correlate(Run),
        exists().where(ImportChange.run == Run.id).correlate(Run),
        exists().where(ImportHeld.run == Run.id).correlate(Run),
        exists().where(ImportPartRow.run == Run.id).correlate(Run),
        exists().where(StockPlanRow.run == Run.id).correlate(Run),
    )
    old: list[int] = []
    with db.read() as connection:
        young = db.now(connection) - timedelta(days=keep_days)
        for flow in connection.execute(select(Run.flow).where(Run.shop == shop).distinct()).scalars().all():
            oldest_kept = _nth_newest(connection, shop, flow, keep_runs)
            if oldest_kept is not None:
                wanted = select(Run.id).where(
                    Run.shop == shop,
                    Run.flow == flow,
                    Run.id < oldest_kept,
                    Run.started_at <= young,
                    detail,
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
