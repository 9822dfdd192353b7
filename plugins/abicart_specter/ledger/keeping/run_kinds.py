"""What hangs on runs: the detail of old ones, and every catalogue but the newest of each flow.

A run younger than two weeks with a question that nobody answered, or with a write of which it is not known whether it
arrived, keeps its detail whatever the settings say: no question waits longer than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update

from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.import_models import ImportChange, ImportHeld, ImportPartRow
from abicart_specter.ledger.import_records import ChangeState
from abicart_specter.ledger.keeping.kinds import Kind
from abicart_specter.ledger.keeping.records import Keep
from abicart_specter.ledger.models import (
    Base,
    FlagEntry,
    OutcomeEntry,
    Run,
    RunFlag,
    RunRequests,
    StagedArticleRow,
    StagedItemRow,
)
from abicart_specter.ledger.order_models import RunOrderRow
from abicart_specter.ledger.records import StagingState
from abicart_specter.ledger.stock_models import StockChangeRow, StockHeldRow, StockPlanRow
from abicart_specter.ledger.stock_records import StockState

OPEN_DAYS = 14
"""Longer than any question waits for an answer, and longer than any run takes."""

_STAGED = (StagingState.READING, StagingState.COMPLETE)
_DETAIL: tuple[tuple[str, type[Base]], ...] = (
    ("outcomes", OutcomeEntry),
    ("run_flags", RunFlag),
    ("run_orders", RunOrderRow),
    ("run_requests", RunRequests),
    ("import_changes", ImportChange),
    ("import_held", ImportHeld),
    ("import_parts", ImportPartRow),
    ("stock_changes", StockChangeRow),
    ("stock_held", StockHeldRow),
    ("stock_plans", StockPlanRow),
)


def run_kinds(db: Database, shop: str, keep: Keep, now: datetime) -> Iterator[Kind]:
    """Staged catalogues, run by run detail, what runs were asked for, and flags that are resolved."""
    yield from _staged(db, shop)
    old = _old_runs(db, shop, keep, now)
    for name, model in _DETAIL:
        yield _of_runs(name, model, shop, old)
    yield Kind(
        "run_params",
        Run,
        and_(Run.shop == shop, Run.params != {}),
        Run.started_at < now - timedelta(days=max(keep.detail_days, OPEN_DAYS)),
        Run.started_at,
        emptied={"params": {}},
    )
    resolved = and_(FlagEntry.shop == shop, FlagEntry.resolved_at.is_not(None))
    long_ago = now - timedelta(days=keep.flag_days)
    yield Kind("resolved_flags", FlagEntry, resolved, FlagEntry.resolved_at < long_ago, FlagEntry.resolved_at)


def drop_older_staging(db: Database, shop: str) -> None:
    """Marks all but the newest staging of each flow as dropped, so that nobody takes a half removed one for whole."""
    with db.write() as connection:
        connection.execute(
            update(Run)
            .where(Run.shop == shop, Run.staging.in_(_STAGED), Run.id.not_in(_newest_staged(db, shop)))
            .values(staging=StagingState.DROPPED)
        )


def _newest_staged(db: Database, shop: str) -> list[int]:
    """The newest staging, not that of the newest run: a run that has started but not read yet replaces nothing."""
    with db.read() as connection:
        return list(
            connection.execute(
                select(func.max(Run.id)).where(Run.shop == shop, Run.staging.in_(_STAGED)).group_by(Run.flow)
            ).scalars()
        )


def _staged(db: Database, shop: str) -> Iterator[Kind]:
    older = select(Run.id).where(Run.shop == shop, Run.id.not_in(_newest_staged(db, shop)))
    models: tuple[tuple[str, Any], ...] = (
        ("staged_articles", StagedArticleRow),
        ("staged_items", StagedItemRow),
    )
    for name, model in models:
        yield _of_runs(name, model, shop, Run.id.in_(older))


def _of_runs(name: str, model: Any, shop: str, old: ColumnElement[bool]) -> Kind:
    of_shop = model.run.in_(select(Run.id).where(Run.shop == shop))
    goes = model.run.in_(select(Run.id).where(Run.shop == shop, old))
    started = select(Run.started_at).where(Run.id == model.run).correlate(model).scalar_subquery()
    return Kind(name, model, of_shop, goes, started)


def _old_runs(db: Database, shop: str, keep: Keep, now: datetime) -> ColumnElement[bool]:
    """Which runs' detail goes: older than the setting, and not among the last of their flow."""
    with db.read() as connection:
        flows = connection.execute(select(Run.flow).where(Run.shop == shop).distinct()).scalars().all()
        oldest_kept = {
            flow: connection.execute(
                select(Run.id)
                .where(Run.shop == shop, Run.flow == flow)
                .order_by(Run.id.desc())
                .offset(keep.runs - 1)
                .limit(1)
            ).scalar()
            for flow in flows
        }
    not_last = [and_(Run.flow == flow, Run.id < row) for flow, row in oldest_kept.items() if row is not None]
    return and_(
        or_(false(), *not_last),
        Run.started_at <= now - timedelta(days=keep.run_days),
        ~and_(Run.started_at > now - timedelta(days=OPEN_DAYS), _has_something_open()),
    )


def _has_something_open() -> ColumnElement[bool]:
    waiting = (ChangeState.WAITING, ChangeState.WRITING)
    return or_(
        exists().where(ImportChange.run == Run.id, ImportChange.state.in_(waiting)).correlate(Run),
        exists()
        .where(StockChangeRow.run == Run.id, StockChangeRow.state == StockState.WRITING)
        .correlate(Run),
        exists()
        .where(StockPlanRow.run == Run.id, StockPlanRow.reasons != [], StockPlanRow.decided_at.is_(None))
        .correlate(Run),
    )
