"""Orders into a ledger that lost them: what is known of each, in one transaction per page.

These are the only moves of an order's state beside those of ``order_rules``: what the ledger says of an order that did
not go is worth nothing once it was lost, so that such an order may be linked, or come into question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.order_models import CustomerSync, OrderSync, RunOrderRow
from abicart_specter.ledger.order_records import FoundOrder, OrderRecord
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState, WriteBack, numbered, outcome_of
from abicart_specter.ledger.orders.found import found_row, run_row
from abicart_specter.ledger.orders.rows import RECORD_COLUMNS, change, record, uid_slices
from abicart_specter.ledger.outcomes import store_outcomes
from abicart_specter.ledger.rebuild.records import RebuildRules, Rebuilt, Verdict
from abicart_specter.ledger.rebuild.rules import judge_order, looks_like_specters
from abicart_specter.ledger.rebuild.unseen import in_question
from abicart_specter.ledger.records import OutcomeRecord, RunKey
from abicart_specter.ledger.runs import row_id

BY = "rebuild"
"""``linked_by`` of an order that was linked here."""
ASKED = "the ledger that knew what became of it is lost, and the shop shows no number of Specter's on it."
ODD = {
    Verdict.ASKED: ASKED,
    Verdict.PERSON: "the ledger that knew what became of it is lost, and the shop shows a number on it that cannot be "
    "its number in Specter, or that another order has.",
}


@dataclass(frozen=True, slots=True)
class _Judged:
    found: FoundOrder
    known: OrderRecord | None
    verdict: Verdict
    words: str = ""
    external_no: str | None = None

    def told(self) -> Rebuilt:
        order = self.found
        return Rebuilt(
            order.uid, order.number, order.ordered_at, self.verdict, order.external_mark, self.words
        )


def preview(db: Database, shop: str, orders: Sequence[FoundOrder], rules: RebuildRules) -> list[Rebuilt]:
    """What ``take_in`` would make of them; writes nothing."""
    with db.read() as connection:
        return [one.told() for one in _judge(connection, shop, orders, rules)]


def take_in(
    db: Database,
    run: RunKey,
    orders: Sequence[FoundOrder],
    rules: RebuildRules,
    changed: Mapping[int, datetime | None],
) -> list[Rebuilt]:
    """Stores a page of orders with the run's outcomes; done again, it changes nothing.

    :param changed: when the shop last changed each: a number in it was there by then.
    """
    if not orders:
        return []
    with db.write() as connection:
        own, now = row_id(connection, run), db.now(connection)
        judged = _judge(connection, run.shop, orders, rules, lock=True)
        for one in judged:
            _store(connection, run.shop, one, rules, changed.get(one.found.uid), now)
        _customers_in_question(db, connection, run.shop, judged)
        mine = [one for one in judged if one.verdict is not Verdict.LEFT]
        if mine:
            connection.execute(
                upsert(db.backend, RunOrderRow).on_conflict_do_nothing(),
                [run_row(own, one.found) for one in mine],
            )
            store_outcomes(db, connection, run, [_outcome(one) for one in mine])
        return [one.told() for one in judged]


def open_orders(db: Database, shop: str) -> list[int]:
    """The uids of orders of which the ledger says that they did not go, or that nobody knows."""
    states = [*(UNSENT - {OrderState.EXCLUDED}), OrderState.INTENT, OrderState.UNCONFIRMED]
    wanted = select(OrderSync.uid).where(
        OrderSync.shop == shop, OrderSync.superseded.is_(False), OrderSync.state.in_(sorted(states))
    )
    with db.read() as connection:
        return list(connection.execute(wanted.order_by(OrderSync.ordered_at, OrderSync.uid)).scalars())


def _judge(
    connection: Connection,
    shop: str,
    orders: Sequence[FoundOrder],
    rules: RebuildRules,
    *,
    lock: bool = False,
) -> list[_Judged]:
    unique = {order.uid: order for order in orders}
    known = _known(connection, shop, unique, lock=lock)
    marks = _owners(connection, shop, "specter_order_no", {order.external_mark for order in unique.values()})
    plain = {order.uid: numbered(rules.prefix, order.number, 1) for order in unique.values()}
    numbers = _owners(connection, shop, "external_no", set(plain.values()))
    judged = []
    # In the order in which they were placed: of two with one number, the first is the one that has it.
    for order in sorted(unique.values(), key=lambda one: (one.ordered_at, one.uid)):
        row, mark = known.get(order.uid), order.external_mark
        taken = marks.get(mark, order.uid) != order.uid
        verdict = judge_order(order, None if row is None else row.state, rules, mark_is_taken=taken)
        if verdict is Verdict.LINKED:
            marks.setdefault(mark, order.uid)
        if row is not None and row.state is OrderState.LINKED and row.linked_by == BY:
            verdict = Verdict.LINKED  # by an earlier try
        own = row.external_no if row is not None else None
        if own is None and numbers.setdefault(plain[order.uid], order.uid) == order.uid:
            own = plain[order.uid]
        judged.append(_Judged(order, row, verdict, _words(order, row, verdict, rules), own))
    return judged


def _words(order: FoundOrder, row: OrderRecord | None, verdict: Verdict, rules: RebuildRules) -> str:
    if verdict is Verdict.KEPT and row is not None and row.state in SETTLED:
        known = {row.specter_order_no, *row.other_numbers}
        if (
            order.external_mark
            and order.external_mark not in known
            and looks_like_specters(order.external_mark, rules)
        ):
            return (
                f"the shop shows Specter order {order.external_mark}, the ledger has "
                f"{row.specter_order_no or 'no number'}: look at both in Specter"
            )
        return ""
    if verdict is Verdict.CANCELLED:
        return "cancelled in the shop, and without a number: if Specter has it, cancel it there"
    return ODD.get(verdict, "")


def _store(
    connection: Connection,
    shop: str,
    one: _Judged,
    rules: RebuildRules,
    changed: datetime | None,
    now: datetime,
) -> None:
    order, row = one.found, one.known
    values: dict[str, Any] = {"external_mark": order.external_mark, "discarded": order.discarded}
    if one.verdict is Verdict.LINKED and (row is None or row.state not in SETTLED):
        values |= {
            "state": OrderState.LINKED,
            "state_since": now,
            "specter_order_no": order.external_mark,
            "external_no": one.external_no,
            "linked_by": BY,
            "write_back": WriteBack.DONE,
            # A number in the shop was there when the order was last changed; it went before that.
            "sent_at": min(rules.cut, max(changed, order.ordered_at)) if changed is not None else rules.cut,
            "resend_allowed": False,
            "reason": f"linked to Specter order {order.external_mark}, which the shop shows",
            "rule": "",
            "remedy": "",
        }
    elif one.verdict in (Verdict.ASKED, Verdict.PERSON):
        repeatable = rules.repeatable and one.verdict is Verdict.ASKED
        values |= in_question(order, one.words, now, repeatable=repeatable)
        values["external_no"] = one.external_no
        if row is not None:
            values["repeats"] = max(values["repeats"], row.repeats)
            if row.state is OrderState.UNCONFIRMED:
                values["state_since"] = row.state_since
    elif one.verdict is Verdict.CANCELLED:
        values |= {
            "state": OrderState.EXCLUDED,
            "state_since": now,
            "reason": f"Order {order.number}: {one.words}.",
            "rule": "discarded",
            "remedy": "",
        }
    if row is not None:
        change(connection, shop, row, values)
    else:
        connection.execute(insert(OrderSync).values({**found_row(shop, order, now), **values}))


def _customers_in_question(
    db: Database, connection: Connection, shop: str, judged: Sequence[_Judged]
) -> None:
    """Of an order that may be there, its customer may be there too: no second one is made when it is repeated
    (rule 16)."""
    keys = sorted(
        {one.found.customer_key for one in judged if one.verdict in (Verdict.ASKED, Verdict.PERSON)}
    )
    if keys:
        connection.execute(
            upsert(db.backend, CustomerSync).on_conflict_do_nothing(),
            [{"shop": shop, "customer_key": key, "open_intents": 1} for key in keys],
        )


def _outcome(one: _Judged) -> OutcomeRecord:
    order, row = one.found, one.known
    outcome = {
        Verdict.LINKED: Outcome.LINKED,
        Verdict.ASKED: Outcome.UNCONFIRMED,
        Verdict.PERSON: Outcome.UNCONFIRMED,
        Verdict.CANCELLED: Outcome.EXCLUDED,
    }.get(one.verdict)
    if outcome is None:
        outcome = outcome_of(row.state) if row is not None else Outcome.FAILED
    words = f"linked to Specter order {order.external_mark}" if outcome is Outcome.LINKED else one.words
    return OutcomeRecord(ItemKey(Kind.ORDER, order.uid), order.number, outcome, words, "", "")


def _known(
    connection: Connection, shop: str, uids: Mapping[int, FoundOrder], *, lock: bool
) -> dict[int, OrderRecord]:
    rows: dict[int, OrderRecord] = {}
    for part in uid_slices(uids):
        wanted = select(*RECORD_COLUMNS).where(
            OrderSync.shop == shop, OrderSync.uid.in_(part), OrderSync.superseded.is_(False)
        )
        found = connection.execute(wanted.order_by(OrderSync.uid).with_for_update() if lock else wanted)
        rows.update({row.uid: record(row) for row in found})
    return rows


def _owners(connection: Connection, shop: str, column: str, values: set[str]) -> dict[str, int]:
    """Which order has each of these numbers already."""
    owners: dict[str, int] = {}
    wanted = sorted(values - {""})
    for start in range(0, len(wanted), 500):
        named = getattr(OrderSync, column)
        rows = connection.execute(
            select(named, OrderSync.uid).where(OrderSync.shop == shop, named.in_(wanted[start : start + 500]))
        )
        for value, uid in rows:
            owners.setdefault(value, uid)
    return owners
