"""The tables of order status, as typed models. The migrations build the same; a test compares them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.ledger.column_types import Word
from abicart_specter.ledger.models import BY_KEY, Base
from abicart_specter.ledger.status_records import StatusState


class OrderStatusRow(Base):
    """What Specter told of one of its orders, newest, and what came of it. Never deleted.

    ``deliveries_changed`` once true stays so: a later batch says "no" when nothing changed since.
    Tracking numbers are emptied by the clean-up like other personal detail.
    """

    __tablename__ = "order_status"
    __table_args__ = (Index(None, "shop", "state"), Index(None, "shop", "uid"), BY_KEY)
    shop: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    status_id: Mapped[str]
    delivery_status: Mapped[str]
    deliveries_changed: Mapped[bool]
    tracking_number: Mapped[str]
    told_row: Mapped[int]
    told_at: Mapped[datetime]
    uid: Mapped[int | None]
    generation: Mapped[int | None] = mapped_column(SmallInteger)
    number: Mapped[str]
    state: Mapped[StatusState] = mapped_column(Word(StatusState))
    rule: Mapped[str]
    words: Mapped[str]
    remedy: Mapped[str]
    state_since: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    tracking_written: Mapped[str]


class OrderStatusScan(Base):
    """Up to which inbox row a shop has taken in what an account's order queue told.

    ``settings_key`` tells with which settings the orders that wait for people were last judged.
    """

    __tablename__ = "order_status_scan"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    to_row: Mapped[int]
    settings_key: Mapped[str]
