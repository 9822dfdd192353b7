"""The ledger's tables as typed models. The migrations build the same; a test compares the two.

Keys of items are (shop, kind, uid): the shop numbers articles and variants separately (rule 3). What belongs to one
run hangs on ``run.id`` and may be pruned; what outlives runs carries the shop's name and stays.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from abicart_specter.domain.records import Kind, Outcome, Severity
from abicart_specter.ledger.column_types import AnyText, Document, ExactDecimal, UtcDateTime, Word
from abicart_specter.ledger.records import FlagChange, StagingState
from abicart_specter.ledger.sync_records import BatchState, InboxState, PairOrigin, SpecialState

# On SQLite only INTEGER makes a key that numbers itself; it holds 64 bits there.
BIG = BigInteger().with_variant(Integer(), "sqlite")
# One tree instead of two on SQLite, for tables that are always reached by their key.
BY_KEY: dict[str, Any] = {"sqlite_with_rowid": False}


class Base(DeclarativeBase):
    """Root of the models."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: AnyText(),
        int: BIG,
        datetime: UtcDateTime(),
        Decimal: ExactDecimal(),
        Kind: Word(Kind),
        Outcome: Word(Outcome),
        Severity: Word(Severity),
        FlagChange: Word(FlagChange),
        SpecialState: Word(SpecialState),
        PairOrigin: Word(PairOrigin),
        BatchState: Word(BatchState),
        InboxState: Word(InboxState),
        StagingState: Word(StagingState),
    }


def _run_fk() -> ForeignKey:
    return ForeignKey("run.id", ondelete="CASCADE")


class LedgerIdentity(Base):
    """One row: the id by which a task sees that this is still the same ledger (rule 1)."""

    __tablename__ = "ledger_identity"
    singleton: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    ledger_id: Mapped[str]
    created_at: Mapped[datetime]
    replaces: Mapped[str | None]
    """The id of a ledger that was lost and that this one stands for: each shop must be rebuilt before it is used."""


class Binding(Base):
    """Which webshop and Specter account a shop's name stands for (rule 1)."""

    __tablename__ = "shop_binding"
    __table_args__ = (UniqueConstraint("webshop_id"), BY_KEY)
    shop: Mapped[str] = mapped_column(primary_key=True)
    webshop_id: Mapped[int]
    sbm_id: Mapped[int]
    api_user_id: Mapped[int | None]
    bound_at: Mapped[datetime]


class Run(Base):
    """A run. The row stays for good; its detail is pruned."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("shop", "flow", "run_id"), Index(None, "shop", "flags_told_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str]
    flow: Mapped[str]
    run_id: Mapped[str]
    params: Mapped[Any] = mapped_column(Document)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    summary: Mapped[Any | None] = mapped_column(Document)
    staging: Mapped[StagingState]
    expected_articles: Mapped[int | None]
    expected_items: Mapped[int | None]
    flags_told_at: Mapped[datetime | None]
    """When people were told of the flags that were new in it."""


class RunRequests(Base):
    """What a task of a run asked of a system, over all its tries."""

    __tablename__ = "run_requests"
    __table_args__ = (BY_KEY,)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    system: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int]
    retries: Mapped[int]
    writes: Mapped[int]
    connections_opened: Mapped[int]


class StagedArticleRow(Base):
    """A raw article of a run's catalogue, once for all its items."""

    __tablename__ = "staged_article"
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    article_uid: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    """Text of ``documents.dump``, opened only when an item is rebuilt."""


class StagedItemRow(Base):
    """An item of a run's catalogue: narrow columns for the validation, the rest as a document."""

    __tablename__ = "staged_item"
    __table_args__ = (
        Index(None, "run", "article_uid", "kind", "uid"),
        Index(None, "run", "partition", "kind", "uid"),
    )
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    article_uid: Mapped[int]
    partition: Mapped[int] = mapped_column(SmallInteger)
    product_number: Mapped[str | None]
    fold_hash: Mapped[int | None]
    """See ``keys.fold_hash``."""
    own_number: Mapped[bool]
    name: Mapped[str]
    price: Mapped[Decimal | None]
    vat_rate: Mapped[Decimal | None]
    stock_managed: Mapped[bool | None]
    is_package: Mapped[bool]
    document: Mapped[str] = mapped_column(Text)


class Item(Base):
    """What Specter has of an item, over all runs. Never pruned."""

    __tablename__ = "item"
    __table_args__ = (Index(None, "shop", "created_number"), BY_KEY)
    shop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    created_in_specter_at: Mapped[datetime | None]
    created_number: Mapped[str | None]
    stock_managed_at_first: Mapped[bool | None]
    """Whether the shop managed its stock at the first write; only then does stock come back (rule 33)."""
    sent_at: Mapped[datetime | None]
    sent_number: Mapped[str | None]
    sent_hash: Mapped[str | None]
    sent_values: Mapped[Any | None] = mapped_column(Document)
    intent_at: Mapped[datetime | None]
    intent_hash: Mapped[str | None]


class OutcomeEntry(Base):
    """What became of an item in a run (rule 5)."""

    __tablename__ = "outcome"
    __table_args__ = (BY_KEY,)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    product_number: Mapped[str | None]
    outcome: Mapped[Outcome]
    reason: Mapped[str]
    rule: Mapped[str]
    remedy: Mapped[str | None]
    recorded_at: Mapped[datetime]


class FlagEntry(Base):
    """A finding on an item, from when it was first seen until it is resolved."""

    __tablename__ = "flag"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    severity: Mapped[Severity]
    message: Mapped[str]
    remedy: Mapped[str]
    product_number: Mapped[str | None]
    suggestion: Mapped[str | None]
    owners: Mapped[Any] = mapped_column(Document)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_run: Mapped[int | None]
    """``run.id`` of the run that no longer found it."""
    seen_mark: Mapped[int]
    """The recording that saw it last."""


class RunFlag(Base):
    """Which flags a run saw."""

    __tablename__ = "run_flag"
    __table_args__ = (BY_KEY,)
    run: Mapped[int] = mapped_column(_run_fk(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    change: Mapped[FlagChange]
    seen_mark: Mapped[int]


class LeaseRow(Base):
    """A lease (rule 4). The row stays when it is released, so that the attempt number only grows."""

    __tablename__ = "lease"
    __table_args__ = (BY_KEY,)
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    attempt: Mapped[int]
    acquired_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    previous_owner: Mapped[str | None]
    previous_expires_at: Mapped[datetime | None]
    previous_released_at: Mapped[datetime | None]


class SpecialNumberRow(Base):
    """A product number for freight, fees, discounts and the like (rule 26)."""

    __tablename__ = "special_number"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    state: Mapped[SpecialState]
    words: Mapped[str]
    checked_at: Mapped[datetime]


class PairRow(Base):
    """A field's value in both systems, as of the last confirmed write in either direction (rule 22)."""

    __tablename__ = "pair"
    __table_args__ = (BY_KEY,)
    shop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    shop_value: Mapped[str | None]
    specter_value: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    origin: Mapped[PairOrigin | None]
    intended_shop_value: Mapped[str | None]
    intended_specter_value: Mapped[str | None]
    intended_at: Mapped[datetime | None]


class QueueBatchRow(Base):
    """A batch of one of Specter's change queues (rule 27)."""

    __tablename__ = "queue_batch"
    __table_args__ = (BY_KEY,)
    account: Mapped[str] = mapped_column(primary_key=True)
    function: Mapped[str] = mapped_column(primary_key=True)
    batch_no: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[BatchState]
    journal_ref: Mapped[str | None]
    in_flight_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    opened_after: Mapped[datetime | None]
    """A time before which it surely was not opened; ``None`` when nothing is known."""
    row_count: Mapped[int | None]


class InboxRow(Base):
    """One field of one product number, as a batch told it. The highest ``id`` of a number and field is the newest."""

    __tablename__ = "inbox_row"
    __table_args__ = (
        Index(None, "account", "function", "number_hash", "field"),
        Index(None, "account", "function", "batch_no"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    function: Mapped[str]
    batch_no: Mapped[str]
    product_number: Mapped[str]
    number_hash: Mapped[int]
    """``stable_hash`` of the number: an index over the number itself would refuse a very long one."""
    field: Mapped[str]
    value: Mapped[str | None]
    seen_at: Mapped[datetime]
    state: Mapped[InboxState]
