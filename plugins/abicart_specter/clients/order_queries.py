"""What is asked of an order (Abicart reference 3 and 6), narrow for the scan and whole for the export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abicart_specter.clients.field_query import Path

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

PART_KEYS = ("uid", "articleNumber", "name", "vatRate", "price")
"""What it shows of the articles in a package."""
_PART: Mapping[str, Any] = {**dict.fromkeys(PART_KEYS, True), "quantity": True}
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
        "article": {
            **dict.fromkeys(ARTICLE_KEYS, True),
            "content": {**dict.fromkeys(PART_KEYS, True), "quantity": True},
        },
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
