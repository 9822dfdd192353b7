"""The rows of an order that is placed: what each costs, and what the switches for discounts and packages make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.model import Article, ArticleVariant, ByCurrency
from shop_sandbox.abicart.money import ZERO, from_ex, from_inc, share_out, to_cent, total_of, without_vat
from shop_sandbox.abicart.order_model import Amount, Discount, OrderItem
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.core.errors import UnknownRecordError, UsageError


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all rows of one order."""

    order: int
    currency: str
    language: str
    has_vat: bool


def decimal_of(values: Mapping[str, Any], name: str, default: Decimal) -> Decimal:
    """An amount or quantity given as a number or as text; ``UsageError`` if it is none."""
    value = values.get(name, default)
    try:
        if isinstance(value, bool):
            raise ValueError
        return Decimal(str(value))
    except (ArithmeticError, ValueError):
        raise UsageError(f"{name} is a number, not {value!r}") from None


def build_row(view: View, terms: Terms, wanted: Mapping[str, Any]) -> list[OrderItem]:
    """The row or, for a package under its switch, the rows of one thing ordered.

    ``wanted``: ``article`` or ``variant`` (uid), ``quantity`` (1), ``discount_percent`` (0).
    """
    unknown = set(wanted) - {"article", "variant", "quantity", "discount_percent"}
    if unknown:
        raise UsageError(f"an order row has no {', '.join(sorted(unknown))}")
    article, variant = _ordered(view, wanted)
    quantity = decimal_of(wanted, "quantity", Decimal(1))
    percent = decimal_of(wanted, "discount_percent", ZERO)
    if quantity <= 0 or not 0 <= percent <= 100:
        raise UsageError("quantity is more than 0, discount_percent between 0 and 100")
    price = _price(article, variant, terms.currency)
    if price is None:
        raise UsageError(f"article {article.uid} has no price in {terms.currency}, so it cannot be ordered")
    row = _priced_row(view, terms, article, variant, quantity, price)
    if percent:
        row = _lowered(row, percent / 100, Discount(801, f"Rabatt {tidy(percent)} %", ZERO, ZERO, ZERO))
    return _as_package(view, terms, article, row) if article.content else [row]


def _ordered(view: View, wanted: Mapping[str, Any]) -> tuple[Article, ArticleVariant | None]:
    variant = None
    uid = wanted.get("article")
    if "variant" in wanted:
        variant = view.shop.variants.get(wanted["variant"])
        if variant is None:
            raise UnknownRecordError(f"there is no variant {wanted['variant']!r}")
        uid = variant.article
    article = view.shop.articles.get(uid)
    if article is None:
        raise UnknownRecordError(f"there is no article {uid!r}")
    if article.variants and variant is None:
        raise UsageError(f"article {uid} has variants: order one of them")
    return article, variant


def _price(article: Article, variant: ArticleVariant | None, currency: str) -> Decimal | None:
    """The price that applies now, with what the chosen options cost on top."""
    price = article.offer.get(currency, article.regular.get(currency))
    if price is None or variant is None:
        return price
    extras: list[ByCurrency] = [
        article.option_prices.get(int(uid), {}) for uid in variant.defined_by.values()
    ]
    return sum((one.get(currency, ZERO) for one in extras), price)


def _amount(view: View, terms: Terms, price: Decimal, rate: Decimal) -> Amount:
    if not terms.has_vat:
        ex = without_vat(price, rate) if view.shop.webshop.prices_with_vat else price
        return from_ex(ex, ZERO)
    return from_inc(price, rate) if view.shop.webshop.prices_with_vat else from_ex(price, rate)


def _priced_row(
    view: View,
    terms: Terms,
    article: Article,
    variant: ArticleVariant | None,
    quantity: Decimal,
    price: Decimal,
) -> OrderItem:
    unit = _amount(view, terms, price, article.vat_rate)
    total = _amount(view, terms, to_cent(price * quantity), article.vat_rate)
    return OrderItem(
        uid=0,
        order=terms.order,
        article=article.uid,
        variant=None if variant is None else variant.uid,
        base_number=article.article_number,
        variant_number=None if variant is None else variant.article_number,
        name=article.name.get(terms.language) or next(iter(article.name.values()), ""),
        choices={} if variant is None else dict(variant.defined_by),
        quantity=quantity,
        unit=unit,
        total=total,
        unit_before=unit,
        total_before=total,
        changed=view.now,
    )


def _lowered(row: OrderItem, share: Decimal, discount: Discount) -> OrderItem:
    """The row after that share of its price is taken off."""
    return lowered_by(row, to_cent(row.total.inc * share), discount)


def lowered_by(row: OrderItem, off: Decimal, discount: Discount) -> OrderItem:
    """The row after that amount, with VAT, is taken off its total."""
    total = from_inc(row.total.inc - off, row.total.rate)
    unit = from_inc(to_cent(total.inc / row.quantity), row.total.rate)
    before = row.total_before
    rate = tidy(((before.inc - total.inc) / before.inc).quantize(Decimal("0.0001"))) if before.inc else ZERO
    shown = replace(discount, rate=rate, inc=tidy(before.inc - total.inc), ex=tidy(before.ex - total.ex))
    return replace(row, total=total, unit=unit, discount=shown)


def _as_package(view: View, terms: Terms, article: Article, row: OrderItem) -> list[OrderItem]:
    """Open question 16: a package's row, its row and rows of its parts without a price, or the parts alone."""
    shape = view.switch["package_rows"]
    if shape == "one_row":
        return [row]
    parts = []
    for part in article.content:
        piece = view.shop.articles.get(part.article)
        if piece is not None:
            price = piece.regular.get(terms.currency, ZERO)
            parts.append(_priced_row(view, terms, piece, None, part.quantity * row.quantity, price))
    if shape == "with_parts":
        return [row, *(_repriced(part, ZERO, takes_stock=False) for part in parts)]
    shares = share_out(to_cent(row.total.inc), [part.total.inc for part in parts])
    return [_repriced(part, share, takes_stock=True) for part, share in zip(parts, shares, strict=True)]


def _repriced(row: OrderItem, inc: Decimal, *, takes_stock: bool) -> OrderItem:
    total = from_inc(inc, row.total.rate)
    unit = from_inc(to_cent(inc / row.quantity), row.total.rate)
    return replace(row, unit=unit, total=total, unit_before=unit, total_before=total, takes_stock=takes_stock)


def discounted(view: View, terms: Terms, rows: list[OrderItem], off: Decimal, name: str) -> list[OrderItem]:
    """Open question 14: a discount on the whole order in its rows, or as negative rows, one for each VAT rate.

    With the switch on ``property`` the rows stay as they are.
    """
    discount = Discount(802, name, ZERO, ZERO, ZERO)
    shape = view.switch["order_discount"]
    if shape == "items":
        shares = share_out(off, [row.total.inc for row in rows])
        return [lowered_by(row, share, discount) for row, share in zip(rows, shares, strict=True)]
    if shape == "negative_item":
        by_rate = by_vat_rate(rows)
        shares = share_out(off, [amount.inc for amount in by_rate])
        return rows + [
            plain_row(view, terms, name, from_inc(-share, amount.rate))
            for amount, share in zip(by_rate, shares, strict=True)
            if share
        ]
    return rows


def by_vat_rate(rows: list[OrderItem]) -> list[Amount]:
    """The rows' sums for each VAT rate."""
    rates = sorted({row.total.rate for row in rows}, reverse=True)
    return [total_of([row.total for row in rows if row.total.rate == rate]) for rate in rates]


def plain_row(view: View, terms: Terms, name: str, amount: Amount) -> OrderItem:
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
    )
