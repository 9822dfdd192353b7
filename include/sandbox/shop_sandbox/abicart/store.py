"""The shop's tables: rows by uid, uids in order for paging, number look-ups, and one counter of changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from shop_sandbox.abicart import model, order_model
from shop_sandbox.abicart.times import whole_second

Row = TypeVar("Row")


class Table(Generic[Row]):
    """Rows of one class.

    :param indexed: attributes that have an index by value; an index is built at its first use and kept from then.
    :param first_uid: what the first new row gets.
    """

    def __init__(self, indexed: tuple[str, ...] = (), first_uid: int = 1) -> None:
        self.rows: dict[Any, Row] = {}
        self.uids: list[Any] = []
        self.next_uid = first_uid
        self._indexed = indexed
        self._indexes: dict[str, dict[Any, list[Any]]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, uid: Any) -> Row | None:
        return self.rows.get(uid)

    def new_uid(self) -> int:
        self.next_uid += 1
        return self.next_uid - 1

    def add(self, row: Any) -> None:
        uid = row.uid
        self.rows[uid] = row
        if not self.uids or uid > self.uids[-1]:
            self.uids.append(uid)
        else:
            insort(self.uids, uid)
        if isinstance(uid, int) and uid >= self.next_uid:
            self.next_uid = uid + 1
        self.remember(row)

    def remove(self, uid: Any) -> None:
        self.forget(self.rows.pop(uid))
        del self.uids[bisect_left(self.uids, uid)]

    def can_look_up(self, attribute: str) -> bool:
        return attribute in self._indexed

    def look_up(self, attribute: str, value: Any) -> list[Any]:
        """Uids, in order, of the rows whose attribute has exactly this value."""
        index = self._indexes.get(attribute)
        if index is None:
            index = self._indexes[attribute] = {}
            for uid in self.uids:
                index.setdefault(getattr(self.rows[uid], attribute), []).append(uid)
        return index.get(value, [])

    def forget(self, row: Any) -> None:
        """Take a row out of the indexes, before it changes."""
        for attribute, index in self._indexes.items():
            index[getattr(row, attribute)].remove(row.uid)

    def remember(self, row: Any) -> None:
        """Put a row into the indexes, after it changed."""
        for attribute, index in self._indexes.items():
            insort(index.setdefault(getattr(row, attribute), []), row.uid)


@dataclass(slots=True)
class Access:
    """Who may come in: persistent administrator tokens (full rights, Abicart reference 1.4) and buyers' sessions."""

    tokens: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)


TABLES: dict[str, type[Any]] = {
    "languages": model.Language,
    "groups": model.Articlegroup,
    "choices": model.ArticleChoice,
    "options": model.ArticleChoiceOption,
    "articles": model.Article,
    "variants": model.ArticleVariant,
    "customers": order_model.Customer,
    "orders": order_model.Order,
    "order_items": order_model.OrderItem,
    "payments": order_model.Payment,
    "payment_methods": order_model.PaymentMethod,
    "delivery_methods": order_model.DeliveryMethod,
    "shipments": order_model.Shipment,
    "shipment_items": order_model.ShipmentItem,
}
"""Every table of a shop, and what its rows are."""


class Shop:
    """Everything one webshop holds."""

    def __init__(self, webshop: model.Webshop) -> None:
        self.webshop = webshop
        self.webshops: Table[model.Webshop] = Table()
        self.webshops.add(webshop)
        self.access = Access()
        self.languages: Table[model.Language] = Table()
        self.groups: Table[model.Articlegroup] = Table(first_uid=701)
        self.choices: Table[model.ArticleChoice] = Table(first_uid=2001)
        self.options: Table[model.ArticleChoiceOption] = Table(first_uid=3001)
        self.articles: Table[model.Article] = Table(("article_number", "ean"), first_uid=1001)
        self.variants: Table[model.ArticleVariant] = Table(("article_number", "article"), first_uid=1501)
        self.customers: Table[order_model.Customer] = Table(first_uid=6001)
        self.orders: Table[order_model.Order] = Table(("number",), first_uid=50001)
        self.order_items: Table[order_model.OrderItem] = Table(first_uid=70001)
        self.payments: Table[order_model.Payment] = Table(first_uid=8801)
        self.payment_methods: Table[order_model.PaymentMethod] = Table(first_uid=9901)
        self.delivery_methods: Table[order_model.DeliveryMethod] = Table(first_uid=4411)
        self.shipments: Table[order_model.Shipment] = Table(first_uid=3301)
        self.shipment_items: Table[order_model.ShipmentItem] = Table(("order_item",), first_uid=3601)
        self.last_order_number = 10000
        self.version = 0
        self._matches: OrderedDict[Hashable, list[Any]] = OrderedDict()
        self._matches_version = 0

    def table(self, name: str) -> Table[Any]:
        """The table of that name; one of ``TABLES`` or ``webshops``."""
        found: Table[Any] = getattr(self, name)
        return found

    @contextmanager
    def changing(self, table: str, row: Any, now: datetime) -> Iterator[None]:
        """Change a row inside: its ``changed`` moves, and that of the article a variant belongs to."""
        rows = self.table(table)
        rows.forget(row)
        try:
            yield
        finally:
            rows.remember(row)
            self.stamp(row, now)

    def stamp(self, row: Any, now: datetime) -> None:
        """Mark a row as changed now."""
        if hasattr(row, "changed"):
            row.changed = whole_second(now)
        if isinstance(row, model.ArticleVariant) and (article := self.articles.get(row.article)):
            article.changed = whole_second(now)
        self.version += 1

    def add(self, table: str, row: Any) -> None:
        self.table(table).add(row)
        self.version += 1

    def remove(self, table: str, uid: Any) -> None:
        self.table(table).remove(uid)
        self.version += 1

    def variants_of(self, article: model.Article) -> list[model.ArticleVariant]:
        rows = self.variants.rows
        return [rows[uid] for uid in article.variants]

    def matches(self, key: Hashable) -> list[Any] | None:
        """The uids found earlier for this selection, if nothing has changed since."""
        if self._matches_version != self.version:
            self._matches.clear()
            self._matches_version = self.version
        return self._matches.get(key)

    def keep_matches(self, key: Hashable, uids: Iterable[Any]) -> list[Any]:
        """Keep what a scan found, so that the next page of the same selection need not scan again."""
        kept = list(uids)
        self._matches[key] = kept
        while len(self._matches) > 8:
            self._matches.popitem(last=False)
        return kept
