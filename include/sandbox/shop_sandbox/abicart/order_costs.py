"""What an order costs beside its rows: delivery and the payment's fee, at one VAT rate or split over the goods'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shop_sandbox.abicart.money import ZERO, from_ex, from_inc, share_out, to_cent, total_of, without_vat
from shop_sandbox.abicart.order_discounts import Off, by_vat_rate, shares_by_rate
from shop_sandbox.abicart.order_model import Amount, DeliveryMethod, Discount, OrderItem
from shop_sandbox.abicart.order_rows import Terms, decimal_of
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.core.errors import UsageError


@dataclass(slots=True)
class Mix:
    """The goods by VAT rate, and what costs have been put on top of them so far.

    :param goods: rate → what the goods come to, discount on the order taken off.
    :param with_costs: the same, delivery and fee included as they are worked out.
    """

    goods: dict[Decimal, Amount] = field(default_factory=dict)
    with_costs: dict[Decimal, Amount] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: list[OrderItem], off: Off | None = None) -> Mix:
        """:param off: a discount on the order that is not in the rows (a property of the order)."""
        by_rate = by_vat_rate(rows)
        if off is not None:
            shares = shares_by_rate(rows, off)
            by_rate = [
                Amount(one.inc - less.inc, one.ex - less.ex, one.vat - less.vat, one.rate)
                for one, less in zip(by_rate, shares, strict=True)
            ]
        return cls({one.rate: one for one in by_rate}, {one.rate: one for one in by_rate})

    def add(self, cost: Amount) -> Amount:
        """Count a cost at one rate, which is given back."""
        known = self.with_costs.get(cost.rate, Amount(ZERO, ZERO, ZERO, cost.rate))
        self.with_costs[cost.rate] = total_of([known, cost])
        return cost

    def split_ex(self, ex: Decimal, usual_rate: Decimal) -> Amount:
        """An amount without VAT over the rates, in proportion to the goods (largest remainder).

        Its VAT is what it takes to make the order's VAT right on the sum for each rate, third decimal rounded half
        up: rounding that the rows' own VAT left over comes in here. Without goods that cost anything:
        at the usual rate.
        """
        rates = [rate for rate, one in self.goods.items() if one.ex > 0]
        if not rates:
            return self.add(from_ex(ex, usual_rate))
        vat = ZERO
        for rate, share in zip(rates, share_out(ex, [self.goods[rate].ex for rate in rates]), strict=True):
            before = self.with_costs[rate]
            more = to_cent((before.ex + share) * rate) - before.vat
            self.with_costs[rate] = Amount(
                before.inc + share + more, before.ex + share, before.vat + more, rate
            )
            vat += more
        return _mixed(ex, vat)

    def split_inc(self, inc: Decimal, usual_rate: Decimal) -> Amount:
        """An amount with VAT over the rates, each part with its own VAT."""
        rates = [rate for rate, one in self.goods.items() if one.inc > 0]
        if not rates:
            return self.add(from_inc(inc, usual_rate))
        shares = share_out(inc, [self.goods[rate].inc for rate in rates])
        parts = [self.add(from_inc(share, rate)) for rate, share in zip(rates, shares, strict=True)]
        return _mixed(sum((one.ex for one in parts), ZERO), sum((one.vat for one in parts), ZERO))


def _mixed(ex: Decimal, vat: Decimal) -> Amount:
    rate = (vat / ex).quantize(Decimal("0.0001"), ROUND_HALF_UP) if ex else ZERO
    return Amount(tidy(ex + vat), tidy(ex), tidy(vat), tidy(rate))


def cost_of(terms: Terms, mix: Mix, wanted: Any, name: str, usual_rate: Decimal) -> Amount:
    """One cost: an amount with VAT, or ``{inc or ex: amount, vat_rate: fraction, split: true}``."""
    if not isinstance(wanted, Mapping):
        wanted = {"inc": wanted}
    unknown = set(wanted) - {"inc", "ex", "vat_rate", "split"}
    if unknown or len({"inc", "ex"} & set(wanted)) != 1:
        raise UsageError(f"{name} is an amount with VAT, or {{inc or ex, vat_rate, split}}")
    ex = "ex" in wanted
    amount = to_cent(_number(wanted["ex" if ex else "inc"], name))
    rate = decimal_of(wanted, "vat_rate", usual_rate)
    if wanted.get("split") and terms.has_vat:
        return mix.split_ex(amount, rate) if ex else mix.split_inc(amount, rate)
    if not terms.has_vat:
        return mix.add(from_ex(amount if ex else without_vat(amount, rate), ZERO))
    return mix.add(from_ex(amount, rate) if ex else from_inc(amount, rate))


def _number(value: Any, name: str) -> Decimal:
    return decimal_of({name: value}, name, ZERO)


def by_weight(view: View, terms: Terms, method: DeliveryMethod, rows: list[OrderItem]) -> Decimal:
    """What a delivery costs with VAT, by weight in grams; nothing from the method's limit on."""
    goods = sum((row.total.inc for row in rows if row.takes_stock), ZERO)
    limit = method.free_from.get(terms.currency)
    if limit is not None and goods >= limit:
        return ZERO
    articles = view.shop.articles.rows
    weight = sum((articles[row.article].weight * row.quantity for row in rows if row.article), ZERO)
    fitting = [
        one for one in method.intervals if one.low <= weight and (one.high is None or weight < one.high)
    ]
    return fitting[0].price.get(terms.currency, ZERO) if fitting else ZERO


def whole(view: View, parts: list[Amount], discount: Discount | None, reduction: Decimal) -> Amount:
    """The order's total: its parts, less a discount that is a property, less gift cards that lower it."""
    total = total_of(parts)
    if discount is not None:
        total.inc, total.ex = tidy(total.inc - discount.inc), tidy(total.ex - discount.ex)
        total.vat = tidy(total.inc - total.ex)
    if reduction:
        total.inc, total.ex = tidy(total.inc - reduction), tidy(total.ex - reduction)
    if view.switch["order_rounding"] == "whole_kronor":
        total.inc = tidy(total.inc.quantize(Decimal(1), ROUND_HALF_UP))
        total.ex = tidy(total.inc - total.vat)
    return total
