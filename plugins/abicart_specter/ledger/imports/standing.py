"""Where every item of a staged catalogue stands, for the reconciliation. Narrow columns only: no document is opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, tuple_
from sqlalchemy.sql import literal

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.import_models import ImportChange, ImportLook
from abicart_specter.ledger.import_records import ChangeStanding, ChangeState, GoneItem, ItemStanding
from abicart_specter.ledger.keys import by_kind, slices
from abicart_specter.ledger.models import InboxRow, Item, OutcomeEntry, Run, StagedItemRow
from abicart_specter.ledger.records import OutcomeRecord, RunKey, StagingState
from abicart_specter.ledger.runs import row_id
from abicart_specter.ledger.staging import require_state

_KEY = (StagedItemRow.article_uid, StagedItemRow.kind, StagedItemRow.uid)


def iter_standing(db: Database, run: RunKey, batch: int) -> Iterator[list[ItemStanding]]:
    """Every staged item with what Specter has of it, by article uid, in lists of at most ``batch``."""
    wanted = (
        select(
            *_KEY,
            StagedItemRow.product_number,
            StagedItemRow.name,
            StagedItemRow.price,
            StagedItemRow.vat_rate,
            Item.created_in_specter_at,
            Item.created_number,
            Item.sent_at,
            Item.sent_number,
            Item.intent_at,
        )
        .select_from(StagedItemRow)
        .outerjoin(
            Item,
            and_(Item.shop == run.shop, Item.kind == StagedItemRow.kind, Item.uid == StagedItemRow.uid),
        )
        .order_by(*_KEY)
        .limit(batch)
    )
    position: tuple[int, Kind, int] | None = None
    while True:
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            page = wanted.where(StagedItemRow.run == own)
            if position is not None:
                article_uid, kind, uid = position
                page = page.where(
                    tuple_(*_KEY) > tuple_(literal(article_uid), literal(kind, Word(Kind)), literal(uid))
                )
            rows = connection.execute(page).all()
        if rows:
            yield [ItemStanding(ItemKey(row[1], row[2]), row[0], *row[3:]) for row in rows]
        if len(rows) < batch:
            return
        position = (rows[-1].article_uid, rows[-1].kind, rows[-1].uid)


def gone_items(db: Database, run: RunKey) -> list[GoneItem]:
    """Items that Specter has by our own writes and that the staged catalogue has not: deleted in the shop."""
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        staged = exists().where(
            StagedItemRow.run == own, StagedItemRow.kind == Item.kind, StagedItemRow.uid == Item.uid
        )
        rows = connection.execute(
            select(Item.kind, Item.uid, func.coalesce(Item.sent_number, Item.created_number))
            .where(
                Item.shop == run.shop,
                or_(Item.created_in_specter_at.is_not(None), Item.sent_at.is_not(None)),
                ~staged,
            )
            .order_by(Item.kind, Item.uid)
        )
        return [GoneItem(ItemKey(kind, uid), number) for kind, uid, number in rows]


def last_outcomes(
    db: Database,
    shop: str,
    flows: Collection[str],
    keys: Iterable[ItemKey],
    passed_over: Collection[str],
    runs: int,
) -> dict[ItemKey, OutcomeRecord]:
    """The newest outcome of each item in the last ``runs`` runs of these flows that have any; items without are left
    out. Outcomes of the rules ``passed_over`` say nothing of the item.
    """
    found: dict[ItemKey, OutcomeRecord] = {}
    wanted = set(keys)
    if not wanted:
        return found
    with db.read() as connection:
        newest = (
            connection.execute(
                select(Run.id)
                .where(
                    Run.shop == shop,
                    Run.flow.in_(sorted(flows)),
                    exists().where(OutcomeEntry.run == Run.id).correlate(Run),
                )
                .order_by(Run.id.desc())
                .limit(runs)
            )
            .scalars()
            .all()
        )
    for run_row in newest:
        for kind, uids in by_kind(wanted - found.keys()):
            with db.read() as connection:
                rows = connection.execute(
                    select(
                        OutcomeEntry.uid,
                        OutcomeEntry.product_number,
                        OutcomeEntry.outcome,
                        OutcomeEntry.reason,
                        OutcomeEntry.rule,
                        OutcomeEntry.remedy,
                    ).where(
                        OutcomeEntry.run == run_row,
                        OutcomeEntry.kind == kind,
                        OutcomeEntry.uid.in_(uids),
                        OutcomeEntry.rule.not_in(sorted(passed_over)),
                    )
                )
                for uid, number, outcome, reason, rule, remedy in rows:
                    key = ItemKey(kind, uid)
                    found[key] = OutcomeRecord(key, number, outcome, reason, rule, remedy or "")
        if len(found) == len(wanted):
            break
    return found


def looked_to(db: Database, shop: str, function: str) -> int:
    """The inbox row up to which the shop has looked; 0 when it never did."""
    with db.read() as connection:
        return (
            connection.execute(
                select(ImportLook.to_row_id).where(ImportLook.shop == shop, ImportLook.function == function)
            ).scalar()
            or 0
        )


def told_since(db: Database, account: str, function: str, row: int) -> set[str]:
    """The product numbers that were told something after that inbox row."""
    with db.read() as connection:
        return set(
            connection.execute(
                select(InboxRow.product_number)
                .where(InboxRow.account == account, InboxRow.function == function, InboxRow.id > row)
                .distinct()
            ).scalars()
        )


def finished_articles(db: Database, run: RunKey) -> set[int]:
    """The articles of the run's plan whose changes were all applied."""
    done = ImportChange.state.in_([ChangeState.APPLIED, ChangeState.UNDONE])
    with db.read() as connection:
        own = row_id(connection, run)
        unfinished = select(ImportChange.article_uid).where(ImportChange.run == own, ~done)
        return set(
            connection.execute(
                select(ImportChange.article_uid).where(
                    ImportChange.run == own, done, ImportChange.article_uid.not_in(unfinished)
                )
            ).scalars()
        )


def change_standings(
    db: Database, run: RunKey, article_uids: Iterable[int]
) -> dict[tuple[int, ImportPart], ChangeStanding]:
    """Hash, state and words of the run's changes of these articles, without what they change."""
    found: dict[tuple[int, ImportPart], ChangeStanding] = {}
    columns: tuple[Any, ...] = (ImportChange.hash, ImportChange.state, ImportChange.words)
    for part in slices(sorted(set(article_uids)), 500):
        with db.read() as connection:
            rows = connection.execute(
                select(ImportChange.article_uid, ImportChange.part, *columns).where(
                    ImportChange.run == row_id(connection, run), ImportChange.article_uid.in_(part)
                )
            )
            found.update({(row[0], row[1]): ChangeStanding(*row[2:]) for row in rows})
    return found
