"""Lists of flags: those a run saw, and those open in a shop. Read in batches by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, literal, null, select, tuple_

from abicart_specter.domain.records import Flag, ItemKey, Kind
from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.models import FlagEntry, RunFlag
from abicart_specter.ledger.records import FlagRow, RunKey
from abicart_specter.ledger.runs import row_id

_BATCH = 1000
_COLUMNS = (
    FlagEntry.kind,
    FlagEntry.uid,
    FlagEntry.rule,
    FlagEntry.severity,
    FlagEntry.message,
    FlagEntry.remedy,
    FlagEntry.product_number,
    FlagEntry.suggestion,
    FlagEntry.owners,
    FlagEntry.first_seen,
    FlagEntry.last_seen,
    FlagEntry.resolved_at,
)


def iter_flags(db: Database, run: RunKey) -> Iterator[FlagRow]:
    """The flags that the run saw, in the order of their keys."""
    with db.read() as connection:
        own = row_id(connection, run)
    same = and_(FlagEntry.kind == RunFlag.kind, FlagEntry.uid == RunFlag.uid, FlagEntry.rule == RunFlag.rule)
    wanted = (
        select(*_COLUMNS, RunFlag.change)
        .select_from(RunFlag)
        .join(FlagEntry, and_(FlagEntry.shop == run.shop, same))
        .where(RunFlag.run == own)
    )
    return _walk(db, wanted, RunFlag)


def iter_open_flags(db: Database, shop: str) -> Iterator[FlagRow]:
    """The flags of the shop that are not resolved, in the order of their keys."""
    wanted = select(*_COLUMNS, null()).where(FlagEntry.shop == shop, FlagEntry.resolved_at.is_(None))
    return _walk(db, wanted, FlagEntry)


def _walk(db: Database, wanted: Select[Any], keyed: type[FlagEntry] | type[RunFlag]) -> Iterator[FlagRow]:
    key = tuple_(keyed.kind, keyed.uid, keyed.rule)
    ordered = wanted.order_by(keyed.kind, keyed.uid, keyed.rule).limit(_BATCH)
    position: ColumnElement[bool] | None = None
    while True:
        with db.read() as connection:
            rows = connection.execute(ordered if position is None else ordered.where(position)).all()
        yield from map(_flag_row, rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1]
        position = key > tuple_(literal(last.kind, Word(Kind)), literal(last.uid), literal(last.rule))


def _flag_row(row: Row[Any]) -> FlagRow:
    flag = Flag(
        key=ItemKey(row.kind, row.uid),
        rule=row.rule,
        severity=row.severity,
        message=row.message,
        remedy=row.remedy,
        product_number=row.product_number,
        suggestion=row.suggestion,
        owners=tuple(ItemKey(Kind(kind), uid) for kind, uid in row.owners),
    )
    return FlagRow(flag, row.first_seen, row.last_seen, row.resolved_at, row[-1])
