"""The typed records of an order on its way from the shop to Specter. Parsed strictly at the edge, trusted inside.

Amounts are kronor as ``Decimal``, VAT rates are fractions (0.25), times are aware. What is personal is never shown:
``repr`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from abicart_specter.domain.records import Flag


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost as the shop tells it. ``rate`` is the shop's word; for mixed goods it is no true rate."""

    inc: Decimal
    ex: Decimal
    vat: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class ShopDiscount:
    """What a discount takes off a row or off the order. ``inc`` and ``ex`` are positive kronor; ``rate`` a share."""

    name: str
    inc: Decimal | None
    ex: Decimal | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class PackagePart:
    """One part of a package: ``quantity`` of it are in one package.

    ``price`` (kronor as the shop stores it) weighs the split.
    """

    article_uid: int
    product_number: str | None
    name: str
    quantity: Decimal
    price: Decimal | None
    vat_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderItem:
    """A row as the shop has it. ``article_uid`` is ``None`` for what is no product (a discount, a gift card).

    ``product_number`` is resolved: the variant's where the row names one. ``variant_uid`` is known only where the
    row's choices name exactly one variant. ``parts`` is filled for a package.
    """

    uid: int
    article_uid: int | None
    variant_uid: int | None
    product_number: str | None
    name: str
    quantity: Decimal
    unit: Cost
    total: Cost
    discount: ShopDiscount | None
    texts: tuple[str, ...] = ()
    """What the buyer entered for the row (engraving and the like); may be personal."""
    parts: tuple[PackagePart, ...] = ()
    problems: tuple[Flag, ...] = ()
    """Findings made while the row was read; an error holds the order."""
    part_of: int | None = None
    """Uid of the package's row, for a row without a price that only shows a part of it (Abicart reference 10 #16)."""


@dataclass(frozen=True, slots=True)
class ShopPayment:
    """A payment of an order. ``status`` is in lower case."""

    uid: int
    method_uid: int
    status: str
    amount: Decimal
    reference: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives, as entered; every text is trimmed, and empty where the shop has none."""

    company: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought. Personal through and through: nothing of it may reach a log, a report or an exception."""

    is_company: bool
    email: str
    organisation_number: str
    """Organisation or personal number, as entered."""
    vat_number: str
    phone: str
    mobile: str
    invoice: Address
    delivery: Address | None
    """``None`` when it is the invoice address (``copyAddress``)."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """The shop's own checkout fields, name → text."""

    def __repr__(self) -> str:
        return "Buyer(…)"


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """An order as the shop tells it. A cart never becomes one."""

    uid: int
    number: str
    ordered: datetime
    changed: datetime
    currency: str
    exchange_rate: Decimal | None
    language: str
    has_vat: bool
    discarded: bool
    note: str = field(repr=False)
    external_number: str = field(repr=False)
    payment_status: str
    delivery_status: str
    delivery_method_uid: int | None
    items: tuple[OrderItem, ...]
    payments: tuple[ShopPayment, ...]
    cart: Cost
    shipment: Cost
    fee: Cost
    total: Cost
    discount: ShopDiscount | None
    """An order-level discount that the shop shows as a property of its own (Abicart reference 10 #14)."""
    buyer: Buyer = field(repr=False)
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the shop said, for the field mapping."""
    problems: tuple[Flag, ...] = ()


class RowRole(StrEnum):
    """What a row in Specter stands for."""

    PRODUCT = "product"
    PART = "package part"
    DISCOUNT = "discount"
    DELIVERY = "delivery"
    PAYMENT_FEE = "payment fee"
    CASH_ON_DELIVERY = "cash on delivery"
    GIFT_CARD_USED = "gift card used"
    GIFT_CARD_SOLD = "gift card sold"
    ROUNDING = "rounding"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class SpecterRow:
    """A row as Specter gets it: ``price`` is per unit without VAT, already rounded to ``prices.order_decimals``.

    ``vat_percent`` is whole or exact (25, 12, 6, 0); ``discount_percent`` is 0 unless the shop sends discounts in
    percent. ``item_uid`` is the shop's row it came from, ``article_uid``/``variant_uid`` what it names.
    """

    role: RowRole
    product_number: str
    name: str
    quantity: Decimal
    price: Decimal
    vat_percent: Decimal
    discount_percent: Decimal = Decimal(0)
    comment: str = field(default="", repr=False)
    item_uid: int | None = None
    article_uid: int | None = None
    variant_uid: int | None = None


@dataclass(frozen=True, slots=True)
class RateProof:
    """One VAT rate: kronor in the shop beside kronor as Specter will count what we send."""

    percent: Decimal
    shop_ex: Decimal
    shop_vat: Decimal
    sent_ex: Decimal
    sent_vat: Decimal


@dataclass(frozen=True, slots=True)
class Proof:
    """The order's amounts in the shop beside the amounts sent, under the account's rounding model.

    ``shop_total`` is what the buyer has to pay after gift cards; ``sent_total`` the same by our rows, the rounding
    row included; ``difference`` is sent minus shop and 0 for every order that may go. ``rounding`` is the amount of
    the rounding row. ``model`` names the model ("rate, 3 decimals"); ``reading`` how the shop's amounts were read.
    Specter returns no totals: this is no verification of its books.
    """

    rates: tuple[RateProof, ...]
    shop_total: Decimal
    sent_total: Decimal
    difference: Decimal
    rounding: Decimal
    gift_cards_used: Decimal
    gift_cards_sold: Decimal
    model: str
    reading: str

    def as_document(self) -> dict[str, Any]:
        """Plain JSON with amounts as text; holds nothing personal."""
        return {
            "rates": [
                {
                    "percent": str(one.percent),
                    "shop_ex": str(one.shop_ex),
                    "shop_vat": str(one.shop_vat),
                    "sent_ex": str(one.sent_ex),
                    "sent_vat": str(one.sent_vat),
                }
                for one in self.rates
            ],
            **{
                name: str(getattr(self, name))
                for name in (
                    "shop_total",
                    "sent_total",
                    "difference",
                    "rounding",
                    "gift_cards_used",
                    "gift_cards_sold",
                )
            },
            "model": self.model,
            "reading": self.reading,
        }


@dataclass(frozen=True, slots=True)
class OrderRows:
    """All rows of an order with their proof and what was found on the way (warnings; an error is raised)."""

    rows: tuple[SpecterRow, ...]
    proof: Proof
    flags: tuple[Flag, ...] = ()


class PaymentRole(StrEnum):
    """What the shop's payment method is to us, from ``payment_methods.yaml``."""

    ORDINARY = "ordinary"
    GIFT_CARD = "gift_card"
    CASH_ON_DELIVERY = "cash_on_delivery"


@dataclass(frozen=True, slots=True)
class PaymentMethodFacts:
    """A payment method of the shop: Specter's code for it, and whether it is a prepayment (``isPrepayment``)."""

    uid: int
    code: str
    role: PaymentRole
    prepayment: bool = False


@dataclass(frozen=True, slots=True)
class CustomerWrite:
    """What ``newCustomerSubmit`` gets for an order's buyer. Personal through and through.

    ``fields`` are wire names → texts that fit ISO-8859-1 and Specter's lengths. ``hash`` is over the fields.
    ``match_rule`` says in words how Specter will match ("e-mail address, then organisation number").
    """

    fields: Mapping[str, str] = field(repr=False)
    hash: str
    ignore_email: bool
    ignore_organisation_number: bool
    match_rule: str
    placeholder_email: bool
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderWrite:
    """What ``newOrderSubmit`` gets, without ``customerId``. May hold what the buyer wrote.

    ``hash`` is over fields and rows.
    """

    fields: Mapping[str, str] = field(repr=False)
    rows: tuple[Mapping[str, str], ...] = field(repr=False)
    hash: str
    flags: tuple[Flag, ...] = ()
