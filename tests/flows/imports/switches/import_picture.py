"""What a story left behind in both systems and in the ledger, and how often the systems were written to."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fault_lab import articles
from import_story import Story

Picture = dict[str, dict[str, Any]]
"""Section → what of it → how it stands."""


AMOUNTS = ("price", "vat_percent", "old_price", "weight")


def picture(story: Story) -> Picture:
    """Everything that must not depend on an answer, unless a reason is given."""
    lab = story.lab
    assert lab.last_night is not None and lab.last_stock is not None
    shop = story.shop
    items = {one["product_number"]: one for one in shop.inspect("items")}
    prices = {uid: _price(one) for uid, one in shop.inspect("prices").items()}
    return {
        "product": {str(one["uid"]): _product(one) for one in shop.inspect("Article", limit=100)},
        "price": {number: prices[str(one["article_uid"])] for number, one in items.items()},
        "stock": {number: str(one["stock"]) for number, one in items.items()},
        "order": {name: _order(shop.inspect("Order", uid=uid)) for name, uid in story.uids.items()},
        "article": {number: _article(one) for number, one in articles(story.specter).items()},
        "held": {
            f"{one.product_number} {one.field.value}": one.rule
            for one in lab.ledger.imports.iter_held(lab.last_night.run)
        },
        "stock held": {
            one.product_number: one.rule for one in lab.ledger.stock.iter_held(lab.last_stock.run)
        },
        "status": _statuses(story),
        "difference": reconciled(story),
        "flag": {
            f"{row.flag.key}: {row.flag.rule}": row.flag.severity.value
            for row in lab.ledger.iter_open_flags("demo")
        },
    }


def reconciled(story: Story) -> dict[str, str]:
    """The lines of the last night's reconciliation."""
    night = story.lab.last_night
    assert night is not None
    path = night.reports_dir / "demo" / night.run.flow / night.run.run_id / "reconciliation.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return {
        f"{row['what']} {row['kind']} {row['uid']} {row['field']}": f"{row['standing']} {row['rule']}"
        for row in rows
    }


def _product(article: Mapping[str, Any]) -> dict[str, Any]:
    return {name: article[name] for name in ("name", "description", "ean")} | {
        "stock": article["stock"]["useStock"],
        "in other currencies": [
            {code: amount for code, amount in (prices or {}).items() if code != "SEK"}
            for prices in (article["price"]["regular"], article["price"].get("specialOffer"))
        ],
    }


def _price(prices: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """Regular price, campaign and VAT rate."""
    return prices["regular"]["SEK"], (prices["offer"] or {}).get("SEK"), prices["vat_rate"]


def _article(article: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as numbers: Specter keeps as many decimals as it was told."""
    return {name: Decimal(value) if name in AMOUNTS else value for name, value in article.items()}


def _order(order: Mapping[str, Any]) -> tuple[str, bool]:
    return str(order["deliveryStatus"]), bool(order["discarded"])


def _statuses(story: Story) -> dict[str, str]:
    found = story.lab.ledger.status.by_uid("demo", list(story.uids.values()))
    return {
        name: " ".join(f"{one.state.value} {one.rule}" for one in found[uid])
        for name, uid in story.uids.items()
        if found.get(uid)
    }


WRITES = {
    "abicart": ("Article.set", "ArticleVariant.set", "Order.set", "Shipment.set", "Payment.set"),
    "specter": ("newArticleSubmit", "newCustomerSubmit", "newOrderSubmit"),
}


def writes(story: Story) -> dict[str, int]:
    """How many calls each system got that write something."""
    calls = story.shop.counters()["calls"] | story.specter.counters()["calls"]
    return {name: calls.get(name, 0) for names in WRITES.values() for name in names}
