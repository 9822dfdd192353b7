"""What of an order matters once it was sent: its hash, its snapshot for the ledger.

Rows, amounts, delivery and buyer count. Whether it is paid, the administrator's note, marks and the time of change
do not: they move by themselves, also by our own writing back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from abicart_specter.domain.money import shortest
from abicart_specter.domain.orders.records import (
    Address,
    Buyer,
    Cost,
    OrderItem,
    ShopDiscount,
    ShopOrder,
)

VERSION = 1
"""Of the snapshot's form."""


def content_hash(order: ShopOrder) -> str:
    """SHA-256 over what matters; the same however the shop writes its values, and over versions of Python.

    Personal data go in, but a hash over a whole order is not one of anybody's.
    """
    document = {
        **_public(order),
        "buyer": _buyer(order.buyer),
        "texts": [list(one.texts) for one in order.items],
    }
    document.pop("payments")
    document.pop("discarded")
    return hashlib.sha256(_bytes(document)).hexdigest()


def snapshot(order: ShopOrder, secret: bytes) -> dict[str, Any]:
    """Plain JSON for the ledger, by which a later edit can be told row by row. Amounts are text.

    Nothing personal: the buyer and what they entered are one HMAC each.
    """
    return {
        "version": VERSION,
        **_public(order),
        "buyer_hash": _keyed(_buyer(order.buyer), secret),
        "texts_hash": _keyed([[one.uid, list(one.texts)] for one in _by_uid(order.items)], secret),
    }


def _public(order: ShopOrder) -> dict[str, Any]:
    return {
        "currency": order.currency,
        "discarded": order.discarded,
        "delivery_method": order.delivery_method_uid,
        "rows": [_row(one) for one in _by_uid(order.items)],
        "costs": {
            "cart": _cost(order.cart),
            "shipment": _cost(order.shipment),
            "payment": _cost(order.fee),
            "total": _cost(order.total),
        },
        "discount": _discount(order.discount),
        "payments": [
            {
                "uid": one.uid,
                "method": one.method_uid,
                "status": one.status,
                "amount": amount_text(one.amount),
            }
            for one in sorted(order.payments, key=lambda one: one.uid)
        ],
    }


def _by_uid(items: Iterable[OrderItem]) -> list[OrderItem]:
    return sorted(items, key=lambda one: one.uid)


def _row(item: OrderItem) -> dict[str, Any]:
    return {
        "uid": item.uid,
        "article": item.article_uid,
        "variant": item.variant_uid,
        "number": item.product_number,
        "name": item.name,
        "quantity": amount_text(item.quantity),
        **_cost(item.total),
        "discount": _discount(item.discount),
    }


def _cost(cost: Cost) -> dict[str, str]:
    return {"inc": amount_text(cost.inc), "ex": amount_text(cost.ex), "rate": amount_text(cost.rate)}


def _discount(discount: ShopDiscount | None) -> dict[str, str | None] | None:
    if discount is None:
        return None
    return {
        "inc": None if discount.inc is None else amount_text(discount.inc),
        "ex": None if discount.ex is None else amount_text(discount.ex),
        "rate": None if discount.rate is None else amount_text(discount.rate),
    }


def _buyer(buyer: Buyer) -> dict[str, Any]:
    return {
        "is_company": buyer.is_company,
        "email": buyer.email,
        "organisation_number": buyer.organisation_number,
        "vat_number": buyer.vat_number,
        "phone": buyer.phone,
        "mobile": buyer.mobile,
        "invoice": _address(buyer.invoice),
        "delivery": None if buyer.delivery is None else _address(buyer.delivery),
        "custom": sorted([name, text] for name, text in buyer.custom.items()),
    }


def _address(address: Address) -> list[str]:
    return [
        address.company,
        address.first_name,
        address.last_name,
        address.name,
        address.street,
        address.street2,
        address.postcode,
        address.town,
        address.country,
        address.state,
    ]


def amount_text(value: Decimal) -> str:
    """One text for one value: 100, 100.0 and 1E+2 are the same."""
    return shortest(value)


def _keyed(document: Any, secret: bytes) -> str:
    return hmac.new(secret, _bytes(document), hashlib.sha256).hexdigest()


def _bytes(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")
