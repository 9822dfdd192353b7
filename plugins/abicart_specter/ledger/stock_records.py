"""The typed records of the stock import that go in and out of the ledger. All times are aware and in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from abicart_specter.domain.imports.stock import OrderLine
from abicart_specter.domain.imports.stock_guard import StockChange
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.order_rules import OrderState

GIVEN_BACK = "an order gave pieces of it back in the shop"
"""Why a product number is open: the shop's stock has moved, whatever Specter's figure says."""


@dataclass(frozen=True, slots=True)
class ExportedItem:
    """An item that Specter has by a confirmed write of ours.

    :param managed_at_first: whether the shop managed its stock when it was exported first; ``None``: nobody knows.
    """

    key: ItemKey
    product_number: str
    managed_at_first: bool | None


@dataclass(frozen=True, slots=True)
class SettledStock:
    """What was last made of Specter's figure for an item.

    :param quantity: Specter's figure; ``opened_after`` tells which orders are surely in it, ``row_id`` which row it is.
    :param subtracted: what live orders took of it; ``orders`` are their uids.
    :param shop_stock: what the shop showed when it was settled.
    """

    key: ItemKey
    article_uid: int
    product_number: str
    quantity: Decimal
    opened_after: datetime | None
    row_id: int
    subtracted: Decimal
    orders: tuple[int, ...]
    shop_stock: int
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """Where an order (its newest generation) stands. ``sent_at``: when the ledger heard that Specter has it."""

    uid: int
    number: str
    ordered_at: datetime
    state: OrderState
    rule: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderLines:
    """Lines of orders, and where each of those orders stands."""

    lines: tuple[OrderLine, ...] = ()
    orders: dict[int, LiveOrder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrdersRead:
    """Up to when every order placed is in the ledger, and every change of one was taken in; ``None``: never."""

    found_to: datetime | None = None
    changed_to: datetime | None = None


class StockState(StrEnum):
    """What became of a planned change of stock."""

    PLANNED = "planned"
    WRITING = "writing"
    """A write is under way, or its task died: it is looked at again."""
    WRITTEN = "written"
    EQUAL = "equal"
    """The shop showed that stock already when it came to the write."""
    VOIDED = "voided"
    """Specter told a newer figure meanwhile; the next run plans with it (rule 30)."""
    HELD = "held"
    REFUSED = "refused"
    """A person said no, or nobody answered in time."""
    FAILED = "failed"


SETTLED_STATES = frozenset({StockState.WRITTEN, StockState.EQUAL})


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A planned change with what became of it."""

    change: StockChange
    state: StockState
    words: str


@dataclass(frozen=True, slots=True)
class ChangeNews:
    """What is to be said of a planned change: its state, and what was written where that is not what was planned."""

    key: ItemKey
    state: StockState
    words: str = ""
    after: int | None = None
    subtracted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HeldStock:
    """A told figure that is not written, and what a person can do. ``key`` is ``None`` when no item is known."""

    product_number: str
    rule: str
    message: str
    remedy: str
    key: ItemKey | None = None
    figure: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StockPlan:
    """A run's plan with the guard's reasons, and a person's decision if there is one."""

    plan_hash: str
    changes: int
    emptied: int
    managed: int
    reasons: Sequence[str]
    approved: bool | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
