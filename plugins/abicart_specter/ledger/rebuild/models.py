"""The tables of a rebuild, as typed models. The migrations build the same; a test compares them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.domain.records import Kind
from abicart_specter.ledger.models import BY_KEY, Base


class RebuildRow(Base):
    """The last rebuild of a shop's part of the ledger: needed, under way, or finished. See ``records.Rebuild``."""

    __tablename__ = "rebuild"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    needed_since: Mapped[datetime]
    known_good: Mapped[datetime | None]
    since: Mapped[datetime | None]
    cut: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    orders_done_at: Mapped[datetime | None]
    products_done_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ItemDoubt(Base):
    """An item of which Specter's values count as known only when they were told after ``known_since`` (empty: ever)."""

    __tablename__ = "item_doubt"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    known_since: Mapped[datetime | None]


class LedgerBeat(Base):
    """When a run of a shop last said that this ledger is in use; the same is kept outside the ledger."""

    __tablename__ = "ledger_beat"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
