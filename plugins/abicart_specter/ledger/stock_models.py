"""The tables of the stock import, as typed models. The migrations build the same; a test compares them.

Nothing here is personal: of an order only what it takes from stock.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.domain.records import Kind
from abicart_specter.ledger.column_types import Document, Word
from abicart_specter.ledger.models import BY_KEY, Base
from abicart_specter.ledger.stock_records import StockState


def _run_fk() -> ForeignKey:
    return ForeignKey("run.id", ondelete="CASCADE")


class StockFigure(Base):
    """Specter's last figure of an item and what was made of it (rule 33)."""

    __tablename__ = "stock_figure"
    __table_args__ = (
        Index(None, "shop", "article_uid"),
        Index("ix_stock_figure_shop_emptied_at", "shop", "emptied_at"),
        BY_KEY,
    )
    shop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    article_uid: Mapped[int]
    product_number: Mapped[str]
    quantity: Mapped[Decimal]
    opened_after: Mapped[datetime | None]
    row_id: Mapped[int]
    subtracted: Mapped[Decimal]
    orders: Mapped[Any] = mapped_column(Document)
    shop_stock: Mapped[int]
    settled_at: Mapped[datetime]
    emptied_at: Mapped[datetime | None]
    """When an import last took it off sale without anybody's approval; the guard looks back at those."""


class StockOrder(Base):
    """An order whose lines were read. It stays when its lines are dropped, so that it is not read again."""

    __tablename__ = "stock_order"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]


class StockOrderLine(Base):
    """What a row of an order takes from stock. Without an article it may be of any."""

    __tablename__ = "stock_order_line"
    __table_args__ = (Index(None, "shop", "article_uid"), Index(None, "shop", "order_uid"))
    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str]
    order_uid: Mapped[int]
    article_uid: Mapped[int | None]
    variant_uid: Mapped[int | None]
    product_number: Mapped[str | None]
    quantity: Mapped[Decimal | None]


class StockRead(Base):
    """Up to when every order placed is in the ledger, and every change of one was taken in."""

    __tablename__ = "stock_read"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    found_to: Mapped[datetime | None]
    changed_to: Mapped[datetime | None]


class StockPlanRow(Base):
    """A run's plan as a whole: the guard's reasons, and a person's decision."""

    __tablename__ = "stock_plan"
    __table_args__ = (BY_KEY,)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    plan_hash: Mapped[str]
    changes: Mapped[int]
    emptied: Mapped[int]
    managed: Mapped[int]
    reasons: Mapped[Any] = mapped_column(Document)
    planned_at: Mapped[datetime]
    approved: Mapped[bool | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime | None]


class StockChangeRow(Base):
    """One planned write of a stock figure, and what became of it."""

    __tablename__ = "stock_change"
    __table_args__ = (Index(None, "run", "partition", "kind", "uid"), BY_KEY)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    article_uid: Mapped[int]
    partition: Mapped[int] = mapped_column(SmallInteger)
    product_number: Mapped[str]
    name: Mapped[str]
    before: Mapped[Decimal | None]
    after: Mapped[int]
    figure: Mapped[Decimal]
    subtracted: Mapped[Decimal]
    row_id: Mapped[int]
    state: Mapped[StockState] = mapped_column(Word(StockState))
    state_since: Mapped[datetime]
    words: Mapped[str]


class StockHeldRow(Base):
    """A told figure that a run did not write, and why."""

    __tablename__ = "stock_held"
    __table_args__ = (Index(None, "run"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(_run_fk())
    kind: Mapped[Kind | None]
    uid: Mapped[int | None]
    product_number: Mapped[str]
    rule: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    figure: Mapped[Decimal | None]
