"""Filling in what came as bare uids though objects were asked for (Abicart reference 10 #9, #37)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from abicart_specter.clients.order_documents import (
    OrderDocument,
    bare_uid,
    tidy_content,
    tidy_customer,
    tidy_item,
    tidy_payment,
)
from abicart_specter.clients.order_queries import PART_KEYS

Fetch = Callable[[Sequence[int]], Mapping[int, dict[str, Any]]]
"""Gets objects by uid; those that are gone are left out."""


def bare_uids(orders: Iterable[OrderDocument], name: str) -> list[int]:
    """The uids of rows or payments that did not come as objects."""
    return [one for order in orders for one in order[name] if isinstance(one, int)]


def has_bare_rows(order: OrderDocument) -> bool:
    """Whether some of its rows or payments are only uids (Abicart reference 10 #9)."""
    return bool(bare_uids([order], "items") or bare_uids([order], "payments"))


def complete_rows(orders: Sequence[OrderDocument], items: Fetch, payments: Fetch) -> None:
    """Replace rows and payments that are bare uids by what their own classes say of them; what is gone stays a uid."""
    for name, fetch, tidied in (("items", items, tidy_item), ("payments", payments, tidy_payment)):
        bare = bare_uids(orders, name)
        if not bare:
            continue
        found = fetch(bare)
        for order in orders:
            order[name] = [
                tidied(found[one]) if isinstance(one, int) and one in found else one for one in order[name]
            ]


def complete_articles(orders: Sequence[OrderDocument], fetch: Fetch) -> None:
    """Replace rows' articles that are bare uids by objects; an article that is gone stays a uid."""
    items = list(rows_of(orders))
    bare = sorted({one["article"] for one in items if isinstance(one.get("article"), int)})
    if not bare:
        return
    found = fetch(bare)
    for item in items:
        if isinstance(item.get("article"), int) and item["article"] in found:
            item["article"] = found[item["article"]]
            tidy_content(item["article"])


def complete_parts(orders: Sequence[OrderDocument], fetch: Fetch) -> None:
    """Give the parts of packages that came without a number of their own what their articles say.

    Parts are shown where rows' articles were expanded; a shop that does not go that deep gives their uids.
    """
    found = [item["article"] for item in rows_of(orders) if isinstance(item.get("article"), dict)]
    contents = [one["content"] for one in found if isinstance(one.get("content"), list)]
    bare = sorted({uid for content in contents for part in content if (uid := _bare_part(part)) is not None})
    if not bare:
        return
    parts = fetch(bare)
    for content in contents:
        for place, part in enumerate(content):
            uid = _bare_part(part)
            if uid is not None and uid in parts:
                own = part if isinstance(part, dict) else {}
                content[place] = {**{key: parts[uid].get(key) for key in PART_KEYS}, **own}


def _bare_part(part: Any) -> int | None:
    if isinstance(part, dict):
        return None if "articleNumber" in part else bare_uid(part.get("uid"))
    return bare_uid(part)


def complete_customers(orders: Sequence[dict[str, Any]], fetch: Fetch) -> None:
    """Replace customers that are bare uids by what the shop has of them now."""
    bare = sorted({one["customer"] for one in orders if isinstance(one["customer"], int)})
    if not bare:
        return
    found = fetch(bare)
    for order in orders:
        if isinstance(order["customer"], int):
            order["customer"] = tidy_customer(found.get(order["customer"]))


def rows_of(orders: Iterable[OrderDocument]) -> Iterator[dict[str, Any]]:
    """All rows that are objects."""
    return (one for order in orders for one in order["items"] if isinstance(one, dict))
