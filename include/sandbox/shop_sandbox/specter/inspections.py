"""What can be looked at from the control interface: records as they are kept, whatever the interface shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.orders import totals
from shop_sandbox.specter.records import AccountData, Customer, Order, Queue

INSPECTIONS: Mapping[str, str] = {
    "articles": "number, after (article id), limit",
    "article_count": "how many",
    "prices": "article number → price, vat_percent, old_price, show_old_price, of all articles",
    "customers": "number, email, orgno (as the matching compares them), after (number), limit",
    "customer_count": "how many",
    "customer_doubles": "{email, orgno: {what several customers have: their numbers}}",
    "orders": "number, external_number, after (number), limit; with totals as the account computes them",
    "order_count": "how many",
    "order_totals": "external number → [number, total] of each of its orders, cancelled ones too; no rows",
    "order_doubles": "external numbers that several orders carry → their numbers",
    "queues": "what waits, per queue, oldest first",
    "batches": "the open ones",
    "accounts": "all, with keys",
}

PRICES = ("price", "vat_percent", "old_price", "show_old_price")


def inspect(books: Books, switches: SwitchBoard, what: str, query: Mapping[str, str]) -> Any:
    """One of ``INSPECTIONS`` but ``accounts``."""
    data = books.data
    match what:
        case "articles":
            return _articles(data, query)
        case "article_count":
            return len(data.articles)
        case "prices":
            return {
                one.number: {name: getattr(one, name) for name in PRICES} for one in data.articles.values()
            }
        case "customers":
            return [asdict(one) for one in _page(_customers(books, query), query)]
        case "customer_count":
            return len(data.customers)
        case "customer_doubles":
            return books.repeated_customers()
        case "orders":
            found = _page(_orders(books, query), query)
            return [{**asdict(one), "totals": totals(one, switches)} for one in found]
        case "order_count":
            return len(data.orders)
        case "order_totals":
            return _order_totals(data, switches)
        case "order_doubles":
            return books.repeated_orders()
        case "queues":
            return _queues(data)
        case _:
            return [asdict(batch) for batch in data.batches]


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise UsageError("after and limit are whole numbers")
    return int(text)


def _page(rows: Iterable[Any], query: Mapping[str, str]) -> Iterable[Any]:
    after = _number(query, "after", 0)
    later = (one for one in rows if one.number > after)
    return islice(later, _number(query, "limit", 1_000_000))


def _customers(books: Books, query: Mapping[str, str]) -> Iterable[Customer]:
    if "email" in query or "orgno" in query:
        return books.customers_with(email=query.get("email"), orgno=query.get("orgno"))
    return _named(books.data.customers, query)


def _orders(books: Books, query: Mapping[str, str]) -> Iterable[Order]:
    if "external_number" in query:
        return books.orders_with(query["external_number"])
    return _named(books.data.orders, query)


def _named(records: Mapping[int, Any], query: Mapping[str, str]) -> Iterable[Any]:
    number = query.get("number")
    if number is None:
        return list(records.values())
    found = records.get(int(number)) if number.isdecimal() else None
    return [] if found is None else [found]


def _order_totals(data: AccountData, switches: SwitchBoard) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    for order in data.orders.values():
        found.setdefault(order.external_number, []).append([order.number, totals(order, switches)["total"]])
    return found


def _queues(data: AccountData) -> dict[Queue, list[Any]]:
    return {
        queue: [
            data.articles[record].number if queue is not Queue.ORDERS else record
            for record in changes
            if queue is Queue.ORDERS or record in data.articles
        ]
        for queue, changes in data.changes.items()
    }


def _articles(data: AccountData, query: Mapping[str, str]) -> list[dict[str, Any]]:
    after, limit = _number(query, "after", 0), _number(query, "limit", 1000)
    found: list[dict[str, Any]] = []
    for article in data.articles.values():
        if article.id > after and query.get("number") in (None, article.number):
            found.append({**asdict(article), "available": article.available})
            if len(found) >= limit:
                break
    return found
