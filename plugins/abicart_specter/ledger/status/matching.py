"""Which order of the shop a Specter order is (rule 28): by the number that Specter answered or that was linked.

Only one that is surely meant is acted on. An earlier version of an order that was sent again, a number that several
orders have, an order with two numbers: for people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, select, update

from abicart_specter.domain.imports.status_match import Match, OwnOrder, match_of
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.order_models import OrderSync
from abicart_specter.ledger.status_models import OrderStatusRow
from abicart_specter.ledger.status_records import StatusState

_SLICE = 500
_SEARCHED = (StatusState.UNMATCHED, StatusState.UNCLEAR)
_OPEN = (
    StatusState.NEW,
    StatusState.WRITING,
    StatusState.WAITING,
    StatusState.LISTED,
    StatusState.UNKNOWN,
    StatusState.REFUSED,
)


def match(db: Database, shop: str, others: Collection[str] = ()) -> int:
    """Finds the shop's orders by their Specter numbers; returns how many were matched by this call.

    What is still open about an order that was sent again since is let go of first, and judged anew.

    :param others: further shops of this ledger on the same Specter account.
    """
    with db.write() as connection:
        _let_go(db, connection, shop)
        now = db.now(connection)
        own = _owners(connection, shop, shop)
        matched = sum(
            _record(connection, shop, number, match_of(number, found), now) for number, found in own.items()
        )
        for other in sorted(set(others) - {shop}):
            for part in slices(sorted(_owners(connection, shop, other)), _SLICE):
                connection.execute(
                    update(OrderStatusRow)
                    .where(
                        OrderStatusRow.shop == shop,
                        OrderStatusRow.order_no.in_(part),
                        OrderStatusRow.state == StatusState.UNMATCHED,
                    )
                    .values(state=StatusState.ELSEWHERE, state_since=now, words=f"an order of shop {other}")
                )
    return matched


def _let_go(db: Database, connection: Connection, shop: str) -> None:
    """What is open about a version of an order that is not the newest any more, or that got a second number."""
    changed = exists().where(
        OrderSync.shop == OrderStatusRow.shop,
        OrderSync.uid == OrderStatusRow.uid,
        OrderSync.generation == OrderStatusRow.generation,
        OrderSync.superseded.is_(True) | (OrderSync.other_numbers != []),
    )
    connection.execute(
        update(OrderStatusRow)
        .where(
            OrderStatusRow.shop == shop,
            OrderStatusRow.state.in_(_OPEN),
            OrderStatusRow.uid.is_not(None),
            changed.correlate(OrderStatusRow),
        )
        .values(
            state=StatusState.UNMATCHED, uid=None, generation=None, number="", state_since=db.now(connection)
        )
    )


def _owners(connection: Connection, shop: str, owner: str) -> dict[str, list[OwnOrder]]:
    """Specter number → the versions of ``owner``'s orders that have it, of the numbers that ``shop`` looks for."""
    columns = (
        OrderSync.uid,
        OrderSync.generation,
        OrderSync.superseded,
        OrderSync.number,
        OrderSync.specter_order_no,
        OrderSync.other_numbers,
    )
    found: dict[str, list[OwnOrder]] = {}
    by_number = and_(OrderSync.shop == owner, OrderSync.specter_order_no == OrderStatusRow.order_no)
    searched = (OrderStatusRow.shop == shop, OrderStatusRow.state.in_(_SEARCHED))
    wanted = select(OrderStatusRow.order_no, *columns).join(OrderSync, by_number).where(*searched)
    for row in connection.execute(wanted):
        found.setdefault(row.order_no, []).append(_own(row))
    doubles = connection.execute(
        select(*columns).where(OrderSync.shop == owner, OrderSync.other_numbers != [])
    ).all()
    second = {str(number): row for row in doubles for number in row.other_numbers}
    for part in slices(sorted(second), _SLICE):
        told = connection.execute(
            select(OrderStatusRow.order_no).where(*searched, OrderStatusRow.order_no.in_(part))
        ).scalars()
        for number in told:
            found.setdefault(number, []).append(_own(second[number]))
    return found


def _own(row: Any) -> OwnOrder:
    return OwnOrder(
        row.uid,
        row.generation,
        row.superseded,
        row.number,
        row.specter_order_no or "",
        bool(row.other_numbers),
    )


def _record(connection: Connection, shop: str, number: str, found: Match, now: datetime) -> int:
    if found.order is not None:
        values: Mapping[str, Any] = {
            "state": StatusState.NEW,
            "uid": found.order.uid,
            "generation": found.order.generation,
            "number": found.order.number,
            "rule": "",
            "words": "",
            "remedy": "",
        }
    else:
        values = {
            "state": StatusState.UNCLEAR,
            "uid": found.about,
            "number": found.number,
            "rule": found.rule,
            "words": found.words,
            "remedy": found.remedy,
        }
    same = [getattr(OrderStatusRow, name) == value for name, value in values.items() if value is not None]
    connection.execute(
        update(OrderStatusRow)
        .where(OrderStatusRow.shop == shop, OrderStatusRow.order_no == number, ~and_(*same))
        .values(state_since=now, **values)
    )
    return int(found.order is not None)


__all__: Sequence[str] = ["match"]
