"""What a Specter account holds. Money in kronor without VAT, quantities in pieces, all as ``Decimal``."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class Queue(StrEnum):
    """The three queues of changes."""

    STOCK = "stock"
    ARTICLE_INFO = "article_info"
    ORDERS = "orders"


@dataclass(slots=True)
class ApiUser:
    """A user of the interface. A v1 account has one, with number 0."""

    key: str
    may_read: bool = True
    may_write: bool = True


@dataclass(slots=True)
class Account:
    """An account and its credentials. ``sites``: stock site id → name; the first is the default site."""

    sbm_id: int
    api_version: int
    integration_key: str
    users: dict[int, ApiUser]
    sites: dict[int, str] = field(default_factory=lambda: {1: "Huvudlager"})


@dataclass(slots=True)
class SiteStock:
    shelf: Decimal = ZERO
    reserved: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return self.shelf - self.reserved


@dataclass(slots=True)
class Article:
    """``stock`` is empty for an article that is not a stock article. ``extra``: fields nobody knows, as sent."""

    id: int
    number: str
    name: str = ""
    price: Decimal = ZERO
    buy_price: Decimal = ZERO
    stock_price: Decimal = ZERO
    vat_percent: Decimal = Decimal(25)
    bar_code: str = ""
    weight: Decimal = ZERO
    volume: Decimal = ZERO
    old_price: Decimal = ZERO
    show_old_price: bool = False
    article_type: str = "GW"
    commodity_code: str = ""
    description: str = ""
    country: str = ""
    supplier_number: str = ""
    supplier_name: str = ""
    supplier_article_number: str = ""
    supplier_buy_price: Decimal = ZERO
    stock: dict[int, SiteStock] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    updates: int = 0

    @property
    def available(self) -> Decimal | None:
        """Over all sites; ``None`` for an article that is not a stock article."""
        return sum((site.available for site in self.stock.values()), ZERO) if self.stock else None


@dataclass(slots=True)
class Customer:
    """``fields`` holds every text as sent, under its wire name in lower case."""

    number: int
    fields: dict[str, str]
    updates: int = 0


@dataclass(slots=True)
class OrderRow:
    """``article_id`` is ``None`` for a row whose article does not exist (Q8)."""

    article_number: str
    name: str
    quantity: Decimal
    price: Decimal
    vat_percent: Decimal
    discount_percent: Decimal = ZERO
    comment: str = ""
    article_id: int | None = None
    delivered: Decimal = ZERO


@dataclass(slots=True)
class Delivery:
    tracking_number: str
    at: float


@dataclass(slots=True)
class Order:
    """``status_id`` 5 is cancelled and ``delivery_status`` D delivered; the other values are invented (Q26)."""

    number: int
    customer_number: int
    external_number: str
    webshop_id: str
    site: int
    at: float
    rows: list[OrderRow]
    fields: dict[str, str]
    status_id: int = 1
    delivery_status: str = "N"
    deliveries: list[Delivery] = field(default_factory=list)
    deliveries_updated: bool = False


@dataclass(slots=True)
class Batch:
    """An open batch. ``taken``: record id → number of the change it holds; ``rows``: what a frozen read gives."""

    number: str
    queue: Queue
    api_user: int
    opened_at: float
    taken: dict[int, int]
    rows: list[dict[str, str]]


@dataclass(slots=True)
class AccountData:
    """Everything of one account, as saved."""

    account: Account
    articles: dict[int, Article] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    changes: dict[Queue, dict[int, int]] = field(default_factory=lambda: {queue: {} for queue in Queue})
    batches: list[Batch] = field(default_factory=list)
    last_article_id: int = 0
    last_customer_number: int = 5000
    last_order_number: int = 70000
    last_change: int = 0
