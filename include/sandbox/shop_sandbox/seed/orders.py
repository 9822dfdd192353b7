"""Orders of the last two weeks, placed through the shop's own ordering, and one cart."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from shop_sandbox.abicart.model import Article
from shop_sandbox.abicart.ordering import place_order
from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.view import View
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.seed.options import SeedOptions


def make_orders(shop: Shop, board: SwitchBoard, options: SeedOptions, draw: random.Random) -> None:
    """Most with a few rows; some with a discount on a row or on all, a gift card, or paid."""
    if not options.order_count or not shop.customers.uids:
        return
    goods = [
        one for one in shop.articles.rows.values() if one.regular.get("SEK") and not (one.hidden or one.draft)
    ]
    if not goods:
        return
    span = timedelta(days=14)
    times = sorted(options.now - span * draw.random() for _ in range(options.order_count))
    for at in times:
        place_order(_view(shop, board, at), _order(shop, draw, goods))
    place_order(_view(shop, board, options.now), {"rows": [_row(draw, goods[0])], "cart": True})


def _view(shop: Shop, board: SwitchBoard, at: datetime) -> View:
    return View(shop, board, at, language="sv", admin=True, by_hand=True)


def _row(draw: random.Random, article: Article) -> dict[str, Any]:
    wanted: dict[str, Any] = {"quantity": 1 + int(draw.random() ** 3 * 4)}
    if article.variants:
        return wanted | {"variant": draw.choice(article.variants)}
    return wanted | {"article": article.uid}


def _order(shop: Shop, draw: random.Random, goods: list[Article]) -> dict[str, Any]:
    rows = [_row(draw, draw.choice(goods)) for _ in range(1 + int(draw.random() ** 2 * 5))]
    if draw.random() < 0.15:
        rows[0]["discount_percent"] = draw.choice((10, 20, 25))
    ways = [one for one in shop.payment_methods.rows.values() if not one.gift_card]
    way = draw.choice(ways)
    deliveries = [one for one in shop.delivery_methods.rows.values() if one.allow_cod or way.type != "cod"]
    wanted: dict[str, Any] = {
        "rows": rows,
        "customer": draw.choice(shop.customers.uids),
        "payment_method": way.uid,
        "delivery_method": draw.choice(deliveries).uid,
        "paid": draw.random() < 0.5,
    }
    if draw.random() < 0.1:
        wanted["discount"] = {"name": "VINTER10", "percent": 10}
    if draw.random() < 0.08:
        wanted["gift_cards"] = [draw.choice((100, 200, 500))]
    return wanted
