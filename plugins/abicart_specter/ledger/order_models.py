"""The tables of orders and customers, as typed models. The migrations build the same; a test compares them.

Nothing here is personal but what a person typed as a reason: buyers are HMACs, contents are hashes, a snapshot holds
products and amounts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.ledger.column_types import Document, Word
from abicart_specter.ledger.models import BY_KEY, Base
from abicart_specter.ledger.order_rules import OrderState, WriteBack


class OrderSync(Base):
    """One generation of an order. The row is never deleted: it says that this order went (rule 3).

    ``superseded`` marks all generations but the newest.
    """

    __tablename__ = "order_sync"
    __table_args__ = (
        Index(None, "shop", "state", "superseded"),
        Index(None, "shop", "write_back"),
        Index(None, "shop", "number"),
        Index(None, "shop", "ordered_at"),
        Index("ix_order_sync_shop_specter_order_no", "shop", "specter_order_no"),
        Index("uq_order_sync_shop_external_no", "shop", "external_no", unique=True),
    )
    shop: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    superseded: Mapped[bool]
    number: Mapped[str]
    ordered_at: Mapped[datetime]
    found_at: Mapped[datetime]
    customer_key: Mapped[str]
    partition: Mapped[int] = mapped_column(SmallInteger)
    external_mark: Mapped[str]
    discarded: Mapped[bool]
    state: Mapped[OrderState] = mapped_column(Word(OrderState))
    state_since: Mapped[datetime]
    reason: Mapped[str]
    rule: Mapped[str]
    remedy: Mapped[str]
    external_no: Mapped[str | None]
    specter_order_no: Mapped[str | None]
    specter_customer_no: Mapped[str | None]
    other_numbers: Mapped[Any] = mapped_column(Document)
    intent_at: Mapped[datetime | None]
    intent_hash: Mapped[str | None]
    intent_lease: Mapped[str | None]
    intent_attempt: Mapped[int | None]
    attempt_hashes: Mapped[Any] = mapped_column(Document)
    repeat: Mapped[bool]
    repeats: Mapped[int]
    resend_allowed: Mapped[bool]
    content_hash: Mapped[str | None]
    version_unknown: Mapped[bool]
    sent_at: Mapped[datetime | None]
    linked_by: Mapped[str | None]
    write_back: Mapped[WriteBack] = mapped_column(Word(WriteBack))
    write_back_tries: Mapped[int]
    written_back_at: Mapped[datetime | None]
    write_back_words: Mapped[str]
    snapshot: Mapped[Any | None] = mapped_column(Document)
    proof: Mapped[Any | None] = mapped_column(Document)


class OrderDecision(Base):
    """What a person decided about an order, with who and why; and answers that came late. Never pruned."""

    __tablename__ = "order_decision"
    __table_args__ = (Index(None, "shop", "uid"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str]
    uid: Mapped[int]
    generation: Mapped[int] = mapped_column(SmallInteger)
    what: Mapped[str]
    who: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]


class OrderChangeRow(Base):
    """How an order differs from what was sent: one row per kind, with the newest differences."""

    __tablename__ = "order_change"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    differences: Mapped[Any] = mapped_column(Document)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str]
    closed_why: Mapped[str]


class CustomerSync(Base):
    """A customer key and its number in Specter. Never pruned: the next order of the buyer needs it."""

    __tablename__ = "customer_sync"
    __table_args__ = (Index(None, "shop", "specter_customer_no"),)
    shop: Mapped[str] = mapped_column(primary_key=True)
    customer_key: Mapped[str] = mapped_column(primary_key=True)
    specter_customer_no: Mapped[str | None]
    previous_no: Mapped[str | None]
    fields_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    order_uid: Mapped[int | None]
    open_intents: Mapped[int]
    intent_at: Mapped[datetime | None]
    intent_hash: Mapped[str | None]
    intent_lease: Mapped[str | None]
    intent_attempt: Mapped[int | None]


class RunOrderRow(Base):
    """The set "found" of a run of orders, as it was when the run recorded it."""

    __tablename__ = "run_order"
    __table_args__ = (Index(None, "run", "partition"), BY_KEY)
    run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger)
    customer_key: Mapped[str]
    number: Mapped[str]
    ordered_at: Mapped[datetime]


class OrderScan(Base):
    """How far a shop's orders were read (rule 6)."""

    __tablename__ = "order_scan"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    scanned_to: Mapped[datetime | None]
    swept_to: Mapped[datetime | None]
    changes_checked_to: Mapped[datetime | None]
