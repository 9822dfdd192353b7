"""What the scan found, how far it read, and what is due again (rules 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, bindparam, case, func, or_, select, text, update

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.order_answers import ForeignMark
from abicart_specter.ledger.order_models import OrderScan, OrderSync, RunOrderRow
from abicart_specter.ledger.order_records import DueFor, DueOrder, FoundOrder, ScanState
from abicart_specter.ledger.order_rules import OPEN_STATES, UNSENT, OrderState, WriteBack
from abicart_specter.ledger.orders.rows import uid_slices
from abicart_specter.ledger.rebuild.unseen import ask_about_unseen
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.runs import row_id


def record_found(db: Database, run: RunKey, orders: Sequence[FoundOrder]) -> set[int]:
    """Records orders and that this run found them, in one transaction. Returns the uids the ledger did not know.

    Of a known order the shop's mark and whether it is discarded are renewed, and the customer key as long as nothing
    of it was written; nothing else, and never its state.
    """
    unique = {order.uid: order for order in orders}
    if not unique:
        return set()
    with db.write() as connection:
        own, now = row_id(connection, run), db.now(connection)
        known: set[int] = set()
        later: set[int] = set()
        for part in uid_slices(unique):
            rows = connection.execute(
                select(OrderSync.uid, func.max(OrderSync.generation))
                .where(OrderSync.shop == run.shop, OrderSync.uid.in_(part))
                .group_by(OrderSync.uid)
            )
            for uid, generation in rows:
                known.add(uid)
                if generation > 1:
                    later.add(uid)
        in_order = [unique[uid] for uid in sorted(unique)]
        connection.execute(_found(db.backend), [found_row(run.shop, order, now) for order in in_order])
        if later:
            connection.execute(
                _renew_later(),
                [_renewed(run.shop, order) for order in in_order if order.uid in later],
            )
        ask_about_unseen(db, connection, run.shop, [one for one in in_order if one.uid not in known])
        connection.execute(
            upsert(db.backend, RunOrderRow).on_conflict_do_nothing(),
            [run_row(own, order) for order in in_order],
        )
    return set(unique) - known


def add_to_run(db: Database, run: RunKey, uids: Iterable[int]) -> None:
    """Puts orders that the ledger knows into the run's found set (what is due again; what somebody asked for)."""
    columns = (
        OrderSync.uid,
        OrderSync.partition,
        OrderSync.customer_key,
        OrderSync.number,
        OrderSync.ordered_at,
    )
    parts = list(uid_slices(uids))
    if not parts:
        return
    with db.write() as connection:
        own = row_id(connection, run)
        for part in parts:
            wanted = select(*columns).where(
                OrderSync.shop == run.shop, OrderSync.uid.in_(part), OrderSync.superseded.is_(False)
            )
            rows = [{"run": own, **row._mapping} for row in connection.execute(wanted)]
            if rows:
                connection.execute(upsert(db.backend, RunOrderRow).on_conflict_do_nothing(), rows)


def scan_state(db: Database, shop: str) -> ScanState:
    """How far the shop's orders were read."""
    wanted = select(OrderScan.scanned_to, OrderScan.swept_to, OrderScan.changes_checked_to)
    with db.read() as connection:
        row = connection.execute(wanted.where(OrderScan.shop == shop)).first()
    return ScanState() if row is None else ScanState(*row)


def move_forward(db: Database, shop: str, column: str, to: datetime) -> None:
    """Moves one of the times of ``ScanState`` forward; a time before the one on record changes nothing."""
    insert = upsert(db.backend, OrderScan).values(shop=shop, **{column: to})
    kept = getattr(OrderScan, column)
    with db.write() as connection:
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["shop"],
                set_={column: insert.excluded[column]},
                where=or_(kept.is_(None), kept < insert.excluded[column]),
            )
        )


def due(
    db: Database,
    shop: str,
    now: datetime,
    *,
    trusted: bool,
    settle_seconds: float,
    write_back: bool,
    max_repeats: int,
) -> list[DueOrder]:
    """The orders to take up again, oldest first; see ``OrderLedger.due``."""
    newest = and_(OrderSync.shop == shop, OrderSync.superseded.is_(False))
    allowed: ColumnElement[bool] = OrderSync.resend_allowed.is_(True)
    if trusted:
        settled = OrderSync.state_since <= now - timedelta(seconds=settle_seconds)
        allowed = or_(allowed, and_(OrderSync.repeats < max_repeats, settled))
    choices = [
        (DueFor.SENDING, OrderSync.state.in_(sorted(OPEN_STATES))),
        (DueFor.REPEATING, and_(OrderSync.state == OrderState.UNCONFIRMED, allowed)),
    ]
    if write_back:
        choices.append((DueFor.WRITING_BACK, OrderSync.write_back == WriteBack.PENDING))
    columns = (
        OrderSync.ordered_at,
        OrderSync.uid,
        OrderSync.number,
        OrderSync.partition,
        OrderSync.state,
        OrderSync.state_since,
    )
    found: list[tuple[Any, DueFor]] = []
    with db.read() as connection:
        for due_for, condition in choices:
            rows = connection.execute(select(*columns).where(newest, condition))
            found.extend((row, due_for) for row in rows)
    found.sort(key=lambda pair: (pair[0].ordered_at, pair[0].uid))
    return [
        DueOrder(row.uid, row.number, row.partition, row.state, due_for, row.state_since)
        for row, due_for in found
    ]


def missing_of(db: Database, shop: str, uids: Iterable[int]) -> set[int]:
    """Those of the uids that the ledger has no row of."""
    wanted = set(uids)
    with db.read() as connection:
        known: set[int] = set()
        for part in uid_slices(wanted):
            rows = select(OrderSync.uid).where(OrderSync.shop == shop, OrderSync.uid.in_(part))
            known.update(connection.execute(rows).scalars())
    return wanted - known


def known_between(db: Database, shop: str, since: datetime, until: datetime) -> set[int]:
    """The uids of the orders on record that were placed in [since, until)."""
    wanted = select(OrderSync.uid).where(
        OrderSync.shop == shop, OrderSync.ordered_at >= since, OrderSync.ordered_at < until
    )
    with db.read() as connection:
        return set(connection.execute(wanted).scalars())


def foreign_marks(db: Database, shop: str, since: datetime, limit: int) -> list[ForeignMark]:
    """Orders placed since then whose mark in the shop is no number of ours, oldest first.

    Ours are numbers that Specter answered, that a refusal pointed at, or that a person linked; a number that was
    only read from the mark itself is not.
    """
    own = OrderSync.__table__.alias("own")
    ours = (
        select(own.c.uid)
        .where(
            own.c.shop == OrderSync.shop,
            own.c.uid == OrderSync.uid,
            own.c.specter_order_no == OrderSync.external_mark,
            or_(own.c.linked_by.is_(None), own.c.linked_by != "mark"),
        )
        .correlate(OrderSync)
    )
    wanted = (
        select(OrderSync.uid, OrderSync.number, OrderSync.ordered_at, OrderSync.external_mark)
        .where(
            OrderSync.shop == shop,
            OrderSync.superseded.is_(False),
            OrderSync.ordered_at >= since,
            OrderSync.external_mark != "",
            ~ours.exists(),
        )
        .order_by(OrderSync.ordered_at, OrderSync.uid)
        .limit(limit)
    )
    with db.read() as connection:
        return [ForeignMark(*row) for row in connection.execute(wanted)]


def found_row(shop: str, order: FoundOrder, now: datetime) -> dict[str, Any]:
    """The columns of an order that was found just now."""
    return {
        "shop": shop,
        "uid": order.uid,
        "generation": 1,
        "number": order.number,
        "ordered_at": order.ordered_at,
        "found_at": now,
        "customer_key": order.customer_key,
        "partition": order.partition,
        "external_mark": order.external_mark,
        "discarded": order.discarded,
        **fresh(now),
    }


def fresh(now: datetime) -> dict[str, Any]:
    """The other columns of a generation of which nothing was decided or done."""
    return {
        "superseded": False,
        "state": OrderState.NEW,
        "state_since": now,
        "reason": "",
        "rule": "",
        "remedy": "",
        "other_numbers": [],
        "attempt_hashes": [],
        "repeat": False,
        "repeats": 0,
        "resend_allowed": False,
        "version_unknown": False,
        "write_back": WriteBack.NONE,
        "write_back_tries": 0,
        "write_back_words": "",
    }


def _renewed(shop: str, order: FoundOrder) -> dict[str, Any]:
    return {
        "of_shop": shop,
        "of_uid": order.uid,
        "new_mark": order.external_mark,
        "new_discarded": order.discarded,
    }


def run_row(own: int, order: FoundOrder) -> dict[str, Any]:
    """The columns by which it belongs to the found set of a run."""
    return {
        "run": own,
        "uid": order.uid,
        "partition": order.partition,
        "customer_key": order.customer_key,
        "number": order.number,
        "ordered_at": order.ordered_at,
    }


@cache
def _found(backend: str) -> Executable:
    insert = upsert(backend, OrderSync)
    # A write under way, or one that may have arrived, belongs to the key under which it was made.
    # The words are written into the statement: as parameters they would be bound anew for every row.
    unsent = text(f"order_sync.state IN ({', '.join(repr(state.value) for state in sorted(UNSENT))})")
    return insert.on_conflict_do_update(
        index_elements=["shop", "uid", "generation"],
        set_={
            "external_mark": insert.excluded.external_mark,
            "discarded": insert.excluded.discarded,
            **{
                name: case((unsent, insert.excluded[name]), else_=getattr(OrderSync, name))
                for name in ("customer_key", "partition")
            },
        },
    )


@cache
def _renew_later() -> Executable:
    return (
        update(OrderSync)
        .where(
            OrderSync.shop == bindparam("of_shop"),
            OrderSync.uid == bindparam("of_uid"),
            OrderSync.generation > 1,
        )
        .values(external_mark=bindparam("new_mark"), discarded=bindparam("new_discarded"))
    )
