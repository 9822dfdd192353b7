"""A shop in which every open question of Abicart's that reads can tell has something that tells it."""

from __future__ import annotations

from typing import Any

from abicart_specter.clients.abicart_probe import ProbedShop
from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.probe.records import Finding
from abicart_specter.flows.probe.ask import Probed, ask_abicart

TOKEN = "demo-token-1"
AT_ONCE = HttpOptions(connect_timeout=2.0, read_timeout=5.0, rate_per_second=10_000)
SEED = {"items": 1200, "orders": 40, "customers": 12, "prices_with_vat": False}
"""Prices stored without VAT and displayed with it; more products than the largest cap of a list."""


def stock_the_shop(control, **switches: Any) -> None:
    """Data and switches, with a package sold, an order sent, and money given back."""
    control.reset(seed=SEED, switches=switches, log_size=2000)
    items = control.inspect("items", limit=5000)
    package = max(one["article_uid"] for one in items if one["is_package"] and one["price"])
    control.edit("place_order", rows=[{"article": package}], paid=True)
    plain = next(one["article_uid"] for one in items if one["kind"] == "article" and one["price"])
    sent = control.edit("place_order", rows=[{"article": plain}], paid=True)
    control.edit("Order", uid=sent["uid"], patch={"deliveryStatus": "sent"})
    back = control.edit("place_order", rows=[{"article": plain, "quantity": 2, "price": 100}], paid=True)
    control.edit("refund", uid=back["uid"], amount=50)
    control.reset_counters()


def ask(url: str, token: str = TOKEN) -> Probed:
    return ask_abicart(ProbedShop("demo", url, 22222, token), AT_ONCE)


def by_switch(probed: Probed) -> dict[str, Finding]:
    return {one.switch: one for one in probed.probe.findings if one.switch}
