"""What the rooms of an order's money hand to each other: lines of the shop, discounts on the whole order, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from abicart_specter.domain.orders.ore import ZERO
from abicart_specter.domain.orders.records import OrderItem, PackagePart, RowRole, ShopOrder
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.errors import RecordError
from abicart_specter.settings import ShopSettings


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the buyer pays for. Kronor; ``inc`` and ``ex`` are after its own discount, ``off_*`` is the discount.

    ``rate`` is the VAT rate (a fraction) that the row will carry. ``percent`` is what the shop says the discount is.
    """

    role: RowRole
    product_number: str
    name: str
    quantity: Decimal
    rate: Decimal
    inc: Decimal
    ex: Decimal
    off_inc: Decimal = ZERO
    off_ex: Decimal = ZERO
    off_name: str = ""
    percent: Decimal | None = None
    comment: str = field(default="", repr=False)
    item_uid: int | None = None
    article_uid: int | None = None
    variant_uid: int | None = None
    parts: tuple[PackagePart, ...] = ()
    place: int = 0
    """The row's place in the shop's order, from 1."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """A discount on the whole order. ``inc`` and ``ex`` are positive kronor; ``rate`` is ``None`` if not told."""

    name: str
    inc: Decimal
    ex: Decimal | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Charged:
    """What the shop itself charged at a rate: kronor without VAT, and VAT."""

    rate: Decimal
    ex: Decimal
    vat: Decimal


@dataclass(slots=True)
class Case:
    """One order being worked on: its settings, and the findings so far."""

    order: ShopOrder
    settings: ShopSettings
    flags: list[Flag] = field(default_factory=list)

    def warn(self, rule: str, message: str, remedy: str) -> None:
        """Note something that a person should know; the order goes on."""
        key = ItemKey(Kind.ORDER, self.order.uid)
        self.flags.append(Flag(key, rule, Severity.WARNING, f"Order {self.order.number}: {message}", remedy))

    def held(self, rule: str, message: str, remedy: str) -> RecordError:
        """The error that holds the order; to be raised."""
        where = f"Shop {self.settings.name}, order {self.order.number}: " if self.settings.name else ""
        return RecordError(f"{where or f'Order {self.order.number}: '}{message}", rule=rule, remedy=remedy)

    def special_number(self, key: str) -> str:
        """The product number for rows that are no products; the order is held without it."""
        number: str | None = getattr(self.settings.product_numbers.special, key)
        if number is None:
            raise self.held(
                "special_number_missing",
                f"it needs a row for {key.replace('_', ' ')}, and the shop file names no product number for that.",
                f"Set product_numbers.special.{key} to a product number that exists in Specter.",
            )
        return number

    def row_name(self, item: OrderItem) -> str:
        """How a row is named in messages: by place and uid, never by texts of the buyer."""
        place = next((n for n, one in enumerate(self.order.items, 1) if one is item), 0)
        number = f" (product number {item.product_number})" if item.product_number else ""
        return f"row {place}{number}"
