"""Orders as the shop would answer them, for the tests of reading, customer, head, content and ripeness."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions
from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.orders.records import (
    OrderRows,
    PaymentMethodFacts,
    PaymentRole,
    Proof,
    RowRole,
    ShopOrder,
    SpecterRow,
)
from abicart_specter.settings import ShopSettings, load_shop

ROOT = Path(__file__).resolve().parents[3]
SHOP = load_shop(ROOT / "include" / "shops" / "demo.yaml")
MAPPING = order_mapping(SHOP)
SECRET = b"a secret of the tests"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

PRIVATE = {
    "email": "zq-mejl@example.se",
    "nin": "19900101-9802",
    "first": "Zqförnamn",
    "last": "Zqefternamn",
    "street": "Zqgatan 7",
    "town": "Zqstad",
    "phone": "070-1740605",
    "custom": "Zqportkod",
    "note": "Zqanteckning",
    "text": "Zqgravyr",
}
"""Marked texts: none of them may reach a message, a flag or a snapshot."""


def cost(inc: str, rate: str = "0.25", ex: str | None = None) -> dict[str, Any]:
    """A cost as the shop writes it."""
    gross, share = Decimal(inc), Decimal(rate)
    net = Decimal(ex) if ex is not None else (gross / (1 + share)).quantize(Decimal("0.01"))
    return {"incVat": gross, "exVat": net, "vat": gross - net, "vatRate": share, "currency": "SEK"}


def variant(uid: int, option: str, number: str | None) -> dict[str, Any]:
    """A variant that choice 2001 selects by its option."""
    overrides = {} if number is None else {"articleNumber": number}
    return {"uid": uid, "definedBy": {"2001": option}, "overrides": overrides}


def article(**changes: Any) -> dict[str, Any]:
    """An article with two variants."""
    shown: dict[str, Any] = {
        "uid": 1001,
        "articleNumber": "ART-001",
        "type": "Standard",
        "variants": [variant(5551, "3002", "ART-001-M"), variant(5552, "3003", "ART-001-L")],
        "content": [],
        "vatRate": Decimal("0.25"),
        "price": {"regular": {"SEK": Decimal(199)}},
    }
    return shown | changes


def row(**changes: Any) -> dict[str, Any]:
    """Two of variant M at 199 each."""
    shown: dict[str, Any] = {
        "uid": 70001,
        "article": article(),
        "articleNumber": "ART-001-M",
        "articleName": "Blå mössa",
        "choices": {"2001": "3002", "quantity": 2},
        "costs": {"unit": cost("199"), "total": cost("398")},
        "discountInfo": None,
    }
    return shown | changes


def customer(**changes: Any) -> dict[str, Any]:
    """A private person in Sweden; keywords change the parts."""
    shown: dict[str, Any] = {
        "uid": 6001,
        "info": {
            "type": "private",
            "email": PRIVATE["email"],
            "nin": PRIVATE["nin"],
            "vatNumber": None,
            "companyNumber": None,
        },
        "address": {
            "company": None,
            "firstName": PRIVATE["first"],
            "lastName": PRIVATE["last"],
            "address": PRIVATE["street"],
            "address2": "",
            "postcode": "111 22",
            "town": PRIVATE["town"],
            "country": "SE",
            "state": None,
            "phoneDay": "",
            "phoneNight": "",
            "phoneMobile": PRIVATE["phone"],
        },
        "deliveryAddress": {"copyAddress": True, "name": "", "company": None},
        "custom": [{"name": "Portkod", "value": PRIVATE["custom"]}],
    }
    return {
        name: {**part, **changes.pop(name, {})} if isinstance(part, dict) else part
        for name, part in shown.items()
    } | changes


def company(**changes: Any) -> dict[str, Any]:
    """A company with a right organisation number."""
    info = {"type": "business", "nin": None, "companyNumber": "559999-0008", "vatNumber": "SE559999000801"}
    return customer(
        info=info | changes.pop("info", {}),
        address={"company": "Ek Bygg AB"} | changes.pop("address", {}),
        **changes,
    )


def document(**changes: Any) -> dict[str, Any]:
    """One order with one row; keywords change its fields."""
    shown: dict[str, Any] = {
        "uid": 50023,
        "orderNumber": "10023",
        "ordered": "2026-05-02T10:15:00+02:00",
        "changed": "2026-05-02T10:16:10+02:00",
        "currency": "SEK",
        "exchangeRate": 1,
        "language": "sv",
        "hasVat": True,
        "discarded": False,
        "note": "",
        "externalOrderNumber": "",
        "paymentStatus": "unpaid",
        "deliveryStatus": "unsent",
        "customer": customer(),
        "costs": {
            "cart": cost("398"),
            "shipment": cost("49"),
            "payment": cost("0"),
            "total": cost("447"),
        },
        "delivery": {"method": 4411},
        "payments": [
            {"uid": 8801, "method": 9901, "status": "planned", "amount": Decimal(447), "externalRef": ""}
        ],
        "items": [row()],
    }
    return deepcopy(shown | changes)


def order(**changes: Any) -> ShopOrder:
    """The order read."""
    return read_order(document(**changes), MAPPING.names)


def shop(**changes: Any) -> ShopSettings:
    """The demo shop's settings; keywords change groups, each given as a dict of what differs."""
    values = SHOP.model_dump()
    for group, differs in changes.items():
        values[group] = _merged(values[group], differs)
    made = ShopSettings.model_validate(values)
    made._name = "demo"
    return made


def _merged(values: dict[str, Any], differs: dict[str, Any]) -> dict[str, Any]:
    return values | {
        name: _merged(values[name], one)
        if isinstance(one, dict) and isinstance(values.get(name), dict)
        else one
        for name, one in differs.items()
    }


def rows_of(*rows: SpecterRow) -> OrderRows:
    """Rows whose proof no test here looks at."""
    zero = Decimal(0)
    proof = Proof((), zero, zero, zero, zero, zero, zero, "rate, 3 decimals", "")
    return OrderRows(rows or (specter_row(),), proof)


def specter_row(**changes: Any) -> SpecterRow:
    """A row as the money rooms make it."""
    values: dict[str, Any] = {
        "role": RowRole.PRODUCT,
        "product_number": "ART-001-M",
        "name": "Blå mössa",
        "quantity": Decimal(2),
        "price": Decimal("159.2"),
        "vat_percent": Decimal(25),
    }
    return SpecterRow(**(values | changes))


def invoice(**changes: Any) -> PaymentMethodFacts:
    """The shop's method 9901: an invoice of its own."""
    values: dict[str, Any] = {"uid": 9901, "code": "I", "role": PaymentRole.ORDINARY}
    return PaymentMethodFacts(**(values | changes))


def leaks(*shown: object) -> list[str]:
    """Which marked texts are in what is shown."""
    text = "\n".join(map(str, shown))
    return [name for name, one in PRIVATE.items() if one in text]


def whole(server: Any) -> dict[int, ShopOrder]:
    """All placed orders, read."""
    with AbicartClient(AbicartConnection("demo", server.url, 22222, "demo-token-1"), HttpOptions()) as client:
        uids = [one["uid"] for page in client.orders.iter_order_pages(LONG_AGO) for one in page]
        documents = client.orders.get_orders(uids)
    assert len(documents) == len(uids)
    return {uid: read_order(one, MAPPING.names) for uid, one in documents.items()}
