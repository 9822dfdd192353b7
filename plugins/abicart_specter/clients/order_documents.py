"""What is asked of an order, and making whole what comes back in another shape than asked for (Abicart reference 6).

Uids become ``int`` and empty objects objects, whatever form they come in. Amounts, quantities, times and words stay as
the shop wrote them: reading those is the domain's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from abicart_specter.clients import articles
from abicart_specter.clients.field_query import Path
from abicart_specter.clients.jsonrpc import as_object, as_uid
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.orders.order_values import parse_time

OrderDocument = dict[str, Any]

Fetch = Callable[[Sequence[int]], Mapping[int, dict[str, Any]]]
"""Gets objects by uid; those that are gone are left out."""


class OrderHead(TypedDict):
    """What the scan needs of an order that was placed, under the names of the wire."""

    uid: int
    orderNumber: str
    ordered: datetime
    changed: datetime | None
    discarded: bool
    externalOrderNumber: str
    paymentStatus: str
    customer: dict[str, Any]


HEAD_QUERY: Mapping[str, Any] = {
    "uid": True,
    "orderNumber": True,
    "ordered": True,
    "changed": True,
    "discarded": True,
    "externalOrderNumber": True,
    "paymentStatus": True,
    "customer": {},
}
"""``{}`` asks for an object where ``true`` might give a uid (Abicart reference 10 #37)."""

_PART = {
    "uid": True,
    "articleNumber": True,
    "name": True,
    "vatRate": True,
    "price": True,
    "quantity": True,
}
ARTICLE_KEYS = ("uid", "articleNumber", "type", "name", "vatRate", "price", "variants", "content")
"""What an order's row shows of its article."""

ORDER_QUERY: Mapping[str, Any] = {
    **HEAD_QUERY,
    "currency": True,
    "exchangeRate": True,
    "language": True,
    "hasVat": True,
    "note": True,
    "deliveryStatus": True,
    "costs": True,
    "delivery": True,
    "discount": True,
    "items": {
        "uid": True,
        "article": {**dict.fromkeys(ARTICLE_KEYS, True), "content": _PART},
        "articleNumber": True,
        "articleName": True,
        "choices": True,
        "quantity": True,
        "costs": True,
        "discountInfo": True,
    },
    "payments": {
        "uid": True,
        "method": True,
        "status": True,
        "amount": True,
        "externalRef": True,
    },
}

REQUIRED: frozenset[Path] = frozenset(
    {
        ("orderNumber",),
        ("ordered",),
        ("discarded",),
        ("customer",),
        ("currency",),
        ("costs",),
        ("items", "uid"),
        ("items", "article", "uid"),
        ("items", "articleNumber"),
        ("items", "choices"),
        ("items", "costs"),
        ("items", "discountInfo"),
        ("payments", "uid"),
        ("payments", "method"),
        ("payments", "status"),
        ("payments", "amount"),
    }
)
"""An order without one of these would be sent wrong, so that no order is sent at all."""

GUESSED: frozenset[Path] = frozenset(
    {("discount",), ("items", "quantity"), ("items", "article", "content", "quantity")}
)
"""Fields that a shop may or may not have (Abicart reference 10 #11, #14, #17)."""

_PERSON = ("info", "address", "deliveryAddress")


def tidy_heads(value: Any) -> list[dict[str, Any]]:
    """The result of ``Order.list`` for the scan; ``ordered`` and ``changed`` are times or ``None``.

    :raises NotReadable: it is no list of orders, or a time is none.
    """
    if not isinstance(value, list):
        raise NotReadable("the list of orders is not a list")
    return [_tidy_head(one) for one in value]


def _tidy_head(value: Any) -> dict[str, Any]:
    order = as_object(value)
    return {
        "uid": as_uid(order.get("uid")),
        "orderNumber": _text(order.get("orderNumber")),
        "ordered": _time(order.get("ordered"), "ordered"),
        "changed": _time(order.get("changed"), "changed"),
        "discarded": order.get("discarded") in (True, 1),
        "externalOrderNumber": _text(order.get("externalOrderNumber")),
        "paymentStatus": _text(order.get("paymentStatus")).lower(),
        "customer": _tidy_customer(order.get("customer")),
    }


def as_head(row: Mapping[str, Any]) -> OrderHead:
    """A tidied row that is known to be placed."""
    return row  # type: ignore[return-value]


def tidy_orders(value: Any) -> list[OrderDocument]:
    """The result of ``Order.list`` with whole orders.

    :raises NotReadable: it is no list of orders.
    """
    if not isinstance(value, list):
        raise NotReadable("the list of orders is not a list")
    return [tidy_order(one) for one in value]


def tidy_order(value: Any) -> OrderDocument:
    """One whole order. Its rows and payments may still be bare uids, see :func:`has_bare_rows`.

    :raises NotReadable: it is no order.
    """
    order = as_object(value)
    order["uid"] = as_uid(order.get("uid"))
    order["items"] = [_row_or_uid(one, _tidy_item) for one in _list(order.get("items"), "items")]
    order["payments"] = [_row_or_uid(one, _tidy_payment) for one in _list(order.get("payments"), "payments")]
    order["customer"] = _tidy_customer(order.get("customer"))
    delivery = order["delivery"] = _object_or_same(order.get("delivery"))
    if isinstance(delivery, dict) and "method" in delivery:
        delivery["method"] = _reference(delivery["method"])
    _tidy_costs(order)
    if order.get("discount") == []:
        order["discount"] = None
    return order


def bare_uids(orders: Iterable[OrderDocument], name: str) -> list[int]:
    """The uids of rows or payments that did not come as objects."""
    return [one for order in orders for one in order[name] if isinstance(one, int)]


def has_bare_rows(order: OrderDocument) -> bool:
    """Whether some of its rows or payments are only uids (Abicart reference 10 #9)."""
    return bool(bare_uids([order], "items") or bare_uids([order], "payments"))


def complete_rows(orders: Sequence[OrderDocument], items: Fetch, payments: Fetch) -> None:
    """Replace rows and payments that are bare uids by what their own classes say of them; what is gone stays a uid."""
    for name, fetch, tidied in (("items", items, _tidy_item), ("payments", payments, _tidy_payment)):
        bare = bare_uids(orders, name)
        if not bare:
            continue
        found = fetch(bare)
        for order in orders:
            order[name] = [
                tidied(found[one]) if isinstance(one, int) and one in found else one for one in order[name]
            ]


def complete_articles(orders: Sequence[OrderDocument], fetch: Fetch) -> None:
    """Replace rows' articles that are bare uids by objects; an article that is gone stays a uid."""
    items = list(rows_of(orders))
    bare = sorted({one["article"] for one in items if isinstance(one.get("article"), int)})
    if not bare:
        return
    found = fetch(bare)
    for item in items:
        if item.get("article") in bare and item["article"] in found:
            item["article"] = found[item["article"]]


def complete_customers(orders: Sequence[dict[str, Any]], fetch: Fetch) -> None:
    """Replace customers that are bare uids by what the shop has of them now."""
    bare = sorted({one["customer"] for one in orders if isinstance(one["customer"], int)})
    if not bare:
        return
    found = fetch(bare)
    for order in orders:
        if isinstance(order["customer"], int):
            order["customer"] = _tidy_customer(found.get(order["customer"]))


def rows_of(orders: Iterable[OrderDocument]) -> Iterator[dict[str, Any]]:
    """All rows that are objects."""
    return (one for order in orders for one in order["items"] if isinstance(one, dict))


def _tidy_item(value: dict[str, Any]) -> dict[str, Any]:
    value["uid"] = _reference(value.get("uid"))
    article = value.get("article")
    if isinstance(article, dict):
        article = articles.tidy(article)
        _tidy_content(article)
    value["article"] = _reference(article)
    if value.get("choices") == []:
        value["choices"] = {}
    if value.get("discountInfo") == []:
        value["discountInfo"] = None
    _tidy_costs(value)
    return value


def _tidy_content(article: dict[str, Any]) -> None:
    content = article.get("content")
    if not isinstance(content, list):
        return
    for part in content:
        if isinstance(part, dict):
            part["uid"] = _reference(part.get("uid"))
            for name in ("name", "price"):
                if part.get(name) == []:
                    part[name] = {}
    article["content"] = [_reference(part) for part in content]


def _tidy_payment(value: dict[str, Any]) -> dict[str, Any]:
    value["uid"] = _reference(value.get("uid"))
    value["method"] = _reference(value.get("method"))
    return value


def _tidy_customer(value: Any) -> Any:
    """An object, or the uid of one."""
    if _bare_uid(value) is not None:
        return _bare_uid(value)
    customer = as_object(value)
    if "uid" in customer:
        customer["uid"] = _reference(customer["uid"])
    for name in _PERSON:
        if name in customer:
            customer[name] = _object_or_same(customer[name])
    return customer


def _tidy_costs(holder: dict[str, Any]) -> None:
    if "costs" not in holder:
        return
    costs = holder["costs"] = _object_or_same(holder["costs"])
    if isinstance(costs, dict):
        for name, cost in costs.items():
            costs[name] = _object_or_same(cost)


def _row_or_uid(value: Any, tidied: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    return tidied(value) if isinstance(value, dict) else _reference(value)


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise NotReadable(f"an order's {name} are not a list")


def _object_or_same(value: Any) -> Any:
    """``[]`` and ``null`` are an object without members; what else is no object is for the domain to refuse."""
    return {} if value is None or value == [] else value


def _reference(value: Any) -> Any:
    """A uid as ``int``, an object as it is, ``None`` for nothing; anything else stays for the domain to refuse."""
    if isinstance(value, dict) and "uid" in value:
        value["uid"] = _reference(value["uid"])
    uid = _bare_uid(value)
    return value if uid is None else uid


def _bare_uid(value: Any) -> int | None:
    try:
        return as_uid(value)
    except NotReadable:
        return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else str(value)


def _time(value: Any, name: str) -> datetime | None:
    if value is None or value == "":
        return None
    found = parse_time(value) if isinstance(value, str) else None
    if found is None:
        raise NotReadable(f"the time {name} of an order is no time")
    return found
