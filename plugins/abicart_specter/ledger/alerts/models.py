"""The tables of alarms: causes, messages about them, who took which message, red runs.

Nothing here is personal: messages name products, orders and runs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.ledger.alerts.records import Channel
from abicart_specter.ledger.column_types import Document, Word
from abicart_specter.ledger.models import BY_KEY, Base


class AlarmRow(Base):
    """A cause of trouble, open or over (rule 12). The newest opening of a cause replaces the one before."""

    __tablename__ = "alarm"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    opened_at: Mapped[datetime]
    reminders: Mapped[int]
    closed_at: Mapped[datetime | None]
    facts: Mapped[Any | None] = mapped_column(Document)
    """What the texts of its messages are filled with: plain JSON."""


class MessageRow(Base):
    """What was said about an alarm, with the facts as they were then."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "shop", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str]
    cause: Mapped[str]
    kind: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]
    facts: Mapped[Any | None] = mapped_column(Document)


class MessageDelivery(Base):
    """A channel has taken a message (or never needs to: it was said before the channel was set up)."""

    __tablename__ = "message_delivery"
    __table_args__ = (BY_KEY,)
    message: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(Word(Channel), primary_key=True)
    delivered_at: Mapped[datetime]


class AlarmChannel(Base):
    """A channel of a shop: since when it is set up, and since when it takes nothing."""

    __tablename__ = "alarm_channel"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(Word(Channel), primary_key=True)
    since: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime | None]
    words: Mapped[str]


class RedRun(Base):
    """A run of a DAG that Airflow told us was red, as soon as it was."""

    __tablename__ = "red_run"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    ended_at: Mapped[datetime]


class RunWatch(Base):
    """How many red and green runs of a flow Airflow had when it was looked at: what is more since then is news."""

    __tablename__ = "run_watch"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(primary_key=True)
    red: Mapped[int]
    green: Mapped[int]
    looked_at: Mapped[datetime]
