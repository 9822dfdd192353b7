"""What a shop holds of buyers and orders. Plain records, like those of the catalogue in ``model``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.model import ByCurrency, ByLanguage


@dataclass(slots=True)
class Person:
    """A customer's data, as kept with the customer and copied into each order."""

    info: dict[str, Any]
    """``type`` ("private" or "business"), ``email``, ``nin``, ``vatNumber``, ``companyNumber``."""
    address: dict[str, Any]
    delivery_address: dict[str, Any]
    custom: tuple[dict[str, str], ...] = ()


@dataclass(slots=True)
class Customer:
    uid: int
    created: datetime
    changed: datetime
    person: Person
    language: str = "sv"
    approved: bool = True
    groups: tuple[int, ...] = ()


@dataclass(slots=True)
class Amount:
    """One cost with its VAT. ``rate`` is a fraction; for mixed rates the effective one, four decimals."""

    inc: Decimal
    ex: Decimal
    vat: Decimal
    rate: Decimal


@dataclass(slots=True)
class Discount:
    """What a discount took off one row, or off an order."""

    uid: int
    name: str
    rate: Decimal
    inc: Decimal
    ex: Decimal


@dataclass(slots=True)
class OrderItem:
    """A row. ``variant_number`` and ``base_number`` are the numbers at order time."""

    uid: int
    order: int
    article: int | None
    variant: int | None
    base_number: str | None
    variant_number: str | None
    name: str
    choices: dict[str, str]
    quantity: Decimal
    unit: Amount
    total: Amount
    unit_before: Amount
    total_before: Amount
    changed: datetime
    discount: Discount | None = None
    takes_stock: bool = True
    """False for rows that lower no stock of their own: discounts, gift cards, parts shown for information."""
    is_goods: bool = True
    """False for gift cards, sold or used: a discount on the order and a split delivery cost leave them out."""
    priced_ex: bool = False
    """Whether the row was priced without VAT: a changed quantity counts from there."""


@dataclass(slots=True)
class Payment:
    uid: int
    order: int
    method: int
    status: str
    amount: Decimal
    changed: datetime
    external_ref: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    external_data: dict[str, Any] = field(default_factory=dict)
    status_before_cancel: str = ""
    """What it was when the order was cancelled, for when that is taken back."""


@dataclass(slots=True)
class PaymentMethod:
    uid: int
    name: ByLanguage
    type: str
    position: int
    fee: ByCurrency
    changed: datetime
    fee_vat_rate: Decimal = Decimal("0.25")
    active: bool = True
    gift_card: bool = False
    """Known to the sandbox only: nothing in the interface says which method is the gift card."""
    first_status: str = "planned"
    """The status a payment of this method has when the order is placed."""


@dataclass(slots=True)
class WeightInterval:
    low: Decimal
    high: Decimal | None
    price: ByCurrency


@dataclass(slots=True)
class DeliveryMethod:
    uid: int
    name: ByLanguage
    intervals: tuple[WeightInterval, ...]
    changed: datetime
    vat_rate: Decimal = Decimal("0.25")
    free_from: ByCurrency = field(default_factory=dict)
    description: ByLanguage = field(default_factory=dict)
    allow_cod: bool = False


@dataclass(slots=True)
class Order:
    """An order, or a cart while ``ordered`` is ``None``."""

    uid: int
    number: str | None
    created: datetime
    changed: datetime
    ordered: datetime | None
    customer_uid: int | None
    person: Person
    currency: str
    exchange_rate: Decimal
    shipment: Amount
    fee: Amount
    cart: Amount
    total: Amount
    language: str = "sv"
    has_vat: bool = True
    items: tuple[int, ...] = ()
    payments: tuple[int, ...] = ()
    delivery_method: int | None = None
    paid: bool = False
    sent: bool = False
    partly_sent: bool = False
    discarded: bool = False
    note: str = ""
    tags: tuple[str, ...] = ()
    external_number: str = ""
    discount: Discount | None = None
    """Only with the switch ``order_discount`` on ``property``."""
    reduction: Decimal = Decimal(0)
    """What gift cards took off the total. Only with the switch ``gift_card`` on ``total_reduced``."""


@dataclass(slots=True)
class ShipmentItem:
    uid: int
    shipment: int
    order_item: int
    quantity: Decimal
    changed: datetime


@dataclass(slots=True)
class Shipment:
    uid: int
    created: datetime
    changed: datetime
    items: tuple[int, ...] = ()
    type: str = "order/delivery"
    tracking_url: str | None = None
    method: int | None = None
    package_count: int = 1
    services: dict[str, Any] = field(default_factory=dict)
    events: tuple[dict[str, Any], ...] = ()
