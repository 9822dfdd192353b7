"""What a probe asks of products and orders: only properties that public texts name, so that no key is unknown."""

from __future__ import annotations

from typing import Any

WEBSHOP_KEYS = [
    "uid",
    "baseCurrency",
    "activeCurrencies",
    "priceStoredWithVat",
    "showPricesIncludingVat",
    "vatSupport",
    "vatCountry",
    "defaultLanguage",
]

ARTICLES: dict[str, Any] = dict.fromkeys(
    (
        "uid",
        "changed",
        "created",
        "articleNumber",
        "type",
        "price",
        "pricing",
        "vatRate",
        "vatIsIncluded",
        "stock",
        "variants",
        "choiceOptions",
        "attributes",
        "content",
    ),
    True,
)

_HEAD: dict[str, Any] = dict.fromkeys(
    ("uid", "orderNumber", "ordered", "changed", "discarded", "currency", "paymentStatus", "deliveryStatus"),
    True,
)

ORDERS: dict[str, Any] = {
    **_HEAD,
    "exchangeRate": True,
    "hasVat": True,
    "costs": True,
    "delivery": True,
    # {} asks for all there is, without naming what might not exist.
    "items": {},
    "payments": {},
    "customer": {},
}

ROWS_ARTICLES: dict[str, Any] = {
    "uid": True,
    "items": {
        "uid": True,
        "article": {
            "uid": True,
            "articleNumber": True,
            "variants": True,
            "content": True,
        },
    },
}


def newest(limit: int) -> dict[str, Any]:
    """A selection of the records made last."""
    return {"sort": "uid", "descending": True, "limit": limit}
