"""Specter's three change queues and what a batch of each holds, row by row (Specter reference 6 and 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from abicart_specter.errors import RefusedError


class Queue(StrEnum):
    """A queue of changes; the value names it in our own records."""

    STOCK = "stock"
    ARTICLE_INFO = "article_info"
    ORDERS = "orders"

    @property
    def read_action(self) -> str:
        """The function that opens and reads a batch."""
        return _ACTIONS[self][0]

    @property
    def acknowledge_action(self) -> str:
        """The function that closes a batch."""
        return _ACTIONS[self][1]


_ACTIONS = {
    Queue.STOCK: ("getArticleExternalNeedUpdate", "updateArticlesFromBatch"),
    Queue.ARTICLE_INFO: ("getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"),
    Queue.ORDERS: ("getOrdersExternalNeedUpdate", "updateOrdersFromBatch"),
}


class OpenBatchError(RefusedError):
    """Another batch of this queue is still open (code 99). Read that one, keep it, close it, then ask again.

    :param batch_no: its id, as quoted by Specter.
    """

    def __init__(self, message: str, *, batch_no: str, words: str = "") -> None:
        super().__init__(
            message, code="99", words=words, remedy="Read and acknowledge the open batch, then ask again."
        )
        self.batch_no = batch_no


@dataclass(frozen=True, slots=True)
class StockRow:
    """An article's available quantity at one stock site, absolute, or over all sites if none is told.

    :param quantity: ``None``: unknown, never zero.
    :param site: the stock site's id, as text.
    :param specter_id: Specter's own article id; only the plain form tells it.
    """

    article_no: str
    quantity: Decimal | None
    site: str | None = None
    specter_id: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleInfoRow:
    """What Specter says of an article. ``None``: it does not say. Prices in kronor without VAT, VAT in percent.

    :param unreadable: names of fields that hold something which is not a number.
    :param fields: every field as it came, by its name in lower case.
    """

    article_no: str
    name: str | None
    price_ex_vat: Decimal | None
    buy_price: Decimal | None
    vat_percent: Decimal | None
    former_price: Decimal | None
    show_former_price: bool | None
    article_type: str | None
    bar_code: str | None
    weight_kg: Decimal | None
    unreadable: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order's state. Codes other than delivered "D" and cancelled "5" are not publicly known.

    :param tracking_numbers: of its deliveries, in order, without empty ones.
    """

    order_no: int
    status_id: str
    delivery_status: str
    deliveries_updated: bool
    tracking_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """One read of one batch.

    :param raw: the answer's bytes, for a journal.
    :param skipped: rows without the number that says whose they are.
    :param limit: most records in one answer, where Specter tells it.
    """

    queue: Queue
    batch_no: str
    raw: bytes = field(repr=False)
    skipped: int = 0
    limit: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was reported, not even a row that had to be skipped."""
        return not self.skipped and not getattr(self, "rows", ())


@dataclass(frozen=True, slots=True)
class StockAnswer(BatchAnswer):
    """A batch of the stock queue."""

    rows: tuple[StockRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleInfoAnswer(BatchAnswer):
    """A batch of the article-info queue."""

    rows: tuple[ArticleInfoRow, ...] = ()


@dataclass(frozen=True, slots=True)
class OrdersAnswer(BatchAnswer):
    """A batch of the order queue."""

    rows: tuple[OrderRow, ...] = ()


AnyAnswer = StockAnswer | ArticleInfoAnswer | OrdersAnswer
