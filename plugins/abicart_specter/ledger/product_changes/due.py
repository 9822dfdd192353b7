"""Articles that wait to be looked at. One stays until a run has settled all its items, whatever became of the run that
noticed it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import OutcomeEntry, StagedItemRow
from abicart_specter.ledger.outcome_rules import OPEN
from abicart_specter.ledger.product_changes.models import ChangedArticleRow, ShopItemRow
from abicart_specter.ledger.records import RunKey, StagingState
from abicart_specter.ledger.runs import row_id
from abicart_specter.ledger.staging import require_state

_SLICE = 500
_SAME_ITEM = and_(
    OutcomeEntry.run == StagedItemRow.run,
    OutcomeEntry.kind == StagedItemRow.kind,
    OutcomeEntry.uid == StagedItemRow.uid,
)


def notice(
    db: Database, connection: Connection, shop: str, own: int, uids: Collection[int], at: datetime
) -> None:
    """These articles wait from now on, inside a transaction that is open. The first time of each is kept.

    :param own: ``run.id`` of the run that noticed.
    """
    if not uids:
        return
    insert = upsert(db.backend, ChangedArticleRow)
    statement = insert.on_conflict_do_update(
        index_elements=["shop", "article_uid"],
        set_={"due_at": insert.excluded.due_at, "run": insert.excluded.run},
    )
    rows = [
        {"shop": shop, "article_uid": uid, "noticed_at": at, "due_at": at, "run": own} for uid in sorted(uids)
    ]
    connection.execute(statement, rows)


def forget(connection: Connection, shop: str, uids: Collection[int]) -> None:
    """These articles are no more."""
    connection.execute(
        delete(ChangedArticleRow).where(
            ChangedArticleRow.shop == shop, ChangedArticleRow.article_uid.in_(list(uids))
        )
    )


def due(db: Database, run: RunKey, now: datetime) -> set[int]:
    """The articles to look at, by uid: those that wait, and those that this very run wrote when it was here before."""
    with db.read() as connection:
        own = row_id(connection, run)
        waiting = select(ChangedArticleRow.article_uid).where(
            ChangedArticleRow.shop == run.shop, ChangedArticleRow.due_at <= now
        )
        written = (
            select(ShopItemRow.article_uid)
            .join(
                OutcomeEntry,
                and_(OutcomeEntry.kind == ShopItemRow.kind, OutcomeEntry.uid == ShopItemRow.uid),
            )
            .where(ShopItemRow.shop == run.shop, OutcomeEntry.run == own)
        )
        return {*connection.execute(waiting).scalars(), *connection.execute(written).scalars()}


def waiting_count(db: Database, shop: str) -> int:
    """How many articles wait, also those that are held and come up again later."""
    with db.read() as connection:
        return connection.execute(select(func.count()).where(ChangedArticleRow.shop == shop)).scalar_one()


def settle(db: Database, run: RunKey, now: datetime, held_again_after: timedelta) -> int:
    """Take what this run dealt with off the list; returns how many articles still wait.

    An article with an item that has no outcome, or one that a retry may better, is due at once; one with an item that
    is held comes up again later, since what holds it need not be in the shop. One that another run has noticed
    meanwhile stays.
    """
    with db.write() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        staged = select(StagedItemRow.article_uid).outerjoin(OutcomeEntry, _SAME_ITEM)
        staged = staged.where(StagedItemRow.run == own)
        unsettled = staged.where(or_(OutcomeEntry.outcome.is_(None), OutcomeEntry.outcome.in_(sorted(OPEN))))
        held = staged.where(OutcomeEntry.outcome == Outcome.HELD)
        ours = and_(ChangedArticleRow.shop == run.shop, ChangedArticleRow.run == own)
        this = ChangedArticleRow.article_uid
        connection.execute(
            delete(ChangedArticleRow).where(ours, this.in_(staged), this.not_in(unsettled), this.not_in(held))
        )
        connection.execute(
            update(ChangedArticleRow)
            .where(ours, this.in_(held), this.not_in(unsettled))
            .values(due_at=now + held_again_after)
        )
        return connection.execute(select(func.count()).where(ChangedArticleRow.shop == run.shop)).scalar_one()


def noticed(db: Database, run: RunKey, uids: Collection[int], at: datetime) -> None:
    """``notice`` as a call of its own."""
    for part in slices(sorted(uids), _SLICE):
        with db.write() as connection:
            notice(db, connection, run.shop, row_id(connection, run), part, at)
