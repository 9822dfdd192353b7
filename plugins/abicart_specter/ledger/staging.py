"""The catalogue of a run, as read from the shop: what the run's tasks work on, and the set "found".

The reader stages page by page and ends with ``set_counts``; only then may others read it. A run's staging survives
retries and goes when a later run of the same shop and flow begins to read, or with a clean-up. Reading it after that
raises ``StagingGoneError``: an empty catalogue and a lost one must never look alike.

Every read is in batches by key, each in a transaction of its own, so that none is open while the caller talks to
Specter, and memory does not grow with the catalogue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, and_, delete, exists, func, or_, select, update

from abicart_specter.domain.records import Kind, Outcome
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.errors import StagingGoneError
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import OutcomeEntry, Run, StagedArticleRow, StagedItemRow
from abicart_specter.ledger.outcome_rules import survives_new_read
from abicart_specter.ledger.records import RunKey, StagedArticle, StagedCounts, StagingState
from abicart_specter.ledger.runs import row_id
from abicart_specter.ledger.staged_rows import article_row, item_row

_DELETE_SLICE = 2000
_Staged = StagedArticleRow | StagedItemRow


def reset_staging(db: Database, run: RunKey) -> None:
    """Begins a reading of the catalogue: forgets what this run staged before, and what older runs did.

    Outcomes of this run's products that only described the former reading go too, see
    ``outcome_rules.survives_new_read``.
    """
    lasting = [outcome for outcome in Outcome if survives_new_read(outcome)]
    with db.write() as connection:
        own = row_id(connection, run)
        older = (Run.shop == run.shop, Run.flow == run.flow, Run.id < own)
        staged = Run.staging.in_([StagingState.READING, StagingState.COMPLETE])
        connection.execute(update(Run).where(*older, staged).values(staging=StagingState.DROPPED))
        connection.execute(
            update(Run)
            .where(Run.id == own)
            .values(staging=StagingState.READING, expected_articles=None, expected_items=None)
        )
        connection.execute(
            delete(OutcomeEntry).where(
                OutcomeEntry.run == own,
                OutcomeEntry.kind != Kind.ORDER,
                OutcomeEntry.outcome.not_in(lasting),
            )
        )
        leftover = connection.execute(select(Run.id).where(*older, has_rows())).scalars().all()
    for run_row in (*leftover, own):
        delete_rows(db, run_row)


def stage_articles(db: Database, run: RunKey, articles: Sequence[StagedArticle]) -> None:
    """Stages a page. Staging an article again replaces it, with all its items.

    Raises ``StagingGoneError`` unless ``reset_staging`` began this run's reading and no later run began one.
    """
    # Made before the transaction begins: on SQLite everybody else who wants to write waits for its end.
    article_rows = {article.article_uid: article_row(article) for article in articles}
    item_rows = {item.key: item_row(item) for article in articles for item in article.items}
    if not article_rows:
        return
    with db.write() as connection:
        own = require_state(connection, run, StagingState.READING)
        connection.execute(
            delete(StagedItemRow).where(
                StagedItemRow.run == own, StagedItemRow.article_uid.in_(list(article_rows))
            )
        )
        _put(db, connection, StagedArticleRow, own, article_rows.values())
        _put(db, connection, StagedItemRow, own, item_rows.values())


def _put(
    db: Database, connection: Connection, model: type[_Staged], own: int, rows: Iterable[dict[str, Any]]
) -> None:
    if values := [{**row, "run": own} for row in rows]:
        connection.execute(_replace(db.backend, model), values)


@cache
def _replace(backend: str, model: type[_Staged]) -> Executable:
    key = ["run", "article_uid"] if model is StagedArticleRow else ["run", "kind", "uid"]
    insert = upsert(backend, model)
    replaced = {column.name: column for column in insert.excluded if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=replaced)


def staged_article_uids(db: Database, run: RunKey) -> set[int]:
    """The articles staged so far, by uid."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.READING, StagingState.COMPLETE)
        return set(
            connection.execute(
                select(StagedArticleRow.article_uid).where(StagedArticleRow.run == own)
            ).scalars()
        )


def unstage_articles(db: Database, run: RunKey, uids: Collection[int]) -> None:
    """Takes articles back that the shop deleted while it was read, with their items."""
    for part in slices(sorted(uids), _DELETE_SLICE):
        with db.write() as connection:
            own = require_state(connection, run, StagingState.READING)
            for model in (StagedItemRow, StagedArticleRow):
                connection.execute(delete(model).where(model.run == own, model.article_uid.in_(part)))


def set_counts(db: Database, run: RunKey, articles: int, items: int) -> None:
    """Ends the reading: this many distinct articles and items were read. From now on the staging can be read."""
    with db.write() as connection:
        own = require_state(connection, run, StagingState.READING, StagingState.COMPLETE)
        connection.execute(
            update(Run)
            .where(Run.id == own)
            .values(staging=StagingState.COMPLETE, expected_articles=articles, expected_items=items)
        )


def staged_counts(db: Database, run: RunKey) -> StagedCounts:
    """What is staged, counted, beside what the reader said."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.READING, StagingState.COMPLETE)
        expected = connection.execute(
            select(Run.expected_articles, Run.expected_items).where(Run.id == own)
        ).one()
        articles = _count(connection, StagedArticleRow.run == own)
        items = _count(connection, StagedItemRow.run == own)
    return StagedCounts(articles, items, expected.expected_articles, expected.expected_items)


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(condition)).scalar_one()


def partition_counts(db: Database, run: RunKey) -> dict[int, int]:
    """Items per partition; partitions without items are left out."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        rows = connection.execute(
            select(StagedItemRow.partition, func.count().label("items"))
            .where(StagedItemRow.run == own)
            .group_by(StagedItemRow.partition)
            .order_by(StagedItemRow.partition)
        )
        return {row.partition: row.items for row in rows}


def require_state(connection: Connection, run: RunKey, *states: StagingState) -> int:
    """``run.id``, if the run's staging is in one of these states; raises ``StagingGoneError`` otherwise."""
    own = row_id(connection, run)
    state = connection.execute(select(Run.staging).where(Run.id == own)).scalar_one()
    if state in states:
        return own
    if state is StagingState.DROPPED:
        raise StagingGoneError(
            f"The catalogue that was read for {run} is gone: a later run has read it again, or it was cleaned up.",
            remedy="Trigger a new run; do not clear tasks of this one.",
        )
    raise StagingGoneError(
        f"The catalogue of {run} was not read to its end (state: {state}).",
        remedy="Clear the task that reads the catalogue.",
    )


def delete_rows(db: Database, run_row: int) -> tuple[int, int]:
    """Deletes what is staged under ``run.id``, in slices, so that no other writer waits long.

    Returns how many articles and items went.
    """
    return _delete_sliced(db, StagedArticleRow, run_row), _delete_sliced(db, StagedItemRow, run_row)


def _delete_sliced(db: Database, model: type[_Staged], run_row: int) -> int:
    gone = 0
    while True:
        with db.write() as connection:
            # From the lowest article uid on: both tables have an index that begins with run and article_uid.
            upto = connection.execute(
                select(model.article_uid)
                .where(model.run == run_row)
                .order_by(model.article_uid)
                .offset(_DELETE_SLICE - 1)
                .limit(1)
            ).scalar()
            rest = (
                model.run == run_row
                if upto is None
                else and_(model.run == run_row, model.article_uid <= upto)
            )
            gone += connection.execute(delete(model).where(rest)).rowcount
        if upto is None:
            return gone


def has_rows() -> ColumnElement[bool]:
    """SQL: whether anything is staged under the ``Run`` at hand."""
    return or_(
        exists().where(StagedArticleRow.run == Run.id).correlate(Run),
        exists().where(StagedItemRow.run == Run.id).correlate(Run),
    )
