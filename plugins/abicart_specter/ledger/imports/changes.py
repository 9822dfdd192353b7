"""Planned changes of a run: planning, reading, and the two transactions around each write.

A change moves planned → (waiting → planned) → writing → applied | failed. What was applied is never planned again in
the same run, and never loses its state to anything but an undo: a retried task writes nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, and_, case, delete, func, select, update

from abicart_specter.domain.imports.documents import change_document, change_of_document
from abicart_specter.domain.imports.records import ImportPart, PlannedChange
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.import_models import ImportChange, ImportHeld, ImportPartRow
from abicart_specter.ledger.import_records import ChangeRecord, ChangeState
from abicart_specter.ledger.keys import partition_of, slices
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.runs import row_id

DONE = (ChangeState.APPLIED, ChangeState.UNDONE)
"""States that no plan and no other state replaces."""
_SLICE = 500
RECORD_COLUMNS = (
    ImportChange.id,
    ImportChange.document,
    ImportChange.state,
    ImportChange.words,
    ImportChange.state_since,
)


def record(row: Sequence[Any]) -> ChangeRecord:
    """The record of a row of ``RECORD_COLUMNS``."""
    number, document, state, words, since = row
    return ChangeRecord(number, change_of_document(document), state, words, since)


def plan_changes(db: Database, run: RunKey, changes: Sequence[PlannedChange]) -> None:
    """Stores planned changes of a run. One of the same article and part replaces the former, unless it was applied."""
    rows = {
        (change.article_uid, change.part): {
            "shop": run.shop,
            "article_uid": change.article_uid,
            "part": change.part,
            "partition": partition_of(ItemKey(Kind.ARTICLE, change.article_uid)),
            "hash": change.hash,
            "state": ChangeState.PLANNED,
            "words": "",
            "document": change_document(change),
        }
        for change in changes
    }
    for part in slices(sorted(rows), _SLICE):
        with db.write() as connection:
            own, now = row_id(connection, run), db.now(connection)
            connection.execute(
                _plan(db.backend), [{**rows[key], "run": own, "state_since": now} for key in part]
            )


@cache
def _plan(backend: str) -> Executable:
    insert = upsert(backend, ImportChange)
    renewed = ("partition", "hash", "state", "state_since", "words", "document")
    return insert.on_conflict_do_update(
        index_elements=["run", "article_uid", "part"],
        set_={name: insert.excluded[name] for name in renewed},
        where=and_(*(ImportChange.state != done for done in DONE)),
    )


def clear_plan(db: Database, run: RunKey) -> None:
    """At the beginning of a (repeated) planning: forgets the run's plan and held values, but neither what was applied
    nor what may have been written (``settle_agreed`` or a new plan says what became of that), nor any answer.
    """
    kept = (*DONE, ChangeState.WRITING)
    with db.write() as connection:
        own = row_id(connection, run)
        connection.execute(
            delete(ImportChange).where(ImportChange.run == own, ImportChange.state.not_in(kept))
        )
        connection.execute(delete(ImportHeld).where(ImportHeld.run == own))
        connection.execute(
            update(ImportPartRow).where(ImportPartRow.run == own).values(items=0, reasons=[], plan_hash="")
        )


def iter_changes(
    db: Database,
    run: RunKey,
    part: ImportPart | None,
    states: Collection[ChangeState],
    partitions: Collection[int] | None,
    batch: int,
) -> Iterator[list[ChangeRecord]]:
    """Changes of a run by article uid, in lists of about ``batch``, each read in a transaction of its own.

    What is moved to another state while its list is worked on is not read again.
    """
    wanted = select(*RECORD_COLUMNS, ImportChange.article_uid, ImportChange.part)
    if part is not None:
        wanted = wanted.where(ImportChange.part == part)
    if states:
        wanted = wanted.where(ImportChange.state.in_(sorted(states)))
    if partitions is not None:
        wanted = wanted.where(ImportChange.partition.in_(sorted(partitions)))
    wanted = wanted.order_by(ImportChange.article_uid, ImportChange.part)
    article = -1
    while True:
        with db.read() as connection:
            own = row_id(connection, run)
            # A list ends with all parts of its last article, so that the article's uid says where to go on.
            rows = connection.execute(
                wanted.where(ImportChange.run == own, ImportChange.article_uid > article).limit(
                    batch + len(ImportPart)
                )
            ).all()
        if len(rows) == batch + len(ImportPart):
            last = rows[batch - 1].article_uid
            rows = [row for row in rows if row.article_uid <= last]
        else:
            last = None
        if rows:
            yield [record(row[: len(RECORD_COLUMNS)]) for row in rows]
        if last is None:
            return
        article = last


def change_counts(db: Database, run: RunKey) -> dict[ImportPart, dict[ChangeState, int]]:
    """How many changes of the run stand in each state, by part; every part and state is named."""
    counts = {part: dict.fromkeys(ChangeState, 0) for part in ImportPart}
    with db.read() as connection:
        rows = connection.execute(
            select(ImportChange.part, ImportChange.state, func.count().label("changes"))
            .where(ImportChange.run == row_id(connection, run))
            .group_by(ImportChange.part, ImportChange.state)
        )
        for part, state, changes in rows:
            counts[part][state] = changes
    return counts


def partition_counts(
    db: Database, run: RunKey, part: ImportPart, states: Collection[ChangeState]
) -> dict[int, int]:
    """How many changes of a part in these states each partition has, for dividing them over chunk tasks."""
    with db.read() as connection:
        rows = connection.execute(
            select(ImportChange.partition, func.count().label("changes"))
            .where(
                ImportChange.run == row_id(connection, run),
                ImportChange.part == part,
                ImportChange.state.in_(sorted(states)),
            )
            .group_by(ImportChange.partition)
            .order_by(ImportChange.partition)
        )
        return {row.partition: row.changes for row in rows}


def change_hashes(db: Database, run: RunKey, part: ImportPart) -> list[str]:
    """The hashes of the part's changes that are planned or wait, for ``documents.plan_hash``."""
    with db.read() as connection:
        return list(
            connection.execute(
                select(ImportChange.hash)
                .where(
                    ImportChange.run == row_id(connection, run),
                    ImportChange.part == part,
                    ImportChange.state.in_([ChangeState.PLANNED, ChangeState.WAITING]),
                )
                .order_by(ImportChange.hash)
            ).scalars()
        )


def set_change_states(db: Database, ids: Iterable[int], state: ChangeState, words: str) -> int:
    """Moves changes to a state; those applied or undone stay. Returns how many moved.

    Not for ``writing``, ``applied`` and ``undone``: ``begin_changes``, ``confirm_changes`` and ``record_undone`` move
    there, each with the pairs that belong to it.
    """
    if state in (ChangeState.WRITING, *DONE):
        raise ValueError(f"A change becomes {state.value} only together with its pairs")
    moved = 0
    for part in slices(sorted(set(ids)), _SLICE):
        with db.write() as connection:
            moved += connection.execute(
                update(ImportChange)
                .where(ImportChange.id.in_(part), ImportChange.state.not_in(DONE))
                .values(
                    state=state,
                    words=words,
                    # Told the same again, it stands there since the first time.
                    state_since=case(
                        (ImportChange.state == state, ImportChange.state_since), else_=db.now(connection)
                    ),
                )
            ).rowcount
    return moved


def move_part(
    db: Database,
    run: RunKey,
    part: ImportPart,
    from_states: Collection[ChangeState],
    state: ChangeState,
    words: str,
) -> int:
    """Moves all changes of a part that stand in ``from_states``, in one transaction. Returns how many."""
    if state in (ChangeState.WRITING, *DONE) or set(from_states) & set(DONE):
        raise ValueError(f"A part is not moved as a whole from {sorted(from_states)} to {state.value}")
    with db.write() as connection:
        return connection.execute(
            update(ImportChange)
            .where(
                ImportChange.run == row_id(connection, run),
                ImportChange.part == part,
                ImportChange.state.in_(sorted(from_states)),
            )
            .values(state=state, words=words, state_since=db.now(connection))
        ).rowcount


def recent_items(
    db: Database, shop: str, part: ImportPart, since: datetime, batch: int = 2000
) -> set[ItemKey]:
    """The items that changes of this part changed in the shop since then, over all runs (rule 31).

    What may have been written counts as written; what was undone does not.
    """
    found: set[ItemKey] = set()
    position = 0
    wanted = (
        select(ImportChange.id, ImportChange.document)
        .where(
            ImportChange.shop == shop,
            ImportChange.state.in_([ChangeState.APPLIED, ChangeState.WRITING]),
            ImportChange.state_since >= since,
            ImportChange.part == part,
        )
        .order_by(ImportChange.id)
        .limit(batch)
    )
    while True:
        with db.read() as connection:
            rows = connection.execute(wanted.where(ImportChange.id > position)).all()
        for row in rows:
            found.update(key for key, _ in change_of_document(row.document).keys)
        if len(rows) < batch:
            return found
        position = rows[-1].id
