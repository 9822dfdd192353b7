"""Orders as a shop makes them, öre by öre, for tests of their money. Nothing of the package's arithmetic is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from abicart_specter.domain.orders.amounts import build_rows
from abicart_specter.domain.orders.records import (
    Address,
    Buyer,
    Cost,
    OrderItem,
    OrderRows,
    PaymentMethodFacts,
    PaymentRole,
    ShopDiscount,
    ShopOrder,
    ShopPayment,
)
from abicart_specter.errors import RecordError
from abicart_specter.settings import ShopSettings, load_shop

D = Decimal
ORE = D("0.01")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CARD, INVOICE, COD = 9903, 9901, 9902
METHODS = {
    INVOICE: PaymentMethodFacts(INVOICE, "I", PaymentRole.ORDINARY),
    COD: PaymentMethodFacts(COD, "P", PaymentRole.CASH_ON_DELIVERY),
    CARD: PaymentMethodFacts(CARD, "", PaymentRole.GIFT_CARD),
}
GIFT_CARD_NAMES = frozenset({"Presentkort"})
DISCOUNT_NAMES = frozenset({"Rabattkod"})
ZERO_COST = Cost(D(0), D(0), D(0), D("0.25"))
DEMO = load_shop(Path(__file__).resolve().parents[4] / "include" / "shops" / "demo.yaml")


def ore(amount: Decimal) -> Decimal:
    return amount.quantize(ORE, ROUND_HALF_UP)


def with_vat(inc: str | Decimal, rate: str | Decimal) -> Cost:
    """A cost known with VAT."""
    inc, rate = D(inc), D(rate)
    ex = ore(inc / (1 + rate))
    return Cost(inc, ex, inc - ex, rate)


def without_vat(ex: str | Decimal, rate: str | Decimal) -> Cost:
    """A cost known without VAT."""
    ex, rate = D(ex), D(rate)
    inc = ore(ex * (1 + rate))
    return Cost(inc, ex, inc - ex, rate)


def plus(costs: Iterable[Cost]) -> Cost:
    """The sum; its rate is no true one."""
    found = list(costs)
    inc, ex = sum((c.inc for c in found), D(0)), sum((c.ex for c in found), D(0))
    return Cost(inc, ex, inc - ex, ore((inc - ex) / ex) if ex else D(0))


def settings(**changes: Any) -> ShopSettings:
    """The demo shop's settings; ``orders={"packages": "explode"}`` changes one of a group."""
    groups: dict[str, Any] = {}
    for name, values in changes.items():
        group = getattr(DEMO, name)
        if name == "product_numbers":
            special = group.special.model_copy(update=values)
            groups[name] = group.model_copy(update={"special": special})
        else:
            groups[name] = group.model_copy(update=values)
    return DEMO.model_copy(update=groups)


def item(uid: int, total: Cost, quantity: str | int | Decimal = 1, **changes: Any) -> OrderItem:
    """A row for ``total``."""
    count = D(quantity)
    unit = Cost(ore(total.inc / count), ore(total.ex / count), ore(total.vat / count), total.rate)
    values: dict[str, Any] = {
        "uid": uid,
        "article_uid": 1000 + uid,
        "variant_uid": None,
        "product_number": f"ART-{uid}",
        "name": f"Vara {uid}",
        "quantity": count,
        "unit": unit,
        "total": total,
        "discount": None,
    }
    return OrderItem(**(values | changes))


def lowered(row: OrderItem, off: str | Decimal) -> OrderItem:
    """The row with its total lowered by that amount with VAT."""
    before = row.total
    after = with_vat(before.inc - D(off), before.rate)
    rate = ((before.inc - after.inc) / before.inc).quantize(D("0.0001")) if before.inc else D(0)
    discount = ShopDiscount("Rabatt", before.inc - after.inc, before.ex - after.ex, rate)
    unit = with_vat(ore(after.inc / row.quantity), before.rate)
    return replace(row, total=after, unit=unit, discount=discount)


def negative(uid: int, name: str, total: Cost) -> OrderItem:
    """A row that is no product."""
    return item(uid, total, article_uid=None, product_number=None, name=name)


@dataclass
class Basket:
    """What an order is made of; ``order()`` adds it up as the shop does."""

    items: Sequence[OrderItem] = ()
    shipment: Cost = ZERO_COST
    fee: Cost = ZERO_COST
    cards: Sequence[str | Decimal] = ()
    discount: ShopDiscount | None = None
    method: int = INVOICE
    cart: Cost | None = None
    total: Cost | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    def order(self) -> ShopOrder:
        cart = self.cart or plus(row.total for row in self.items)
        total = self.total
        if total is None:
            total = plus((cart, self.shipment, self.fee))
            if self.discount is not None:
                off_inc, off_ex = self.discount.inc, self.discount.ex
                assert off_inc is not None
                assert off_ex is not None
                inc, ex = total.inc - off_inc, total.ex - off_ex
                total = Cost(inc, ex, inc - ex, total.rate)
        cards = [D(card) for card in self.cards]
        payments = [ShopPayment(1, self.method, "planned", total.inc - sum(cards, D(0)))]
        payments += [ShopPayment(2 + n, CARD, "paid", card) for n, card in enumerate(cards)]
        values: dict[str, Any] = {
            "uid": 50023,
            "number": "10023",
            "ordered": datetime(2026, 5, 2, 8, 15, tzinfo=UTC),
            "changed": datetime(2026, 5, 2, 8, 16, tzinfo=UTC),
            "currency": "SEK",
            "exchange_rate": D(1),
            "language": "sv",
            "has_vat": True,
            "discarded": False,
            "note": "",
            "external_number": "",
            "payment_status": "unpaid",
            "delivery_status": "unsent",
            "delivery_method_uid": 4411,
            "items": tuple(self.items),
            "payments": tuple(payments),
            "cart": cart,
            "shipment": self.shipment,
            "fee": self.fee,
            "total": total,
            "discount": self.discount,
            "buyer": Buyer(False, "", "", "", "", "", Address(country="SE"), None),
        }
        return ShopOrder(**(values | self.changes))


def build(basket: Basket | ShopOrder, shop: ShopSettings | None = None, **changes: Any) -> OrderRows:
    """The rows of the basket's order."""
    order = basket.order() if isinstance(basket, Basket) else basket
    values: dict[str, Any] = {
        "settings": shop or DEMO,
        "payments": METHODS,
        "gift_card_row_names": GIFT_CARD_NAMES,
        "discount_row_names": DISCOUNT_NAMES,
        "now": NOW,
    }
    return build_rows(order, **(values | changes))


def held(basket: Basket | ShopOrder, shop: ShopSettings | None = None, **changes: Any) -> RecordError:
    """Why the basket's order is held; it must be."""
    with pytest.raises(RecordError) as caught:
        build(basket, shop, **changes)
    assert caught.value.remedy
    return caught.value


def rules(found: OrderRows) -> list[str]:
    return [flag.rule for flag in found.flags]


def specter_total(found: OrderRows, vat_rounding: str = "rate") -> Decimal:
    """What Specter makes of the rows: row amounts in öre, VAT on the sum per rate or per row."""
    per_rate: dict[Decimal, list[Decimal]] = {}
    for row in found.rows:
        amount = row.quantity * row.price * (1 - row.discount_percent / 100)
        per_rate.setdefault(row.vat_percent, []).append(ore(amount))
    total = D(0)
    for percent, amounts in per_rate.items():
        if vat_rounding == "row":
            total += sum((amount + ore(amount * percent / 100) for amount in amounts), D(0))
        else:
            whole = sum(amounts, D(0))
            total += whole + ore(whole * percent / 100)
    return total


def brief(found: OrderRows) -> list[tuple[str, str, str, str, str]]:
    """Role, product number, quantity, price, VAT percent of each row, as text."""
    return [
        (row.role.value, row.product_number, f"{row.quantity:f}", f"{row.price:f}", f"{row.vat_percent:f}")
        for row in found.rows
    ]
