"""What the tests of orders share."""

from __future__ import annotations

from datetime import UTC, datetime

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import HttpOptions

SMALL_PAGES = HttpOptions(connect_timeout=2, read_timeout=5, page_size=7, batch_size=20)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
EMBEDDED = {
    "info": {"type": "private", "email": "eva@example.se"},
    "address": {"firstName": "Eva", "lastName": "Ek", "town": "Lund", "country": "SE"},
}


def read_heads(client: AbicartClient, since=LONG_AGO, until=None, **more) -> list[dict]:
    pages = client.orders.iter_order_pages(since, until, **more)
    return [head for page in pages for head in page]


def placed(control) -> list[dict]:
    """All orders as the shop has them, carts left out."""
    found: list[dict] = []
    while page := control.inspect("Order", offset=len(found), limit=500):
        found += page
    return [one for one in found if one["ordered"] is not None]


def plain_article(control) -> int:
    """A product that can be ordered as it is."""
    articles = control.inspect("Article", limit=100)
    return next(one["uid"] for one in articles if not one["variants"] and one["price"].get("regular"))


def quantity_of(item: dict):
    return item.get("quantity", item["choices"].get("quantity"))


def outline(order: dict) -> tuple:
    """What must come out the same under every switch that does not change what was placed."""
    return (
        order["uid"],
        order["orderNumber"],
        order["currency"],
        order["discarded"],
        order["costs"]["total"]["incVat"],
        order["delivery"]["method"],
        order["customer"]["address"].get("town"),
        order["customer"]["info"].get("email"),
        [
            (
                item["uid"],
                item["article"]["uid"] if item["article"] else None,
                sorted(one["uid"] for one in item["article"]["variants"]) if item["article"] else [],
                [(part["uid"], part["articleNumber"]) for part in unique(item)],
                item["articleName"],
                quantity_of(item),
            )
            for item in order["items"]
        ],
        [(one["uid"], one["method"], one["amount"]) for one in order["payments"]],
    )


def unique(item: dict) -> list[dict]:
    """The parts of a package, each once."""
    parts = item["article"]["content"] if item["article"] else []
    return list({part["uid"]: part for part in parts}.values())
