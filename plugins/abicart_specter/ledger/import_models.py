"""The tables of imports, as typed models. The migrations build the same; a test compares them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import Kind
from abicart_specter.ledger.column_types import Document, Word
from abicart_specter.ledger.import_records import ChangeState
from abicart_specter.ledger.models import BY_KEY, Base


def _run_fk() -> ForeignKey:
    return ForeignKey("run.id", ondelete="CASCADE")


class ImportLook(Base):
    """Up to which inbox row a shop has looked at what a queue told."""

    __tablename__ = "import_look"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    function: Mapped[str] = mapped_column(primary_key=True)
    to_row_id: Mapped[int]
    looked_at: Mapped[datetime]


class ImportOpen(Base):
    """A product number that a shop has looked at and not settled: it is looked at again."""

    __tablename__ = "import_open"
    __table_args__ = (Index(None, "shop", "function"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str]
    function: Mapped[str]
    product_number: Mapped[str]
    why: Mapped[str]
    since: Mapped[datetime]


class ImportPartRow(Base):
    """A part of a run's plan with the guard's verdict and all answers of people (rules 30 and 31)."""

    __tablename__ = "import_part"
    __table_args__ = (BY_KEY,)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    part: Mapped[ImportPart] = mapped_column(Word(ImportPart), primary_key=True)
    items: Mapped[int]
    catalogue: Mapped[int]
    reasons: Mapped[Any] = mapped_column(Document)
    plan_hash: Mapped[str]
    planned_at: Mapped[datetime]
    answers: Mapped[Any] = mapped_column(Document)


class ImportChange(Base):
    """One planned write to one article, and what became of it."""

    __tablename__ = "import_change"
    __table_args__ = (
        UniqueConstraint("run", "article_uid", "part"),
        Index(None, "shop", "state", "state_since"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(_run_fk())
    shop: Mapped[str]
    article_uid: Mapped[int]
    part: Mapped[ImportPart] = mapped_column(Word(ImportPart))
    partition: Mapped[int] = mapped_column(SmallInteger)
    hash: Mapped[str]
    state: Mapped[ChangeState] = mapped_column(Word(ChangeState))
    state_since: Mapped[datetime]
    words: Mapped[str]
    document: Mapped[Any] = mapped_column(Document)


class ImportHeld(Base):
    """A told value that a run did not write, and why."""

    __tablename__ = "import_held"
    __table_args__ = (BY_KEY,)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    number_key: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the number: an index over the number itself would refuse a very long one."""
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[Master] = mapped_column(Word(Master), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    product_number: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    shop_value: Mapped[str | None]
    specter_value: Mapped[str | None]
