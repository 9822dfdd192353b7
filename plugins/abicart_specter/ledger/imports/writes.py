"""The transactions around a write to the shop: state and pairs always together (rules 22 and 34)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, select, update

from abicart_specter.domain.imports.documents import change_of_document
from abicart_specter.domain.imports.records import ImportPart, Settles
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.import_models import ImportChange
from abicart_specter.ledger.import_records import ChangeState, pair_values
from abicart_specter.ledger.imports.newer import told_meanwhile
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.pairs import drop_intended_within, intend_within, settle_within
from abicart_specter.ledger.sync_records import PairOrigin, PairValues

Writes = Iterable[tuple[int, Sequence[PairValues]]]
"""A change's id with the pairs that its write makes."""

_MAY_BEGIN = (ChangeState.PLANNED, ChangeState.WRITING, ChangeState.FAILED)
_NOT_WRITTEN = (ChangeState.FAILED, ChangeState.VOIDED, ChangeState.REFUSED, ChangeState.WAITING)


def begin_changes(db: Database, shop: str, writes: Writes) -> set[int]:
    """Before a write: stores the intended pairs and that the writes were begun, in one transaction.

    Returns the changes that may be written now. One that waits for a person, was refused, voided or applied by
    another try is not among them, and nothing of it is stored.
    """
    return _move(db, shop, writes, _MAY_BEGIN, ChangeState.WRITING, "", None)


def confirm_changes(db: Database, shop: str, writes: Writes) -> set[int]:
    """After a write that was read back: settles the pairs and stores that the changes were applied, in one transaction.

    Returns those that were not applied before. Of one that was, nothing changes: its pairs may be newer by now.
    """
    others = tuple(state for state in ChangeState if state not in (ChangeState.APPLIED, ChangeState.UNDONE))
    return _move(db, shop, writes, others, ChangeState.APPLIED, "", PairOrigin.IMPORT)


def _void_lost(connection: Connection, shop: str, moved: set[int]) -> None:
    """Writes of earlier runs whose answers were lost are history once the same part of the article was written again.

    On PostgreSQL two confirmations at once lock no row of each other: a chunk's articles are its own.
    """
    written: set[tuple[int, ImportPart]] = set()
    for part in slices(sorted(moved), 500):
        rows = connection.execute(
            select(ImportChange.article_uid, ImportChange.part).where(ImportChange.id.in_(part))
        )
        written.update((row.article_uid, row.part) for row in rows)
    lost: set[int] = set()
    for articles in slices(sorted({article_uid for article_uid, _ in written}), 500):
        rows = connection.execute(
            select(ImportChange.id, ImportChange.article_uid, ImportChange.part).where(
                ImportChange.shop == shop,
                ImportChange.state == ChangeState.WRITING,
                ImportChange.article_uid.in_(articles),
            )
        )
        lost.update(row.id for row in rows if (row.article_uid, row.part) in written)
    for part in slices(sorted(lost), 500):
        connection.execute(
            update(ImportChange)
            .where(ImportChange.id.in_(part))
            .values(
                state=ChangeState.VOIDED, words="Its answer was lost; a later run wrote the article again."
            )
        )


def begin_undo(db: Database, shop: str, writes: Writes) -> set[int]:
    """Before an undo writes: stores the pairs that it intends. Returns the changes that may be undone: those applied.

    They stay ``applied``. Who finds the former value in the shop after a kill calls ``record_undone`` as well.
    """
    return _move(db, shop, writes, (ChangeState.APPLIED,), None, "", None)


def record_undone(db: Database, shop: str, writes: Writes, words: str) -> set[int]:
    """After an undo was read back: settles its pairs, so that the value is neither exported nor imported again until
    Specter tells a new one, and stores that the changes were undone. Returns those that were applied before.
    """
    return _move(db, shop, writes, (ChangeState.APPLIED,), ChangeState.UNDONE, words, PairOrigin.UNDO)


def _move(
    db: Database,
    shop: str,
    writes: Writes,
    from_states: Sequence[ChangeState],
    state: ChangeState | None,
    words: str,
    settle: PairOrigin | None,
) -> set[int]:
    """Moves changes that stand in ``from_states``, with the pairs of those that moved: settled, or only intended."""
    values = {number: list(pairs) for number, pairs in writes}
    if not values:
        return set()
    with db.write() as connection:
        moved = _locked(connection, shop, values, from_states)
        if state is not None:
            now = db.now(connection)
            for part in slices(sorted(moved), 500):
                connection.execute(
                    update(ImportChange)
                    .where(ImportChange.id.in_(part))
                    .values(state=state, words=words, state_since=now)
                )
            if state is ChangeState.APPLIED:
                _void_lost(connection, shop, moved)
        pairs = [pair for number in sorted(moved) for pair in values[number]]
        if settle is None:
            intend_within(db, connection, shop, pairs)
        else:
            told = told_meanwhile(connection, moved)
            no_later = {(pair.key, pair.field): told[pair.key] for pair in pairs if pair.key in told}
            settle_within(db, connection, shop, pairs, settle, no_later)
    return moved


def _locked(connection: Connection, shop: str, ids: Iterable[int], states: Sequence[ChangeState]) -> set[int]:
    """Those of the changes that stand in these states, kept so until the transaction ends."""
    found: set[int] = set()
    for part in slices(sorted(ids), 500):
        found.update(
            connection.execute(
                select(ImportChange.id)
                .where(
                    ImportChange.shop == shop, ImportChange.id.in_(part), ImportChange.state.in_(list(states))
                )
                .order_by(ImportChange.id)
                .with_for_update()
            ).scalars()
        )
    return found


def not_written(db: Database, shop: str, ids: Iterable[int], state: ChangeState, words: str) -> int:
    """After a write that surely did not happen (refused by the shop, or never sent): the state, and the intended pairs
    are forgotten, in one transaction. Returns how many moved; those applied stay as they are.
    """
    if state not in _NOT_WRITTEN:
        raise ValueError(f"{state.value} does not say that a change was not written")
    with db.write() as connection:
        open_states = [one for one in ChangeState if one not in (ChangeState.APPLIED, ChangeState.UNDONE)]
        moved = _locked(connection, shop, set(ids), open_states)
        now = db.now(connection)
        for part in slices(sorted(moved), 500):
            rows = connection.execute(
                select(ImportChange.document).where(ImportChange.id.in_(part)).order_by(ImportChange.id)
            )
            values = [pair for row in rows for pair in pair_values(change_of_document(row.document).settles)]
            drop_intended_within(connection, shop, values)
            connection.execute(
                update(ImportChange)
                .where(ImportChange.id.in_(part))
                .values(state=state, words=words, state_since=now)
            )
    return len(moved)


def settle_agreed(
    db: Database, shop: str, agreed: Mapping[int, Sequence[Settles]], looked_at: datetime | None = None
) -> set[int]:
    """Fields in which both systems agree without any write: settles their pairs (rule 22), by article uid.

    A write that was begun, by any run, and whose values are all found to agree has arrived: it becomes ``applied``, so
    that it is counted and can be undone. Returns the ids of such changes.

    :param looked_at: when what Specter told was looked up, by the ledger's clock: what it told after that stays news.
    """
    arrived: set[int] = set()
    if not agreed:
        return arrived
    with db.write() as connection:
        now = db.now(connection)
        for articles in slices(sorted(agreed), 500):
            begun = connection.execute(
                select(ImportChange.id, ImportChange.article_uid, ImportChange.document)
                .where(
                    ImportChange.shop == shop,
                    ImportChange.state == ChangeState.WRITING,
                    ImportChange.article_uid.in_(articles),
                )
                .order_by(ImportChange.id)
                .with_for_update()
            )
            for number, article_uid, document in begun:
                found = {(one.key, one.field): one for one in agreed[article_uid]}
                wanted = change_of_document(document).settles
                if wanted and all(_same(one, found.get((one.key, one.field))) for one in wanted):
                    arrived.add(number)
        for part in slices(sorted(arrived), 500):
            connection.execute(
                update(ImportChange)
                .where(ImportChange.id.in_(part))
                .values(
                    state=ChangeState.APPLIED,
                    state_since=now,
                    words="Found in the shop: the write had arrived although its answer was lost.",
                )
            )
        values = [pair for _, settles in sorted(agreed.items()) for pair in pair_values(settles)]
        no_later = {(one.key, one.field): looked_at for one in values} if looked_at else None
        settle_within(db, connection, shop, values, PairOrigin.IMPORT, no_later)
    return arrived


def _same(wanted: Settles, found: Settles | None) -> bool:
    return (
        found is not None
        and _equal(wanted.shop_value, found.shop_value)
        and _equal(wanted.specter_value, found.specter_value)
    )


def _equal(left: str | None, right: str | None) -> bool:
    if left == right or left is None or right is None:
        return left == right
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False
