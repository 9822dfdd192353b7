"""The rows of an order that is placed: what each costs, and what the switches for discounts and packages make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.model import Article, ArticleVariant, ByCurrency
from shop_sandbox.abicart.money import ZERO, from_ex, from_inc, share_out, to_cent, without_vat
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


ROW_SETTINGS = {
    "article, variant": "uid of what is ordered; without either a row of something that is no article any more",
    "quantity": "default: 1",
    "price, price_ex": "for one, in the order's currency, with or without VAT; default: by the price list",
    "vat_rate": "fraction; default: the article's",
    "discount_percent, discount_amount, discount_ex": "off the row: percent, or an amount with or without VAT",
    "gift_card": "true: a gift card sold, which no discount on the order lowers and no delivery cost follows",
    "choices": "{choice uid: text}: what the buyer wrote",
    "name, number": "default: the article's",
}
_ROW_NAMES = frozenset(name for names in ROW_SETTINGS for name in names.split(", "))


def build_row(view: View, terms: Terms, wanted: Mapping[str, Any]) -> list[OrderItem]:
    """The row or, for a package under its switch, the rows of one thing ordered (``ROW_SETTINGS``)."""
    unknown = set(wanted) - _ROW_NAMES
    if unknown:
        raise UsageError(f"an order row has no {', '.join(sorted(unknown))}")
    quantity = decimal_of(wanted, "quantity", Decimal(1))
    percent = decimal_of(wanted, "discount_percent", ZERO)
    if quantity <= 0 or not 0 <= percent <= 100:
        raise UsageError("quantity is more than 0, discount_percent between 0 and 100")
    article, variant = (None, None) if _is_free(wanted) else _ordered(view, wanted)
    row = _priced_row(
        view, terms, article, variant, quantity, _unit_of(view, terms, article, variant, wanted)
    )
    row.is_goods = not wanted.get("gift_card")
    row.takes_stock = article is not None
    row = _with_own_texts(row, wanted)
    if percent:
        row = _lowered(row, percent / 100, Discount(801, f"Rabatt {tidy(percent)} %", ZERO, ZERO, ZERO))
    for name, ex in (("discount_amount", False), ("discount_ex", True)):
        off = decimal_of(wanted, name, ZERO)
        if off < 0 or off > (row.total.ex if ex else row.total.inc):
            raise UsageError(f"{name} lies between 0 and the price of the row")
        if off:
            row = lowered_by(row, to_cent(off), Discount(801, "Rabatt", ZERO, ZERO, ZERO), ex=ex)
    return _as_package(view, terms, article, row) if article is not None and article.content else [row]


def _is_free(wanted: Mapping[str, Any]) -> bool:
    return "article" not in wanted and "variant" not in wanted and "name" in wanted


@dataclass(frozen=True, slots=True)
class _Unit:
    """The price of one, and its VAT rate."""

    price: Decimal
    ex: bool
    rate: Decimal


def _unit_of(
    view: View,
    terms: Terms,
    article: Article | None,
    variant: ArticleVariant | None,
    wanted: Mapping[str, Any],
) -> _Unit:
    rate = decimal_of(wanted, "vat_rate", Decimal("0.25") if article is None else article.vat_rate)
    if not 0 <= rate <= 1:
        raise UsageError("vat_rate is a fraction, such as 0.25")
    for name in ("price", "price_ex"):
        if name in wanted:
            return _Unit(decimal_of(wanted, name, ZERO), name == "price_ex", rate)
    if article is None:
        raise UsageError("a row without an article needs price or price_ex")
    listed = _price(article, variant, terms.currency)
    if listed is None:
        raise UsageError(f"article {article.uid} has no price in {terms.currency}, so it cannot be ordered")
    return _Unit(listed, not view.shop.webshop.prices_with_vat, rate)


def _with_own_texts(row: OrderItem, wanted: Mapping[str, Any]) -> OrderItem:
    written = wanted.get("choices", {})
    if not isinstance(written, Mapping):
        raise UsageError("choices is {choice uid: text}")
    row.choices = {**row.choices, **{str(key): str(value) for key, value in written.items()}}
    if "name" in wanted:
        row.name = str(wanted["name"])
    if "number" in wanted:
        row.base_number, row.variant_number = str(wanted["number"]), None
    return row


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


def _amount(terms: Terms, price: Decimal, ex: bool, rate: Decimal) -> Amount:
    if not terms.has_vat:
        return from_ex(to_cent(price) if ex else without_vat(price, rate), ZERO)
    return from_ex(to_cent(price), rate) if ex else from_inc(to_cent(price), rate)


def _priced_row(
    view: View,
    terms: Terms,
    article: Article | None,
    variant: ArticleVariant | None,
    quantity: Decimal,
    one: _Unit,
) -> OrderItem:
    unit = _amount(terms, one.price, one.ex, one.rate)
    total = _amount(terms, one.price * quantity, one.ex, one.rate)
    name = (
        "" if article is None else article.name.get(terms.language) or next(iter(article.name.values()), "")
    )
    return OrderItem(
        uid=0,
        order=terms.order,
        article=None if article is None else article.uid,
        variant=None if variant is None else variant.uid,
        base_number=None if article is None else article.article_number,
        variant_number=None if variant is None else variant.article_number,
        name=name,
        choices={} if variant is None else dict(variant.defined_by),
        quantity=quantity,
        unit=unit,
        total=total,
        unit_before=unit,
        total_before=total,
        changed=view.now,
        priced_ex=one.ex,
    )


def resized(row: OrderItem, quantity: Decimal) -> OrderItem:
    """The row with another quantity: its price for one stays, and the share that was taken off."""
    unit, rate = row.unit_before, row.unit_before.rate
    total = from_ex(to_cent(unit.ex * quantity), rate)
    if not row.priced_ex:
        total = from_inc(to_cent(unit.inc * quantity), rate)
    fresh = replace(row, quantity=quantity, unit=unit, total=total, total_before=total, discount=None)
    return fresh if row.discount is None else _lowered(fresh, row.discount.rate, row.discount)


def _lowered(row: OrderItem, share: Decimal, discount: Discount) -> OrderItem:
    """The row after that share of its price is taken off."""
    whole = row.total.ex if row.priced_ex else row.total.inc
    return lowered_by(row, to_cent(whole * share), discount, ex=row.priced_ex)


def lowered_by(row: OrderItem, off: Decimal, discount: Discount, *, ex: bool = False) -> OrderItem:
    """The row after that amount, with VAT or without, is taken off its total."""
    rate = row.total.rate
    if ex:
        total = from_ex(row.total.ex - off, rate)
        unit = from_ex(to_cent(total.ex / row.quantity), rate)
    else:
        total = from_inc(row.total.inc - off, rate)
        unit = from_inc(to_cent(total.inc / row.quantity), rate)
    before = row.total_before
    share = tidy(((before.inc - total.inc) / before.inc).quantize(Decimal("0.0001"))) if before.inc else ZERO
    shown = replace(discount, rate=share, inc=tidy(before.inc - total.inc), ex=tidy(before.ex - total.ex))
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
            one = _Unit(price, not view.shop.webshop.prices_with_vat, piece.vat_rate)
            parts.append(_priced_row(view, terms, piece, None, part.quantity * row.quantity, one))
    if shape == "with_parts":
        return [row, *(_repriced(part, ZERO, takes_stock=False) for part in parts)]
    shares = share_out(to_cent(row.total.inc), [part.total.inc for part in parts])
    return [_repriced(part, share, takes_stock=True) for part, share in zip(parts, shares, strict=True)]


def _repriced(row: OrderItem, inc: Decimal, *, takes_stock: bool) -> OrderItem:
    total = from_inc(inc, row.total.rate)
    unit = from_inc(to_cent(inc / row.quantity), row.total.rate)
    return replace(row, unit=unit, total=total, unit_before=unit, total_before=total, takes_stock=takes_stock)
