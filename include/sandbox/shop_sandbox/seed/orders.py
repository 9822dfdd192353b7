"""Orders of the last two weeks, placed through the shop's own ordering, and one cart."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shop_sandbox.abicart.model import Article
from shop_sandbox.abicart.order_model import Customer
from shop_sandbox.abicart.ordering import place_order
from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.view import View
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.seed.manifest import Manifest
from shop_sandbox.seed.options import SeedOptions

Wanted = dict[str, Any]


@dataclass(slots=True)
class Till:
    """What orders are made from."""

    shop: Shop
    draw: random.Random
    goods: list[Article]
    gift_cards: list[Article]

    def customers(self, fits: Callable[[Customer], bool]) -> list[int]:
        return [one.uid for one in self.shop.customers.rows.values() if fits(one)]

    def ways(self, kind: str) -> list[int]:
        return [one.uid for one in self.shop.payment_methods.rows.values() if one.type == kind]


@dataclass(frozen=True, slots=True)
class OrderKind:
    """Something that sets an order apart.

    :param share: of all orders; the first orders of a shop have one of each kind.
    :param make: changes what is ordered; ``False`` where the shop has nothing to make it from.
    """

    share: float
    make: Callable[[Till, Wanted], bool]


def make_orders(
    shop: Shop, board: SwitchBoard, options: SeedOptions, draw: random.Random, manifest: Manifest
) -> None:
    """Most with a few rows and nothing special; of each of ``KINDS`` its share, noted in the manifest."""
    if not options.order_count or not shop.customers.uids:
        return
    goods = [
        one for one in shop.articles.rows.values() if one.regular.get("SEK") and not (one.hidden or one.draft)
    ]
    if not goods:
        return
    till = Till(shop, draw, goods, [one for one in goods if _is_gift_card(one)])
    span = timedelta(days=14)
    times = sorted(options.now - span * draw.random() for _ in range(options.order_count))
    first = draw.sample(list(KINDS), len(KINDS))
    for place, at in enumerate(times):
        kind = first[place] if place < len(first) else _pick_kind(draw)
        wanted = _order(till)
        if kind is not None and not KINDS[kind].make(till, wanted):
            kind = None
        order = place_order(_view(shop, board, at), wanted)
        if kind is not None:
            manifest.orders.setdefault(kind, []).append(order.uid)
    place_order(_view(shop, board, options.now), {"rows": [_row(draw, goods[0])], "cart": True})


def _pick_kind(draw: random.Random) -> str | None:
    left = draw.random()
    for name, kind in KINDS.items():
        left -= kind.share
        if left < 0:
            return name
    return None


def _view(shop: Shop, board: SwitchBoard, at: datetime) -> View:
    return View(shop, board, at, language="sv", admin=True, by_hand=True)


def _is_gift_card(article: Article) -> bool:
    return (article.article_number or "").startswith("GK-") and not article.vat_rate


def _row(draw: random.Random, article: Article) -> Wanted:
    wanted: Wanted = {"quantity": 1 + int(draw.random() ** 3 * 4)}
    if _is_gift_card(article):
        wanted["gift_card"] = True
    if article.variants:
        return wanted | {"variant": draw.choice(article.variants)}
    return wanted | {"article": article.uid}


def _order(till: Till) -> Wanted:
    shop, draw = till.shop, till.draw
    rows = [_row(draw, draw.choice(till.goods)) for _ in range(1 + int(draw.random() ** 2 * 5))]
    ways = [one for one in shop.payment_methods.rows.values() if not one.gift_card and one.type != "cod"]
    wanted: Wanted = {
        "rows": rows,
        "customer": draw.choice(shop.customers.uids),
        "payment_method": draw.choice(ways).uid,
        "delivery_method": draw.choice(shop.delivery_methods.uids),
        "paid": draw.random() < 0.6,
    }
    if draw.random() < 0.05:
        wanted["note"] = draw.choice(("Ring före leverans", "Stamkund", "Skicka inte före fredag"))
    return wanted


def _row_discount(till: Till, wanted: Wanted) -> bool:
    wanted["rows"][0]["discount_percent"] = till.draw.choice((10, 20, 25))
    return True


def _order_discount(_till: Till, wanted: Wanted) -> bool:
    wanted["discount"] = {"name": "VINTER10", "percent": 10}
    return True


def _gift_card_used(till: Till, wanted: Wanted) -> bool:
    wanted["gift_cards"] = [till.draw.choice((50, 100, 200, 500))]
    return True


def _gift_card_sold(till: Till, wanted: Wanted) -> bool:
    if not till.gift_cards:
        return False
    wanted["rows"].append(_row(till.draw, till.draw.choice(till.gift_cards)))
    return True


def _free_freight(_till: Till, wanted: Wanted) -> bool:
    wanted["shipping"] = 0
    return True


def _split_freight(_till: Till, wanted: Wanted) -> bool:
    wanted["shipping"] = {"inc": 49, "split": True}
    return True


def _cash_on_delivery(till: Till, wanted: Wanted) -> bool:
    deliveries = [one.uid for one in till.shop.delivery_methods.rows.values() if one.allow_cod]
    wanted |= {"payment_method": till.ways("cod")[0], "delivery_method": till.draw.choice(deliveries)}
    wanted["paid"] = False
    return True


def _awaiting_payment(till: Till, wanted: Wanted) -> bool:
    wanted |= {"payment_method": till.ways("invoice")[0], "paid": False}
    return True


def _of(fits: Callable[[Customer], bool], **more: Any) -> Callable[[Till, Wanted], bool]:
    """Ordered by a customer of that sort."""

    def make(till: Till, wanted: Wanted) -> bool:
        found = till.customers(fits)
        if found:
            wanted |= {"customer": till.draw.choice(found), **more}
        return bool(found)

    return make


def _country(customer: Customer) -> Any:
    return customer.person.address.get("country")


def _is_company_elsewhere(customer: Customer) -> bool:
    is_company = customer.person.info.get("type") == "business"
    return is_company and not customer.person.delivery_address.get("copyAddress")


KINDS: Mapping[str, OrderKind] = {
    "row_discount": OrderKind(0.12, _row_discount),
    "order_discount": OrderKind(0.08, _order_discount),
    "gift_card_used": OrderKind(0.06, _gift_card_used),
    "gift_card_sold": OrderKind(0.03, _gift_card_sold),
    "free_freight": OrderKind(0.08, _free_freight),
    "split_freight": OrderKind(0.03, _split_freight),
    "cash_on_delivery": OrderKind(0.06, _cash_on_delivery),
    "awaiting_payment": OrderKind(0.08, _awaiting_payment),
    "company_elsewhere": OrderKind(0.04, _of(_is_company_elsewhere)),
    "foreign": OrderKind(0.03, _of(lambda one: _country(one) not in ("SE", "NO"))),
    "without_vat": OrderKind(0.02, _of(lambda one: _country(one) == "NO", has_vat=False)),
}
"""By name, as the manifest has them: a company that wants the goods at another address; sold to Norway."""
