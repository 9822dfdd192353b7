"""What can be looked at from the control interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from shop_sandbox.abicart.article_values import stock_total
from shop_sandbox.abicart.model import Article, ArticleVariant
from shop_sandbox.abicart.query import WHOLE, compile_query
from shop_sandbox.abicart.registry import CLASSES
from shop_sandbox.abicart.selection import Selection, select
from shop_sandbox.abicart.store import TABLES
from shop_sandbox.abicart.view import View
from shop_sandbox.core.errors import UnknownRecordError, UsageError
from shop_sandbox.seed.manifest import Manifest

_PAGE = "uid: one; without uid a page of all by offset and limit (100)"

INSPECTIONS: dict[str, str] = {
    "counts": "how many of everything; items are what has a product number and is sold",
    "items": "articles without variants and variants, one flat row each; offset, limit (1000)",
    "prices": "article uid → number, regular, offer (both by currency), vat_rate, changed, of all articles",
    "order_heads": "placed orders, one flat row each with total, rows and payments by status; offset, limit (100000)",
    "manifest": "what the seed planted: rule → [kind, uid], each kind of fault by name, orders by kind, invoices",
    **dict.fromkeys(CLASSES, _PAGE),
}


def inspect(view: View, manifest: Manifest, what: str, query: Mapping[str, str]) -> Any:
    unknown = set(query) - {"uid", "offset", "limit"}
    if unknown:
        raise UsageError(f"inspect takes uid, offset and limit, not {', '.join(sorted(unknown))}")
    if what == "manifest":
        return manifest.as_dict()
    if what == "counts":
        return counts(view)
    if what == "items":
        offset, limit = _number(query, "offset", 0), _number(query, "limit", 1000)
        return list(islice(items(view), offset, offset + limit))
    if what == "prices":
        return prices(view)
    if what == "order_heads":
        offset, limit = _number(query, "offset", 0), _number(query, "limit", 100_000)
        return list(islice(order_heads(view), offset, offset + limit))
    return _rows(view, what, query)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise UsageError(f"{name} is a whole number, not {text!r}")
    return int(text)


def _rows(view: View, class_name: str, query: Mapping[str, str]) -> Any:
    api_class = CLASSES[class_name]
    project = compile_query(view, api_class, WHOLE)
    uid = query.get("uid")
    if uid is not None:
        row = view.shop.table(api_class.table).get(int(uid) if uid.isdecimal() else uid)
        if row is None:
            raise UnknownRecordError(f"there is no {class_name} {uid}")
        return project(row)
    page = Selection(limit=_number(query, "limit", 100), offset=_number(query, "offset", 0))
    return [project(row) for row in select(view, api_class, page)]


def counts(view: View) -> dict[str, int]:
    shop = view.shop
    found = {name: len(shop.table(name)) for name in TABLES}
    plain = sum(1 for article in shop.articles.rows.values() if not article.variants)
    return {"items": plain + len(shop.variants), **found}


def items(view: View) -> Iterator[dict[str, Any]]:
    """Everything that has a product number and is sold, in the order of the articles' uids."""
    shop = view.shop
    for uid in shop.articles.uids:
        article = shop.articles.rows[uid]
        if not article.variants:
            yield _item(view, article, None)
        for variant in shop.variants_of(article):
            yield _item(view, article, variant)


def _item(view: View, article: Article, variant: ArticleVariant | None) -> dict[str, Any]:
    own = article.article_number if variant is None else variant.article_number
    return {
        "kind": "article" if variant is None else "variant",
        "uid": article.uid if variant is None else variant.uid,
        "article_uid": article.uid,
        "product_number": article.article_number if own is None else own,
        "own_number": own is not None,
        "name": article.name.get("sv"),
        "price": article.regular.get(view.shop.webshop.base_currency),
        "vat_rate": article.vat_rate,
        "stock_managed": article.use_stock,
        "stock": stock_total(view, article) if variant is None else variant.stock,
        "is_package": bool(article.content),
        "hidden": article.hidden,
        "draft": article.draft,
    }


def prices(view: View) -> dict[int, dict[str, Any]]:
    """What an import may change, as the shop stores it."""
    return {
        uid: {
            "number": article.article_number,
            "regular": article.regular,
            "offer": article.offer,
            "vat_rate": article.vat_rate,
            "changed": view.write_time(article.changed),
        }
        for uid, article in view.shop.articles.rows.items()
    }


def order_heads(view: View) -> Iterator[dict[str, Any]]:
    """Placed orders by uid: what tells whether each was exported, without the cost of whole orders."""
    shop = view.shop
    for order in (shop.orders.rows[uid] for uid in shop.orders.uids):
        if order.ordered is None:
            continue
        payments = (shop.payments.rows[uid] for uid in order.payments)
        yield {
            "uid": order.uid,
            "orderNumber": order.number,
            "ordered": view.write_time(order.ordered),
            "changed": view.write_time(order.changed),
            "externalOrderNumber": order.external_number,
            "discarded": order.discarded,
            "paid": order.paid,
            "currency": order.currency,
            "total": order.total.inc,
            "rows": len(order.items),
            "payments": [[one.status, one.amount] for one in payments],
        }
