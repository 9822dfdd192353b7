"""What of an order matters once it was sent: its hash, and its snapshot for the ledger.

Rows, amounts, delivery, means of payment and buyer count. Whether it is paid, the administrator's note, marks and
the time of change do not: they move by themselves, also by our own writing back. Nor does what the shop says today
of a product that was ordered: a new product number or a deleted product is no edit of the order.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from abicart_specter.domain.money import shortest
from abicart_specter.domain.orders.order_mapping import alive
from abicart_specter.domain.orders.records import Address, Buyer, Cost, OrderItem, ShopDiscount, ShopOrder
from abicart_specter.domain.orders.row_products import ROW_QUANTITY
from abicart_specter.domain.raw_values import uid_of

VERSION = 1
"""Of the snapshot's form."""

_FOR_READERS = ("article", "variant", "number", "name")
"""What a row's product is and is called; in the snapshot for people to read, never compared."""


def content_hash(order: ShopOrder) -> str:
    """SHA-256 over what matters; the same however the shop writes its values, and over versions of Python."""
    rows = [{name: one for name, one in row.items() if name not in _FOR_READERS} for row in _rows(order)]
    document = {
        **_head(order),
        "rows": rows,
        "payments": sorted([one.method_uid, amount_text(one.amount)] for one in alive(order.payments)),
        "buyer": _buyer(order.buyer),
        "choices": _choices(order),
    }
    return hashlib.sha256(_bytes(document)).hexdigest()


def snapshot(order: ShopOrder, secret: bytes) -> dict[str, Any]:
    """Plain JSON for the ledger, by which a later edit is told row by row. Amounts are text.

    Nothing personal: of the buyer, and of what the buyer chose and entered, it holds an HMAC with ``secret``.
    """
    payments = sorted(order.payments, key=lambda one: one.uid)
    choices = {uid: _keyed([uid, pairs], secret) for uid, pairs in _choices(order)}
    return {
        "version": VERSION,
        **_head(order),
        "rows": [{**row, "choices_hash": choices.get(row["uid"])} for row in _rows(order)],
        "payments": [
            {
                "uid": one.uid,
                "method": one.method_uid,
                "amount": amount_text(one.amount),
                "alive": bool(alive([one])),
            }
            for one in payments
        ],
        "buyer_hash": _keyed(_buyer(order.buyer), secret),
    }


def amount_text(value: Decimal) -> str:
    """One text for one value: 100, 100.0 and 1E+2 are the same."""
    return shortest(value)


def _head(order: ShopOrder) -> dict[str, Any]:
    return {
        "currency": order.currency,
        "discarded": order.discarded,
        "delivery_method": order.delivery_method_uid,
        "cart": _cost(order.cart),
        "shipment": _cost(order.shipment),
        "fee": _cost(order.fee),
        "total": _cost(order.total),
        "discount": _discount(order.discount),
    }


def _rows(order: ShopOrder) -> list[dict[str, Any]]:
    return [_row(one) for one in sorted(order.items, key=lambda one: one.uid)]


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
    amounts = {"inc": discount.inc, "ex": discount.ex, "rate": discount.rate}
    return {name: None if one is None else amount_text(one) for name, one in amounts.items()}


def _choices(order: ShopOrder) -> list[Any]:
    """What the buyer chose and entered for each row, as the shop has it, whatever it says of the product today."""
    found: list[Any] = []
    rows = order.document.get("items")
    for row in rows if isinstance(rows, list | tuple) else ():
        choices = row.get("choices") if isinstance(row, Mapping) else None
        if isinstance(choices, Mapping):
            pairs = sorted([str(name), _plain(one)] for name, one in choices.items() if name != ROW_QUANTITY)
            if pairs:
                found.append([uid_of(row.get("uid")), pairs])
    return sorted(found, key=lambda one: one[0] or 0)


def _plain(value: Any) -> str:
    """A choice as text: the same for a number and its digits."""
    if isinstance(value, Decimal):
        return amount_text(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


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


def _keyed(document: Any, secret: bytes) -> str:
    return hmac.new(secret, _bytes(document), hashlib.sha256).hexdigest()


def _bytes(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")
