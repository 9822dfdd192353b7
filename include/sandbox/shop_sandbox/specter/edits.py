"""What a person does in Specter's own pages: each edit changes records and puts them on the right queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from shop_sandbox.core.errors import UnknownRecordError, UsageError
from shop_sandbox.specter import by_hand
from shop_sandbox.specter.books import CANCELLED, Books
from shop_sandbox.specter.queues import BatchKeeper
from shop_sandbox.specter.records import Article, Delivery, Order, Queue

EDITS = {
    "article.new": "number, and any of the values of article.change; a new article is on the article-info queue",
    "article.change": "number, and any of name, price, buy_price, vat_percent, bar_code, weight, old_price,"
    " show_old_price, article_type, commodity_code, description (HTML)",
    "article.prices": "factor or price, numbers (all unless given), decimals (2), vat_percent: a price list for many"
    " articles in one call",
    "article.stock": "number, available (or shelf), site: what is on the shelf; null ends stock management",
    "article.renumber": "number, to",
    "article.touch": "number: on the article-info and stock queues, with nothing changed",
    "article.delete": "number",
    "customer.new": "the fields, by their wire names: a customer made by hand, whoever else has the same e-mail",
    "customer.change": "number, and the fields to set, by their wire names",
    "order.new": "customer (number), external_number, rows [{article, name, quantity, price, vat_percent,"
    " discount_percent, comment}], webshop_id, site, fields: an order made by hand, without any control",
    "order.deliver": "number, tracking; rows {row from 1: quantity} for a part of it",
    "order.cancel": "number: status 5; what was reserved is available again",
    "order.delete": "number: gone; reported only where the switch order_delete_event says so",
    "order.status": "number, status_id, delivery_status: any codes",
    "queue.open_batch": "queue, batch, api_user: what another reader of the account does",
    "queue.clear": "queue: forget all changes and batches",
    "bulk": "edits [{what, …}]: many in one call",
}
ARTICLE_NUMBERS = ("price", "buy_price", "vat_percent", "weight", "volume", "old_price")
ARTICLE_TEXTS = ("name", "bar_code", "article_type", "commodity_code", "description")
INFO_VALUES = {*ARTICLE_NUMBERS, *ARTICLE_TEXTS, "show_old_price"}

Values = Mapping[str, Any]


class Desk:
    """One account seen by a person at a desk. Every method returns the record as JSON would hold it."""

    def __init__(self, books: Books, keeper: BatchKeeper, now: float, *, queue_deletions: bool) -> None:
        self._books = books
        self._keeper = keeper
        self._now = now
        self._queue_deletions = queue_deletions
        self._edits: dict[str, Callable[[Values], Any]] = {
            "article.new": self.new_article,
            "article.change": self.change_article,
            "article.prices": self.change_prices,
            "article.stock": self.set_stock,
            "article.renumber": self.renumber,
            "article.touch": self.touch,
            "article.delete": self.delete_article,
            "customer.new": lambda values: asdict(by_hand.new_customer(books, values)),
            "customer.change": self.change_customer,
            "order.new": lambda values: asdict(by_hand.new_order(books, values, now)),
            "order.deliver": self.deliver,
            "order.cancel": self.cancel,
            "order.delete": self.delete_order,
            "order.status": self.set_status,
            "queue.open_batch": self.open_batch,
            "queue.clear": self.clear_queue,
            "bulk": self.bulk,
        }

    def do(self, what: str, values: Values) -> Any:
        return self._edits[what](values)

    def bulk(self, values: Values) -> dict[str, int]:
        edits = values.get("edits")
        if not isinstance(edits, list):
            raise UsageError("bulk takes edits, a list of {what, …}")
        for edit in edits:
            what = edit.get("what")
            if what not in self._edits or what == "bulk":
                raise UsageError(f"there is no edit {what!r}")
            self.do(what, {name: value for name, value in edit.items() if name != "what"})
        return {"done": len(edits)}

    # articles

    def new_article(self, values: Values) -> dict[str, Any]:
        number = _text(values, "number")
        if self._books.article(number) is not None:
            raise UsageError(f"there is an article {number!r} already")
        _only(values, {"number", "available", "shelf", "site", *INFO_VALUES})
        changes = _article_values({name: values[name] for name in values.keys() & INFO_VALUES})
        article = self._books.new_article(number)
        self._apply(article, changes)
        self._books.mark(Queue.ARTICLE_INFO, article.id)
        stock = {name: values[name] for name in values.keys() & {"available", "shelf", "site"}}
        return self.set_stock({"number": number, **stock}) if stock else asdict(article)

    def change_article(self, values: Values) -> dict[str, Any]:
        article = self._article(values)
        _only(values, {"number", *INFO_VALUES})
        self._apply(article, _article_values({k: v for k, v in values.items() if k != "number"}))
        self._books.mark(Queue.ARTICLE_INFO, article.id)
        return asdict(article)

    def _apply(self, article: Article, changes: Values) -> None:
        for name, value in changes.items():
            setattr(article, name, value)

    def change_prices(self, values: Values) -> dict[str, int]:
        _only(values, {"factor", "price", "numbers", "decimals", "vat_percent"})
        if ("factor" in values) == ("price" in values) and (
            "factor" in values or "vat_percent" not in values
        ):
            raise UsageError("a price list takes factor or price, or vat_percent alone")
        smallest = Decimal(1).scaleb(-_whole({"decimals": 2, **values}, "decimals"))
        numbers = values.get("numbers")
        chosen = (
            list(self._books.data.articles.values())
            if numbers is None
            else [self._article({"number": number}) for number in numbers]
        )
        for article in chosen:
            price = article.price
            if "price" in values:
                price = _decimal(values["price"], "price")
            elif "factor" in values:
                price = article.price * _decimal(values["factor"], "factor")
            article.price = price.quantize(smallest, ROUND_HALF_UP)
            if "vat_percent" in values:
                article.vat_percent = _decimal(values["vat_percent"], "vat_percent")
            self._books.mark(Queue.ARTICLE_INFO, article.id)
        return {"changed": len(chosen)}

    def set_stock(self, values: Values) -> dict[str, Any]:
        article = self._article(values)
        _only(values, {"number", "available", "shelf", "site"})
        site = values.get("site", self._books.default_site)
        if site not in self._books.data.account.sites:
            raise UsageError(f"there is no stock site {site!r}")
        wanted = values.get("available", values.get("shelf"))
        if wanted is None:
            article.stock = {}
        else:
            stock = self._books.site_stock(article, site)
            held = stock.reserved if "available" in values else 0
            stock.shelf = _decimal(wanted, "stock") + held
        self._books.mark(Queue.STOCK, article.id)
        return asdict(article)

    def renumber(self, values: Values) -> dict[str, Any]:
        article, to = self._article(values), _text(values, "to")
        other = self._books.article(to)
        if other is not None and other is not article:
            raise UsageError(f"there is an article {to!r} already")
        self._books.rename_article(article, to)
        self._books.mark(Queue.ARTICLE_INFO, article.id)
        self._books.mark(Queue.STOCK, article.id)
        return asdict(article)

    def touch(self, values: Values) -> dict[str, Any]:
        article = self._article(values)
        self._books.mark(Queue.ARTICLE_INFO, article.id)
        self._books.mark(Queue.STOCK, article.id)
        return asdict(article)

    def delete_article(self, values: Values) -> dict[str, Any]:
        article = self._article(values)
        self._books.remove_article(article)
        return asdict(article)

    # customers and orders

    def change_customer(self, values: Values) -> dict[str, Any]:
        customer = self._books.data.customers.get(_whole(values, "number"))
        if customer is None:
            raise UnknownRecordError(f"there is no customer {values['number']}")
        fields = {name.lower(): str(value) for name, value in values.items() if name != "number"}
        self._books.change_customer(customer, {**customer.fields, **fields})
        return asdict(customer)

    def deliver(self, values: Values) -> dict[str, Any]:
        """Ship all that is left, or the quantities named; what is shipped leaves shelf and reservation."""
        order = self._order(values)
        wanted = values.get("rows")
        for index, row in enumerate(order.rows, start=1):
            left = row.quantity - row.delivered
            quantity = left if wanted is None else _decimal(wanted.get(str(index), 0), "quantity")
            if quantity < 0 or (left >= 0 and quantity > left):
                quantity = left
            row.delivered += quantity
            article = self._books.data.articles.get(row.article_id or 0)
            if article is not None and article.stock:
                stock = self._books.site_stock(article, order.site)
                stock.shelf -= quantity
                stock.reserved -= quantity
        complete = all(row.delivered == row.quantity for row in order.rows)
        order.status_id, order.delivery_status = (3, "D") if complete else (2, "P")
        order.deliveries.append(Delivery(str(values.get("tracking", "")), self._now))
        order.deliveries_updated = True
        self._books.mark(Queue.ORDERS, order.number)
        return asdict(order)

    def cancel(self, values: Values) -> dict[str, Any]:
        order = self._order(values)
        if order.status_id != CANCELLED:
            order.status_id = CANCELLED
            self._books.release(order)
            self._books.mark(Queue.ORDERS, order.number)
        return asdict(order)

    def delete_order(self, values: Values) -> dict[str, Any]:
        order = self._order(values)
        if self._queue_deletions:
            return self.cancel(values)
        if order.status_id != CANCELLED:
            self._books.release(order)
        self._books.remove_order(order)
        return asdict(order)

    def set_status(self, values: Values) -> dict[str, Any]:
        order = self._order(values)
        order.status_id = _whole(values, "status_id") if "status_id" in values else order.status_id
        order.delivery_status = str(values.get("delivery_status", order.delivery_status))
        self._books.mark(Queue.ORDERS, order.number)
        return asdict(order)

    # queues

    def open_batch(self, values: Values) -> dict[str, Any]:
        queue, number = _queue(values), _text(values, "batch")
        user = values.get("api_user", next(iter(self._books.data.account.users)))
        batch = self._keeper.open_batch(queue, user) or self._keeper.take(queue, number, user)
        if batch is None:
            raise UsageError(f"nothing waits on the queue {queue}, so no batch can be opened")
        return asdict(batch)

    def clear_queue(self, values: Values) -> dict[str, str]:
        queue = _queue(values)
        self._books.data.changes[queue].clear()
        self._books.data.batches = [one for one in self._books.data.batches if one.queue is not queue]
        return {"queue": queue}

    def _article(self, values: Values) -> Article:
        article = self._books.article(_text(values, "number"))
        if article is None:
            raise UnknownRecordError(f"there is no article {values['number']!r}")
        return article

    def _order(self, values: Values) -> Order:
        order = self._books.data.orders.get(_whole(values, "number"))
        if order is None:
            raise UnknownRecordError(f"there is no order {values['number']}")
        return order


def _article_values(values: Values) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name in ARTICLE_NUMBERS:
            changes[name] = _decimal(value, name)
        else:
            changes[name] = bool(value) if name == "show_old_price" else str(value)
    return changes


def _only(values: Values, known: set[str]) -> None:
    unknown = set(values) - known
    if unknown:
        raise UsageError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{name} is missing")
    return value


def _whole(values: Values, name: str) -> int:
    value = values.get(name)
    if type(value) is not int:
        raise UsageError(f"{name} is a whole number, not {value!r}")
    return value


def _queue(values: Values) -> Queue:
    try:
        return Queue(_text(values, "queue"))
    except ValueError:
        raise UsageError(f"queue is one of {', '.join(Queue)}") from None


def _decimal(value: Any, name: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise UsageError(f"{name} is a number, not {value!r}") from None
    if not number.is_finite():
        raise UsageError(f"{name} is a number, not {value!r}")
    return number
