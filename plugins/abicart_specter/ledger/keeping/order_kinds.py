"""What goes of orders: detail, never the row that says what became of an order (rule 3).

Nor what an order needs of which it is not known whether Specter has it, nor the tracking number of one that is still to
be acted on, or that a shop has not taken in. An order that no shop has found is looked for at least a month, whatever
the setting; after that it is another channel's, and its parcel number goes like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from abicart_specter.ledger.alerts.models import AlarmRow, MessageRow
from abicart_specter.ledger.keeping.kinds import Kind
from abicart_specter.ledger.keeping.records import Keep
from abicart_specter.ledger.models import InboxRow, LeaseRow
from abicart_specter.ledger.order_models import OrderChangeRow, OrderSync
from abicart_specter.ledger.order_rules import SETTLED, OrderState
from abicart_specter.ledger.orders.begin import lease_name
from abicart_specter.ledger.status.told import FUNCTION, TRACKING
from abicart_specter.ledger.status_models import OrderStatusRow, OrderStatusScan
from abicart_specter.ledger.status_records import StatusState

_LEASE_DAYS = 30
"""A process that was presumed dead does not come back after so long, so a lease's attempt number may start again."""

_LOOKED_FOR_DAYS = 30
_LOOKED_FOR = (StatusState.UNMATCHED, StatusState.UNCLEAR)
_ACTED_ON = (StatusState.NEW, StatusState.WRITING, StatusState.WAITING)
"""States in which what Specter told of an order is still to be written to the shop."""


def order_kinds(shop: str, keep: Keep, now: datetime) -> Iterator[Kind]:
    """Of one shop: detail of orders in Specter, changes closed, messages said, alarms over, leases given back."""
    long_ago = now - timedelta(days=keep.detail_days)
    yield Kind(
        "order_details",
        OrderSync,
        and_(OrderSync.shop == shop, or_(OrderSync.snapshot.is_not(None), OrderSync.proof.is_not(None))),
        and_(OrderSync.state.in_(sorted(SETTLED)), OrderSync.sent_at < long_ago),
        func.coalesce(OrderSync.sent_at, OrderSync.found_at),
        emptied={"snapshot": None, "proof": None},
    )
    yield Kind(
        "order_changes",
        OrderChangeRow,
        OrderChangeRow.shop == shop,
        OrderChangeRow.closed_at < long_ago,
        func.coalesce(OrderChangeRow.closed_at, OrderChangeRow.first_seen),
    )
    yield Kind("messages", MessageRow, MessageRow.shop == shop, MessageRow.at < long_ago, MessageRow.at)
    yield Kind(
        "alarms",
        AlarmRow,
        and_(AlarmRow.shop == shop, AlarmRow.closed_at.is_not(None)),
        AlarmRow.closed_at < long_ago,
        AlarmRow.closed_at,
    )
    yield Kind(
        "leases",
        LeaseRow,
        LeaseRow.name.startswith(lease_name(shop, ""), autoescape=True),
        and_(LeaseRow.released_at < now - timedelta(days=_LEASE_DAYS), ~_lease_of_an_open_write(shop)),
        LeaseRow.acquired_at,
    )


def tracking_kinds(shop: str, keep: Keep, now: datetime) -> Iterator[Kind]:
    """Tracking numbers, which lead to a person's parcel: with the shop's orders, and in the inbox of the queue."""
    long_ago = now - timedelta(days=keep.detail_days)
    queue_days = keep.detail_days if keep.queue_detail_days is None else keep.queue_detail_days
    yield Kind(
        "tracking",
        OrderStatusRow,
        and_(
            OrderStatusRow.shop == shop,
            or_(OrderStatusRow.tracking_number != "", OrderStatusRow.tracking_written != ""),
        ),
        and_(OrderStatusRow.told_at < long_ago, ~_needed(keep, now)),
        OrderStatusRow.told_at,
        emptied={"tracking_number": "", "tracking_written": ""},
    )
    yield Kind(
        "tracking_told",
        InboxRow,
        and_(
            InboxRow.function == FUNCTION,
            InboxRow.field == TRACKING,
            InboxRow.value.is_not(None),
            of_queues(keep, InboxRow.account),
        ),
        and_(
            InboxRow.seen_at < now - timedelta(days=queue_days),
            ~_needed_by_a_shop(keep, now),
            ~_not_taken_in(),
        ),
        InboxRow.seen_at,
        emptied={"value": None},
    )


def of_queues(keep: Keep, account: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """What belongs to the queues that this clean-up is about, by the column that names the account."""
    return true() if keep.sbm_id is None else account.startswith(f"{keep.sbm_id}/", autoescape=True)


def _lease_of_an_open_write(shop: str) -> ColumnElement[bool]:
    return exists().where(
        OrderSync.shop == shop,
        OrderSync.state.in_([OrderState.INTENT, OrderState.UNCONFIRMED]),
        OrderSync.intent_lease == LeaseRow.name,
    )


def _needed(keep: Keep, now: datetime) -> ColumnElement[bool]:
    """What was told of an order is to be acted on, or the order may still be found."""
    looked_for = now - timedelta(days=max(keep.detail_days, _LOOKED_FOR_DAYS))
    return or_(
        OrderStatusRow.state.in_(_ACTED_ON),
        and_(OrderStatusRow.state.in_(_LOOKED_FOR), OrderStatusRow.told_at >= looked_for),
    )


def _needed_by_a_shop(keep: Keep, now: datetime) -> ColumnElement[bool]:
    return exists().where(OrderStatusRow.order_no == InboxRow.product_number, _needed(keep, now))


def _not_taken_in() -> ColumnElement[bool]:
    """A shop of the account reads its orders, and did not come to this row yet."""
    scan = aliased(OrderStatusScan)
    return exists(select(scan.shop).where(scan.account == InboxRow.account, scan.to_row < InboxRow.id))
