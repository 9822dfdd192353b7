"""Flags over all runs: first seen, last seen, resolved, opened again; and which of them a run saw.

A flag is one per (shop, kind, uid, rule). Its ``source`` says who finds it (``validation``, ``mapping`` …), because
only the finder can say that it is gone: a complete validation resolves the validation's flags that it no longer found
and leaves those of the mapping alone.

Recording again within a run (a retry) changes no count: a flag that was new for the run stays new for it. A flag's
texts are kept once, as last seen; a run keeps which flags it saw, not their texts.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Executable,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from abicart_specter.domain.records import Flag, ItemKey
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import by_kind, slices
from abicart_specter.ledger.models import FlagEntry, RunFlag
from abicart_specter.ledger.records import FlagChange, FlagChanges, RunKey
from abicart_specter.ledger.runs import row_id

VALIDATION = "validation"
MAX_OWNERS = 100
"""How many owners of a shared number one flag keeps; every owner has a flag of its own, so none is lost."""

_SLICE = 1000


# Built once: to build a statement takes longer than to run it.
_OF_SHOP = FlagEntry.shop == bindparam("of_shop")
_OF_SOURCE = and_(_OF_SHOP, FlagEntry.source == bindparam("of_source"))
_OF_ITEM = and_(FlagEntry.kind == bindparam("of_kind"), FlagEntry.uid == bindparam("of_uid"))
_ANY_OF_ITEM = select(FlagEntry.rule).where(_OF_SOURCE, _OF_ITEM).limit(1)
_KNOWN = select(
    FlagEntry.uid,
    FlagEntry.rule,
    FlagEntry.resolved_at,
    FlagEntry.resolved_run,
    FlagEntry.seen_mark,
).where(
    _OF_SHOP,
    FlagEntry.kind == bindparam("of_kind"),
    FlagEntry.uid.in_(bindparam("of_uids", expanding=True)),
)


def record_flags(
    db: Database,
    run: RunKey,
    flags: Iterable[Flag],
    *,
    complete: bool = False,
    checked: Collection[ItemKey] = (),
    source: str = VALIDATION,
) -> FlagChanges:
    """Records what was found and returns the run's counts for this source.

    :param flags: read once, in slices; of several for one item and rule the first is kept.
    :param complete: the whole catalogue was checked: this source's other flags of the shop are resolved.
    :param checked: without ``complete``: the items that were checked; their other flags of this source are resolved.
    """
    mark = secrets.randbits(62)  # tells this recording from every other; times may be equal
    with db.read() as connection:
        own = row_id(connection, run)
    for part in slices(flags, _SLICE):
        unique: dict[tuple[ItemKey, str], Flag] = {}
        for flag in part:
            unique.setdefault((flag.key, flag.rule), flag)
        _record_slice(db, run.shop, own, source, mark, [unique[key] for key in sorted(unique)])
    if complete:
        _resolve(db, run.shop, own, source, mark, None)
    else:
        for kind, uids in by_kind(checked):
            _resolve(db, run.shop, own, source, mark, and_(FlagEntry.kind == kind, FlagEntry.uid.in_(uids)))
    return flag_changes(db, run, source)


def store_flags_of(
    db: Database, connection: Connection, run: RunKey, key: ItemKey, flags: Iterable[Flag], source: str
) -> None:
    """``record_flags`` of one checked item inside a transaction that is open: its other flags are resolved."""
    told = {"of_shop": run.shop, "of_source": source, "of_kind": key.kind, "of_uid": key.uid}
    flags = list(flags)
    if not flags and connection.execute(_ANY_OF_ITEM, told).first() is None:
        return
    mark, own = secrets.randbits(62), row_id(connection, run)
    unique: dict[str, Flag] = {}
    for flag in flags:
        unique.setdefault(flag.rule, flag)
    if unique:
        _store_slice(db, connection, run.shop, own, source, mark, [unique[rule] for rule in sorted(unique)])
    resolve, forget = db.kept("resolve flags of one", lambda: _resolving(db, _OF_ITEM))
    told |= {"of_run": own, "of_mark": mark}
    connection.execute(resolve, told)
    connection.execute(forget, told)


def _record_slice(db: Database, shop: str, own: int, source: str, mark: int, flags: list[Flag]) -> None:
    with db.write() as connection:
        _store_slice(db, connection, shop, own, source, mark, flags)


def _store_slice(
    db: Database, connection: Connection, shop: str, own: int, source: str, mark: int, flags: list[Flag]
) -> None:
    now = db.now(connection)
    known = _known(connection, shop, own, {flag.key for flag in flags})
    # Within one recording the first flag of an item and rule is kept, also across slices.
    flags = [flag for flag in flags if (flag.key, flag.rule, mark) not in known.recorded]
    _put_flags(db, connection, [_row(flag, shop, source, now, mark) for flag in flags])
    _put_run_flags(
        db,
        connection,
        [
            {
                "run": own,
                "kind": flag.key.kind,
                "uid": flag.key.uid,
                "rule": flag.rule,
                "source": source,
                "change": known.change(flag),
                "seen_mark": mark,
            }
            for flag in flags
        ],
    )


class _Known(NamedTuple):
    """Flags of some items: those there are, those that an earlier run resolved, those a recording has seen."""

    all: set[tuple[ItemKey, str]]
    resolved: set[tuple[ItemKey, str]]
    recorded: set[tuple[ItemKey, str, int]]

    def change(self, flag: Flag) -> FlagChange:
        key = (flag.key, flag.rule)
        if key not in self.all:
            return FlagChange.NEW
        return FlagChange.REOPENED if key in self.resolved else FlagChange.STILL


def _known(connection: Connection, shop: str, own: int, keys: set[ItemKey]) -> _Known:
    known = _Known(set(), set(), set())
    for kind, uids in by_kind(keys):
        rows = connection.execute(_KNOWN, {"of_shop": shop, "of_kind": kind, "of_uids": uids})
        for uid, rule, resolved_at, resolved_run, mark in rows:
            key = (ItemKey(kind, uid), rule)
            known.all.add(key)
            known.recorded.add((*key, mark))
            if resolved_at is not None and resolved_run != own:
                known.resolved.add(key)
    return known


def _row(flag: Flag, shop: str, source: str, now: datetime, mark: int) -> dict[str, Any]:
    return {
        "shop": shop,
        "kind": flag.key.kind,
        "uid": flag.key.uid,
        "rule": flag.rule,
        "source": source,
        "severity": flag.severity,
        "message": flag.message,
        "remedy": flag.remedy,
        "product_number": flag.product_number,
        "suggestion": flag.suggestion,
        "owners": [[owner.kind.value, owner.uid] for owner in flag.owners[:MAX_OWNERS]],
        "first_seen": now,
        "last_seen": now,
        "resolved_at": None,
        "resolved_run": None,
        "seen_mark": mark,
    }


def _put_flags(db: Database, connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(db.kept("put flags", lambda: _putting(db.backend, tuple(rows[0]))), rows)


def _putting(backend: str, names: tuple[str, ...]) -> Executable:
    insert = upsert(backend, FlagEntry)
    kept = ("shop", "kind", "uid", "rule", "first_seen")
    renewed = {name: insert.excluded[name] for name in names if name not in kept}
    return insert.on_conflict_do_update(index_elements=["shop", "kind", "uid", "rule"], set_=renewed)


def _put_run_flags(db: Database, connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(db.kept("put run's flags", lambda: _putting_run(db.backend)), rows)


def _putting_run(backend: str) -> Executable:
    insert = upsert(backend, RunFlag)
    return insert.on_conflict_do_update(
        index_elements=["run", "kind", "uid", "rule"],
        set_={"seen_mark": insert.excluded.seen_mark, "source": insert.excluded.source},
    )


def _resolve(
    db: Database, shop: str, own: int, source: str, mark: int, among: ColumnElement[bool] | None
) -> None:
    with db.write() as connection:
        _store_resolved(db, connection, shop, own, source, mark, among)


def _store_resolved(
    db: Database,
    connection: Connection,
    shop: str,
    own: int,
    source: str,
    mark: int,
    among: ColumnElement[bool] | None,
) -> None:
    told = {"of_shop": shop, "of_source": source, "of_run": own, "of_mark": mark}
    for statement in _resolving(db, among):
        connection.execute(statement, told)


def _resolving(db: Database, among: ColumnElement[bool] | None) -> tuple[Update, Delete]:
    """Takes the parameters ``of_shop``, ``of_source``, ``of_run`` and ``of_mark``, and what ``among`` takes."""
    gone = and_(_OF_SOURCE, FlagEntry.seen_mark != bindparam("of_mark"))
    if among is not None:
        gone = and_(gone, among)
    same = and_(FlagEntry.kind == RunFlag.kind, FlagEntry.uid == RunFlag.uid, FlagEntry.rule == RunFlag.rule)
    resolve = (
        update(FlagEntry)
        .where(gone, FlagEntry.resolved_at.is_(None))
        .values(resolved_at=db.now_sql(), resolved_run=bindparam("of_run"))
    )
    # An earlier attempt of this run may have seen them: the run's list says what holds at its end.
    forget = delete(RunFlag).where(
        RunFlag.run == bindparam("of_run"),
        RunFlag.source == bindparam("of_source"),
        RunFlag.seen_mark != bindparam("of_mark"),
        exists().where(gone, same).correlate(RunFlag),
    )
    return resolve, forget


def flag_changes(db: Database, run: RunKey, source: str = VALIDATION) -> FlagChanges:
    """The run's flags of one source, counted by what they are to the runs before."""
    with db.read() as connection:
        own = row_id(connection, run)
        rows = connection.execute(
            select(RunFlag.change, func.count().label("items"))
            .where(RunFlag.run == own, RunFlag.source == source)
            .group_by(RunFlag.change)
        )
        counts = {row.change.value: row.items for row in rows}
        resolved = connection.execute(
            select(func.count()).where(
                FlagEntry.shop == run.shop, FlagEntry.source == source, FlagEntry.resolved_run == own
            )
        ).scalar_one()
    return FlagChanges(**counts, resolved=resolved)


def flag_counts(db: Database, run: RunKey) -> dict[str, int]:
    """How many flags the run saw of each rule."""
    with db.read() as connection:
        rows = connection.execute(
            select(RunFlag.rule, func.count().label("items"))
            .where(RunFlag.run == row_id(connection, run))
            .group_by(RunFlag.rule)
            .order_by(RunFlag.rule)
        )
        return {row.rule: row.items for row in rows}
