"""Customers and orders that a person makes in Specter's own pages, past every control of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from shop_sandbox.core.errors import UnknownRecordError, UsageError
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.records import ZERO, Customer, Order, OrderRow

Values = Mapping[str, Any]

ORDER_VALUES = {"customer", "external_number", "webshop_id", "site", "rows", "fields"}
ROW_VALUES = {"article", "name", "quantity", "price", "vat_percent", "discount_percent", "comment"}


def new_customer(books: Books, values: Values) -> Customer:
    """A customer with these fields, by their wire names; whoever else has the same e-mail."""
    if not values:
        raise UsageError("customer.new takes the fields by their wire names")
    return books.new_customer({name.lower(): str(value) for name, value in values.items()})


def new_order(books: Books, values: Values, now: float) -> Order:
    """An order of ``customer``; ``external_number`` may be one that another order has. Reserves stock."""
    _only(values, ORDER_VALUES)
    customer = values.get("customer")
    if customer not in books.data.customers:
        raise UnknownRecordError(f"there is no customer {customer!r}")
    site = values.get("site", books.default_site)
    if site not in books.data.account.sites:
        raise UsageError(f"there is no stock site {site!r}")
    wanted = values.get("rows")
    if not isinstance(wanted, list) or not wanted:
        raise UsageError("rows is a list of {article, name, quantity, price, vat_percent}")
    rows = [_row(books, one) for one in wanted]
    order = Order(
        number=books.next_order_number(),
        customer_number=int(customer),
        external_number=str(values.get("external_number", "")),
        webshop_id=str(values.get("webshop_id", "")),
        site=site,
        at=now,
        rows=rows,
        fields={name.lower(): str(value) for name, value in values.get("fields", {}).items()},
    )
    books.add_order(order)
    for row in rows:
        article = books.data.articles.get(row.article_id or 0)
        if article is not None:
            books.reserve(article, site, row.quantity)
    return order


def _row(books: Books, values: Values) -> OrderRow:
    """What is not given is the article's own; a row without an article is free text."""
    _only(values, ROW_VALUES)
    number = str(values.get("article", ""))
    article = books.article(number) if number else None
    if number and article is None:
        raise UnknownRecordError(f"there is no article {number!r}")
    return OrderRow(
        article_number=number,
        name=str(values.get("name", "" if article is None else article.name)),
        quantity=_decimal(values, "quantity", Decimal(1)),
        price=_decimal(values, "price", ZERO if article is None else article.price),
        vat_percent=_decimal(values, "vat_percent", Decimal(25) if article is None else article.vat_percent),
        discount_percent=_decimal(values, "discount_percent", ZERO),
        comment=str(values.get("comment", "")),
        article_id=None if article is None else article.id,
    )


def _only(values: Values, known: set[str]) -> None:
    unknown = set(values) - known
    if unknown:
        raise UsageError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _decimal(values: Values, name: str, default: Decimal) -> Decimal:
    value = values.get(name, default)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise UsageError(f"{name} is a number, not {value!r}") from None
    if not number.is_finite():
        raise UsageError(f"{name} is a number, not {value!r}")
    return number
