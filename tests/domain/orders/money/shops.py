"""Whole orders from a handful of choices: a shop of some kind, and what somebody put into the basket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from maker import (
    COD,
    INVOICE,
    ZERO_COST,
    Basket,
    D,
    item,
    negative,
    ore,
    plus,
    settings,
    with_vat,
    without_vat,
)

from abicart_specter.domain.orders.records import Cost, OrderItem, ShopDiscount, ShopOrder
from abicart_specter.settings import ShopSettings

RATES = (D("0.25"), D("0.12"), D("0.06"), D(0))


@dataclass(frozen=True)
class Kind:
    """How a shop reckons, and how the account does."""

    prices_with_vat: bool = True
    multiplied: bool = False
    """A row's amount without VAT is quantity × the rounded unit price."""
    summed_vat: bool = False
    """The total's VAT is reckoned on the sum per rate."""
    whole_kronor: bool = False
    before_discount: bool = False
    order_discount: str = "items"
    cards_as_rows: bool = False
    freight: str = "25"
    in_percent: bool = False
    decimals: int = 3
    vat_rounding: str = "rate"
    freight_vat: str = "as_shop"
    cash_on_delivery: bool = False

    def settings(self) -> ShopSettings:
        return settings(
            orders={
                "discount_in_percent": self.in_percent,
                "freight_vat": self.freight_vat,
                "gift_cards_sold": ["GC-.*"],
            },
            prices={"order_decimals": self.decimals, "vat_rounding": self.vat_rounding},
        )


@dataclass(frozen=True)
class Wish:
    """One thing in the basket: price of a piece in öre, how many, which rate, how many percent off."""

    price: int
    quantity: Decimal
    rate: int
    off: int = 0
    gift_card: bool = False


@dataclass(frozen=True)
class Wishes:
    things: Sequence[Wish]
    freight: int = 0
    fee: int = 0
    order_off: int = 0
    """Percent off the whole order."""
    cards: Sequence[int] = field(default_factory=tuple)
    """Gift cards used, each in percent of what is left to pay."""


def shares(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """An amount in öre in proportion, adding up: the rest goes to the first that have a weight."""
    whole = sum(weights, D(0))
    if not whole:
        return [D(0) for _ in weights]
    parts = [(amount * weight / whole).quantize(D("0.01"), "ROUND_DOWN") for weight in weights]
    left = int((amount - sum(parts, D(0))) * 100)
    for n, weight in enumerate(weights):
        if weight and left:
            parts[n] += D("0.01")
            left -= 1
    return parts


def _row(kind: Kind, uid: int, wish: Wish) -> OrderItem:
    rate = D(0) if wish.gift_card else RATES[wish.rate]
    price = D(wish.price) / 100
    make = with_vat if kind.prices_with_vat else without_vat
    unit, total = make(price, rate), make(ore(price * wish.quantity), rate)
    if kind.multiplied:
        inc, ex = ore(unit.inc * wish.quantity), ore(unit.ex * wish.quantity)
        total = Cost(inc, ex, inc - ex, rate)
    changes: dict[str, Any] = {"product_number": f"GC-{uid}"} if wish.gift_card else {}
    row = item(uid, total, wish.quantity, unit=unit, **changes)
    return _off(kind, row, D(wish.off), None) if wish.off else row


def _off(kind: Kind, row: OrderItem, percent: Decimal, amount: Decimal | None) -> OrderItem:
    """The row with something taken off, by share or by amount; what was taken off before stays off."""
    before, rate = row.total, row.total.rate
    if amount is not None and not amount:
        return row
    if kind.prices_with_vat:
        off = ore(before.inc * percent / 100) if amount is None else amount
        after = with_vat(before.inc - off, rate)
    else:
        after = without_vat(before.ex - ore(before.ex * percent / 100), rate)
        if amount is not None:
            after = with_vat(before.inc - amount, rate)
    old = row.discount
    inc, ex = before.inc - after.inc, before.ex - after.ex
    if old is not None and old.inc is not None and old.ex is not None:
        inc, ex = inc + old.inc, ex + old.ex
    whole = after.inc + inc
    share = (inc / whole).quantize(D("0.0001")) if whole else D(0)
    return replace(row, total=after, discount=ShopDiscount("Rabatt", inc, ex, share))


def _before(row: OrderItem) -> OrderItem:
    found = row.discount
    if found is None or found.inc is None or found.ex is None:
        return row
    inc, ex = row.total.inc + found.inc, row.total.ex + found.ex
    return replace(row, total=Cost(inc, ex, inc - ex, row.total.rate))


def _freight(kind: Kind, amount: int, rows: Sequence[OrderItem], off: Sequence[Cost]) -> Cost:
    inc = D(amount) / 100
    taxable: dict[Decimal, Decimal] = {}
    for row in rows:
        if not (row.product_number or "").startswith("GC-"):
            taxable[row.total.rate] = taxable.get(row.total.rate, D(0)) + row.total.ex
    for cost in off:
        if cost.rate in taxable:
            taxable[cost.rate] -= cost.ex
    if kind.freight == "25" or not sum(taxable.values()) or any(ex < 0 for ex in taxable.values()):
        return with_vat(inc, "0.25")
    if kind.freight == "highest":
        return with_vat(inc, max(rate for rate, ex in taxable.items() if ex))
    parts = shares(inc, list(taxable.values()))
    vat = ore(sum((part * rate for part, rate in zip(parts, taxable, strict=True)), D(0)))
    return Cost(inc + vat, inc, vat, (vat / inc).quantize(D("0.0001")) if inc else D(0))


def _per_rate(costs: Sequence[Cost]) -> Cost:
    """The total with VAT on the sum per rate."""
    ex: dict[Decimal, Decimal] = {}
    for cost in costs:
        ex[cost.rate] = ex.get(cost.rate, D(0)) + cost.ex
    vat = sum((ore(amount * rate) for rate, amount in ex.items()), D(0))
    whole = sum(ex.values(), D(0))
    return Cost(whole + vat, whole, vat, D(0))


def make_order(kind: Kind, wishes: Wishes) -> ShopOrder:
    """The order as that kind of shop shows it."""
    rows = [_row(kind, n, wish) for n, wish in enumerate(wishes.things, 1)]
    cart_inc = sum((row.total.inc for row in rows), D(0))
    off = ore(cart_inc * wishes.order_off / 100)
    by_rate = {rate: sum((r.total.inc for r in rows if r.total.rate == rate), D(0)) for rate in RATES}
    discount = None
    parts: list[Cost] = []
    if off and kind.order_discount == "items":
        each = shares(off, [row.total.inc for row in rows])
        rows = [_off(kind, row, D(0), part) for row, part in zip(rows, each, strict=True)]
    elif off:
        parts = [
            with_vat(part, rate)
            for rate, part in zip(by_rate, shares(off, list(by_rate.values())), strict=True)
        ]
        if kind.order_discount == "property":
            whole = plus(parts)
            discount = ShopDiscount("Rabattkod", whole.inc, whole.ex, None)
        else:
            rows += [
                negative(900 + n, "Rabattkod", Cost(-p.inc, -p.ex, -p.vat, p.rate))
                for n, p in enumerate(parts)
                if p.inc
            ]
    goods = [row for row in rows if row.article_uid is not None]
    freight = _freight(kind, wishes.freight, goods, parts) if wishes.freight else ZERO_COST
    fee = with_vat(D(wishes.fee) / 100, "0.25") if wishes.fee else ZERO_COST
    costs = [row.total for row in rows]
    total = plus((*costs, freight, fee))
    if discount is not None and discount.inc is not None and discount.ex is not None:
        inc, ex = total.inc - discount.inc, total.ex - discount.ex
        total = Cost(inc, ex, inc - ex, D(0))
    elif kind.summed_vat and kind.freight != "mix":
        total = _per_rate((*costs, freight, fee))
    if kind.whole_kronor:
        inc = total.inc.quantize(D(1), "ROUND_HALF_UP")
        total = Cost(inc, inc - total.vat, total.vat, D(0))
    cards, left = [], total.inc
    for percent in wishes.cards:
        card = ore(left * percent / 100)
        left -= card
        cards.append(card)
    cards = [card for card in cards if card > 0]
    if kind.cards_as_rows:
        rows += [negative(950 + n, "Presentkort", with_vat(-card, 0)) for n, card in enumerate(cards)]
        total = Cost(left, total.ex - sum(cards, D(0)), total.vat, D(0))
    cart = plus(row.total for row in rows)
    shown = [_before(row) for row in rows] if kind.before_discount else rows
    return Basket(
        shown,
        shipment=freight,
        fee=fee,
        cards=() if kind.cards_as_rows else cards,
        discount=discount,
        method=COD if kind.cash_on_delivery else INVOICE,
        cart=cart,
        total=total,
    ).order()
