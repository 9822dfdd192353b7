"""Tables of the export on change: what the shop has, which articles wait to be sent, how far changes were read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.domain.records import Kind
from abicart_specter.ledger.models import BY_KEY, Base


class ShopItemRow(Base):
    """An item that the shop has, with what the number validation compares: the index of the whole catalogue."""

    __tablename__ = "shop_item"
    __table_args__ = (
        Index(None, "shop", "article_uid", "kind", "uid"),
        Index(None, "shop", "fold_hash"),
        BY_KEY,
    )
    shop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    article_uid: Mapped[int]
    product_number: Mapped[str | None]
    fold_hash: Mapped[int | None]
    """See ``keys.fold_hash``."""
    own_number: Mapped[bool]
    price: Mapped[Decimal | None]
    vat_rate: Mapped[Decimal | None]
    stock_managed: Mapped[bool | None]
    is_package: Mapped[bool]
    read_at: Mapped[datetime]
    """When the reading began that told this; one that began earlier changes nothing here."""


class ChangedArticleRow(Base):
    """An article that is to be looked at: it changed, or what it shares a number with did. Gone once it is settled."""

    __tablename__ = "changed_article"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    article_uid: Mapped[int] = mapped_column(primary_key=True)
    noticed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    run: Mapped[int]
    """``run.id`` of the run that noticed it last."""


class ChangeCursorRow(Base):
    """How far a shop's changes were read. Every change before ``read_to`` was noticed."""

    __tablename__ = "change_cursor"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    read_to: Mapped[datetime | None]
    indexed_at: Mapped[datetime | None]
    """When the last reading of the whole catalogue began that the index rests on."""
