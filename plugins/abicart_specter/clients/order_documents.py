"""Orders as the shop answers them, made alike whatever form they come in (Abicart reference 6).

Uids become ``int`` and empty objects objects. Amounts, quantities, times and words stay as
the shop wrote them: reading those is the domain's business.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict

from abicart_specter.clients import articles
from abicart_specter.clients.jsonrpc import as_object, as_uid
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.orders.order_values import parse_time

OrderDocument = dict[str, Any]
"""A whole order under the names of the wire."""


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
        "customer": tidy_customer(order.get("customer")),
    }


def tidy_orders(value: Any) -> list[OrderDocument]:
    """The result of ``Order.list`` with whole orders.

    :raises NotReadable: it is no list of orders.
    """
    if not isinstance(value, list):
        raise NotReadable("the list of orders is not a list")
    return [tidy_order(one) for one in value]


def tidy_order(value: Any) -> OrderDocument:
    """One whole order. Its rows and payments may still be bare uids, see :mod:`order_gaps`.

    :raises NotReadable: it is no order.
    """
    order = as_object(value)
    order["uid"] = as_uid(order.get("uid"))
    order["items"] = [_row_or_uid(one, tidy_item) for one in _list(order.get("items"), "items")]
    order["payments"] = [_row_or_uid(one, tidy_payment) for one in _list(order.get("payments"), "payments")]
    order["customer"] = tidy_customer(order.get("customer"))
    delivery = order["delivery"] = _object_or_same(order.get("delivery"))
    if isinstance(delivery, dict) and "method" in delivery:
        delivery["method"] = _reference(delivery["method"])
    _tidy_costs(order)
    if order.get("discount") == []:
        order["discount"] = None
    return order


def tidy_item(value: dict[str, Any]) -> dict[str, Any]:
    """A row with what it shows of its article."""
    value["uid"] = _reference(value.get("uid"))
    article = value.get("article")
    if isinstance(article, dict) and bare_uid(article.get("uid")) is not None:
        article = articles.tidy(article)
        tidy_content(article)
    value["article"] = _reference(article)
    if value.get("choices") == []:
        value["choices"] = {}
    if value.get("discountInfo") == []:
        value["discountInfo"] = None
    _tidy_costs(value)
    return value


def tidy_content(article: dict[str, Any]) -> None:
    """The parts of a package: objects, uids, or ``None`` for a part that is gone."""
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


def tidy_payment(value: dict[str, Any]) -> dict[str, Any]:
    """A payment."""
    value["uid"] = _reference(value.get("uid"))
    value["method"] = _reference(value.get("method"))
    return value


def tidy_customer(value: Any) -> Any:
    """An object, or the uid of one."""
    if bare_uid(value) is not None:
        return bare_uid(value)
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
    uid = bare_uid(value)
    return value if uid is None else uid


def bare_uid(value: Any) -> int | None:
    """The uid, if that is all there is."""
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
