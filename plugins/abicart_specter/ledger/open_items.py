"""What of a run's catalogue is still to be done, and whose numbers belonged to somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import and_, func, literal, or_, select, tuple_

from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import Item, OutcomeEntry, StagedItemRow
from abicart_specter.ledger.outcome_rules import OPEN
from abicart_specter.ledger.product_changes.models import ShopItemRow
from abicart_specter.ledger.records import RunKey, StagingState
from abicart_specter.ledger.staging import require_state

_SAME_ITEM = and_(
    OutcomeEntry.run == StagedItemRow.run,
    OutcomeEntry.kind == StagedItemRow.kind,
    OutcomeEntry.uid == StagedItemRow.uid,
)
_BATCH = 1000


def open_partition_counts(db: Database, run: RunKey) -> dict[int, int]:
    """Items to work on, per partition: those without an outcome, and those whose outcome a retry may better.

    Without the latter, a run that is cleared as a whole would leave out what it had left unconfirmed. Partitions
    without any are left out.
    """
    with db.read() as connection:
        own = require_state(connection, run, StagingState.COMPLETE)
        rows = connection.execute(
            select(StagedItemRow.partition, func.count())
            .outerjoin(OutcomeEntry, _SAME_ITEM)
            .where(
                StagedItemRow.run == own,
                or_(OutcomeEntry.uid.is_(None), OutcomeEntry.outcome.in_(list(OPEN))),
            )
            .group_by(StagedItemRow.partition)
        )
        return {partition: count for partition, count in rows.all()}  # noqa: C416 - rows are no pairs to mypy


def open_items(db: Database, run: RunKey) -> Iterator[tuple[ItemKey, str | None]]:
    """Items without an outcome, by kind and uid, with their product numbers."""
    position = None
    while True:
        wanted = (
            select(StagedItemRow.kind, StagedItemRow.uid, StagedItemRow.product_number)
            .outerjoin(OutcomeEntry, _SAME_ITEM)
            .order_by(StagedItemRow.kind, StagedItemRow.uid)
            .limit(_BATCH)
        )
        if position is not None:
            wanted = wanted.where(tuple_(StagedItemRow.kind, StagedItemRow.uid) > position)
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            rows = connection.execute(
                wanted.where(StagedItemRow.run == own, OutcomeEntry.uid.is_(None))
            ).all()
        for kind, uid, number in rows:
            yield ItemKey(kind, uid), number
        if len(rows) < _BATCH:
            return
        position = tuple_(literal(rows[-1].kind, Word(Kind)), literal(rows[-1].uid))


def numbers_taken_over(db: Database, run: RunKey, numbers: Mapping[ItemKey, str]) -> dict[ItemKey, ItemKey]:
    """Items whose number Specter knows as that of another item which the shop still has: item → former owner.

    The shop has what the run found, and what the index of its catalogue holds besides (a run on change finds little).
    A former owner that the shop no longer has does not count: a product that was deleted and made anew takes up
    its old article.
    """
    taken: dict[ItemKey, ItemKey] = {}
    for part in slices(sorted(numbers.items()), _BATCH):
        by_number = {number: key for key, number in part}
        with db.read() as connection:
            own = require_state(connection, run, StagingState.COMPLETE)
            rows = connection.execute(
                select(Item.created_number, Item.kind, Item.uid)
                .outerjoin(
                    StagedItemRow,
                    and_(
                        StagedItemRow.run == own,
                        StagedItemRow.kind == Item.kind,
                        StagedItemRow.uid == Item.uid,
                    ),
                )
                .outerjoin(
                    ShopItemRow,
                    and_(
                        ShopItemRow.shop == run.shop,
                        ShopItemRow.kind == Item.kind,
                        ShopItemRow.uid == Item.uid,
                    ),
                )
                .where(
                    Item.shop == run.shop,
                    Item.created_number.in_(list(by_number)),
                    or_(StagedItemRow.uid.is_not(None), ShopItemRow.uid.is_not(None)),
                )
            ).all()
        for number, kind, uid in rows:
            former, now = ItemKey(kind, uid), by_number[number or ""]
            if former != now:
                taken[now] = former
    return taken
