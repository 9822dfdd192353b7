"""Discounts on a whole order, and the rows of an order that are no articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.money import ZERO, from_ex, from_inc, share_out, to_cent, total_of
from shop_sandbox.abicart.order_model import Amount, Discount, OrderItem
from shop_sandbox.abicart.order_rows import Terms, decimal_of, lowered_by
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Off:
    """What is taken off the goods of an order. ``ex``: the amount is without VAT."""

    amount: Decimal
    ex: bool
    name: str


def off_from(wanted: Any, rows: list[OrderItem]) -> Off:
    """``{name, percent}`` or ``{name, amount}``, with ``without_vat`` reckoned on prices without VAT."""
    if wanted is None:
        return Off(ZERO, False, "")
    if not isinstance(wanted, Mapping) or not {"percent", "amount"} & set(wanted):
        raise UsageError("discount is {name, percent} or {name, amount}")
    ex = bool(wanted.get("without_vat"))
    whole = _weight(total_of([row.total for row in rows if row.is_goods]), ex)
    share = decimal_of(wanted, "percent", ZERO) / 100
    amount = decimal_of(wanted, "amount", to_cent(whole * share))
    if not 0 <= amount <= whole:
        raise UsageError("a discount lies between 0 and the price of the goods")
    return Off(to_cent(amount), ex, str(wanted.get("name", "Rabattkod")))


def as_property(view: View, rows: list[OrderItem], off: Off) -> Discount | None:
    """Open question 14: the discount as a property of the order, its VAT shared over the rates."""
    if not off.amount or view.switch["order_discount"] != "property":
        return None
    shares = shares_by_rate(rows, off)
    inc = sum((one.inc for one in shares), ZERO)
    ex = sum((one.ex for one in shares), ZERO)
    whole = sum((amount.inc for amount in by_vat_rate(rows)), ZERO)
    return Discount(802, off.name, tidy((inc / whole).quantize(Decimal("0.0001"))), tidy(inc), tidy(ex))


def shares_by_rate(rows: list[OrderItem], off: Off) -> list[Amount]:
    """What a discount on the order takes off the goods of each VAT rate."""
    by_rate = by_vat_rate(rows)
    shares = share_out(off.amount, [_weight(amount, off.ex) for amount in by_rate])
    cost = from_ex if off.ex else from_inc
    return [cost(share, amount.rate) for amount, share in zip(by_rate, shares, strict=True)]


def discounted(view: View, terms: Terms, rows: list[OrderItem], off: Off) -> list[OrderItem]:
    """Open question 14: a discount on the whole order in its rows, or as negative rows, one for each VAT rate.

    With the switch on ``property`` the rows stay as they are. Gift cards sold cost what they cost.
    """
    discount = Discount(802, off.name, ZERO, ZERO, ZERO)
    shape = view.switch["order_discount"]
    if shape == "items":
        weights = [_weight(row.total, off.ex) if row.is_goods else ZERO for row in rows]
        return [
            lowered_by(row, share, discount, ex=off.ex) if row.is_goods else row
            for row, share in zip(rows, share_out(off.amount, weights), strict=True)
        ]
    if shape == "negative_item":
        shares = [one for one in shares_by_rate(rows, off) if one.inc]
        return rows + [plain_row(view, terms, off.name, minus(one)) for one in shares]
    return rows


def minus(amount: Amount) -> Amount:
    return Amount(-amount.inc, -amount.ex, -amount.vat, amount.rate)


def _weight(amount: Amount, ex: bool) -> Decimal:
    return amount.ex if ex else amount.inc


def by_vat_rate(rows: list[OrderItem]) -> list[Amount]:
    """The sums of the rows that are goods, for each VAT rate."""
    goods = [row for row in rows if row.is_goods]
    rates = sorted({row.total.rate for row in goods}, reverse=True)
    return [total_of([row.total for row in goods if row.total.rate == rate]) for rate in rates]


def plain_row(view: View, terms: Terms, name: str, amount: Amount, *, is_goods: bool = True) -> OrderItem:
    """A row that is no article: a discount or a gift card."""
    return OrderItem(
        uid=0,
        order=terms.order,
        article=None,
        variant=None,
        base_number=None,
        variant_number=None,
        name=name,
        choices={},
        quantity=Decimal(1),
        unit=amount,
        total=amount,
        unit_before=amount,
        total_before=amount,
        changed=view.now,
        takes_stock=False,
        is_goods=is_goods,
    )
