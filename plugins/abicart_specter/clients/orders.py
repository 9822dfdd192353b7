"""What the flows ask of a webshop's orders: which there are, what they hold, and writing a number back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Event
from typing import Any

from abicart_specter.clients import order_documents as documents
from abicart_specter.clients.abicart_errors import AbicartForbiddenError, AbicartRefusedError, says_it_is_gone
from abicart_specter.clients.field_query import FieldQuery, Path
from abicart_specter.clients.jsonrpc import as_uid
from abicart_specter.clients.order_documents import OrderDocument, OrderHead
from abicart_specter.clients.order_lookup import OrderLookup
from abicart_specter.clients.order_marks import MARK, MarkResult
from abicart_specter.clients.order_pages import NewestFirst, Stretch, filtered_pages
from abicart_specter.clients.paging import UidPages, prefetched
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.shop_methods import SUSPICIOUS, ShopMethod, read_methods
from abicart_specter.errors import (
    AbicartSpecterError,
    FatalError,
    RefusedError,
    RetriableError,
    UnconfirmedError,
)

log = logging.getLogger(__name__)

ORDERS_A_PAGE = 100
"""Whole orders asked for at once."""

GetArticles = Callable[[Sequence[int], Sequence[str]], list[dict[str, Any]]]


class _Stopped(Exception):
    """The reader of the pages went away; nobody sees this."""


class ShopOrders:
    """The orders of one webshop. Made by :class:`AbicartClient`.

    :param language: which language's names of methods to give.
    :param get_articles: whole articles by uid.
    """

    def __init__(self, calls: ShopCalls, language: str, get_articles: GetArticles) -> None:
        self._calls = calls
        self._language = language
        self._get_articles = get_articles
        self._unknown: set[Path] = set()
        self._filters_by_changed = True
        self._lists_whole_orders = True

    def iter_order_pages(
        self, since: datetime, until: datetime | None = None, *, changed: bool = False
    ) -> Iterator[list[OrderHead]]:
        """The orders placed, or last changed, from ``since`` on and before ``until``; each once, in pages.

        Never a cart. The next page is fetched in a thread while the caller works on the one it has.

        :param since: aware, as is ``until``.
        :param changed: by the time of the last change instead.
        :raises CatalogueChangedError: the list does not come to an end.
        """
        stretch = Stretch("changed" if changed else "ordered", since, until)
        query = self._head_query()
        stop = Event()

        def before_try() -> None:
            if stop.is_set():
                raise _Stopped

        def ask(selection: Mapping[str, Any]) -> list[dict[str, Any]]:
            return self._heads(query, selection, before_try)

        what = f"Shop {self._calls.shop}: Order.list"
        size = self._calls.page_size
        pages: UidPages | NewestFirst = filtered_pages(ask, stretch, size, what)
        if changed and not self._filters_by_changed:
            pages = NewestFirst(ask, stretch, size, what)
        begun = False

        def next_page() -> list[OrderHead] | None:
            nonlocal pages, begun
            while True:
                try:
                    page = pages.next_page()
                except RefusedError as error:
                    if begun or not changed or isinstance(pages, NewestFirst):
                        raise
                    log.info("%s: no filter by changed (%s); reading newest first.", what, error.words)
                    self._filters_by_changed = False
                    pages = NewestFirst(ask, stretch, size, what)
                    continue
                begun = True
                if page is None:
                    return None
                found = [documents.as_head(row) for row in page if stretch.holds(row)]
                if found:
                    return found

        return prefetched(next_page, stop)

    def count_orders(self, since: datetime, until: datetime | None = None, *, changed: bool = False) -> int:
        """How many orders the shop counts in the same stretch."""
        stretch = Stretch("changed" if changed else "ordered", since, until)
        return self._calls.read("Order.count", [stretch.exact_filters()], as_uid)

    def get_orders(self, uids: Sequence[int]) -> dict[int, OrderDocument]:
        """Whole orders with rows, payments, customer and the rows' articles; those that are gone are left out.

        :raises ConfigurationError: the shop does not know a field that no order can be sent without.
        """
        query = self._order_query()
        found: dict[int, OrderDocument] = {}
        wanted = list(dict.fromkeys(uids))
        for begin in range(0, len(wanted), ORDERS_A_PAGE):
            some = wanted[begin : begin + ORDERS_A_PAGE]
            listed = self._listed(query, some) if self._lists_whole_orders else {}
            # Who is missing may be gone, or the list was capped; a call of its own tells.
            left = [uid for uid in some if uid not in listed]
            listed |= self._single(query, left)
            self._complete(query, list(listed.values()))
            found |= {uid: listed[uid] for uid in some if uid in listed}
        return found

    def find_orders(self, numbers_or_uids: Sequence[str]) -> dict[str, OrderHead]:
        """Placed orders by their order number, or where no order has that number by their uid.

        :returns: what was asked for → the order; what is not found is left out.
        """
        query = self._head_query()

        def get(uids: Sequence[int]) -> dict[int, dict[str, Any]]:
            rows = self._calls.asking_known_fields(
                query, lambda: self._calls.get_each("Order.get", uids, query.query)
            )
            return {uid: self._tidied([row])[0] for uid, row in rows.items()}

        lookup = OrderLookup(
            self._calls, query, lambda selection: self._heads(query, selection), self._tidied, get
        )
        return lookup.find(numbers_or_uids)

    def mark_orders(self, marks: Sequence[tuple[int, str]]) -> dict[int, MarkResult]:
        """Write each order's number in Specter into ``externalOrderNumber``. Doing it twice does no harm.

        :raises FatalError: the shop no longer takes our token.
        """
        query = self._order_query()
        results: dict[int, MarkResult] = {}
        unread: dict[int, str] = {}
        waiting = dict(marks)
        while waiting:
            calls = [("Order.set", [uid, {MARK: number}, query.query]) for uid, number in waiting.items()]
            outcomes = self._calls.batch(calls, idempotent=True)
            again: dict[int, str] = {}
            for (uid, number), outcome in zip(waiting.items(), outcomes, strict=True):
                if isinstance(outcome, AbicartRefusedError) and self._was_about_the_query(query, outcome):
                    again[uid] = number
                elif isinstance(outcome, AbicartSpecterError):
                    results[uid] = _not_marked(outcome)
                else:
                    document = self._whole(outcome, uid)
                    if document is None:
                        unread[uid] = number
                    else:
                        results[uid] = _marked(document, number)
            waiting = again
        return results | self._read_back(unread)

    def payment_methods(self) -> list[ShopMethod]:
        """The shop's payment methods."""
        return self._methods("PaymentMethod.list", {"uid": True, "type": True, "name": True})

    def delivery_methods(self) -> list[ShopMethod]:
        """The shop's delivery methods."""
        return self._methods("DeliveryMethod.list", {"uid": True, "name": True})

    def _head_query(self) -> FieldQuery:
        return FieldQuery("order", documents.HEAD_QUERY, documents.REQUIRED, self._unknown, documents.GUESSED)

    def _order_query(self) -> FieldQuery:
        return FieldQuery(
            "order", documents.ORDER_QUERY, documents.REQUIRED, self._unknown, documents.GUESSED
        )

    def _heads(
        self,
        query: FieldQuery,
        selection: Mapping[str, Any],
        before_try: Callable[[], None] | None = None,
    ) -> list[dict[str, Any]]:
        filtered = [pointer.strip("/") for pointer in selection.get("filters", {})]
        rows = self._calls.asking_known_fields(
            query,
            lambda: self._calls.read(
                "Order.list", [query.query, selection], documents.tidy_heads, before_try
            ),
            filtered=[*filtered, str(selection.get("sort", "uid"))],
        )
        documents.complete_customers(rows, self._customers)
        return rows

    def _tidied(self, value: Any) -> list[dict[str, Any]]:
        rows = self._calls.made(documents.tidy_heads, value, "Order.get")
        documents.complete_customers(rows, self._customers)
        return rows

    def _listed(self, query: FieldQuery, uids: Sequence[int]) -> dict[int, OrderDocument]:
        """Whole orders from one list; none where the shop cannot be asked so, and from then on it is not."""
        selection = {"filters": {"/uid": {"in": list(uids)}}, "sort": "uid", "limit": len(uids)}
        try:
            rows = self._calls.asking_known_fields(
                query,
                lambda: self._calls.read("Order.list", [query.query, selection], documents.tidy_orders),
            )
        except RefusedError as error:
            log.info("Shop %s: no list of orders by uid (%s); getting each.", self._calls.shop, error.words)
            self._lists_whole_orders = False
            return {}
        wanted = set(uids)
        if any(row["uid"] not in wanted for row in rows) or any(map(documents.has_bare_rows, rows)):
            log.info("Shop %s: lists do not hold whole orders; getting each.", self._calls.shop)
            self._lists_whole_orders = False
            return {}
        return {row["uid"]: row for row in rows}

    def _single(self, query: FieldQuery, uids: Sequence[int]) -> dict[int, OrderDocument]:
        if not uids:
            return {}
        rows = self._calls.asking_known_fields(
            query, lambda: self._calls.get_each("Order.get", uids, query.query)
        )
        return {uid: self._calls.made(documents.tidy_order, row, "Order.get") for uid, row in rows.items()}

    def _complete(self, query: FieldQuery, orders: Sequence[OrderDocument]) -> None:
        """Ask for what came as bare uids."""

        def part(method: str, name: str) -> documents.Fetch:
            return lambda uids: self._calls.asking_known_fields(
                query, lambda: self._calls.get_each(method, uids, query.query[name])
            )

        documents.complete_rows(orders, part("OrderItem.get", "items"), part("Payment.get", "payments"))
        documents.complete_articles(orders, self._articles)
        documents.complete_customers(orders, self._customers)

    def _articles(self, uids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return {one["uid"]: one for one in self._get_articles(uids, documents.ARTICLE_KEYS)}

    def _customers(self, uids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return self._calls.get_each("Customer.get", uids, {})

    def _was_about_the_query(self, query: FieldQuery, error: AbicartRefusedError) -> bool:
        """Whether a refused write named a field of the query, which is now asked for no more."""
        try:
            self._calls.drop_unknown(query, error, not_these={"uid", MARK})
        except AbicartRefusedError:
            return False
        return True

    def _whole(self, value: Any, uid: int) -> OrderDocument | None:
        """The answer to a write, if it is the whole order."""
        if not isinstance(value, dict) or "items" not in value or "payments" not in value:
            return None
        document = self._calls.made(documents.tidy_order, value, "Order.set")
        if document["uid"] != uid:
            return None
        self._complete(self._order_query(), [document])
        return document

    def _read_back(self, marks: Mapping[int, str]) -> dict[int, MarkResult]:
        if not marks:
            return {}
        try:
            found = self.get_orders(list(marks))
        except RetriableError as error:
            return {uid: MarkResult(False, str(error)) for uid in marks}
        gone = MarkResult(False, "the shop no longer has the order", refused=True)
        return {uid: _marked(found[uid], number) if uid in found else gone for uid, number in marks.items()}

    def _methods(self, method: str, query: Mapping[str, Any]) -> list[ShopMethod]:
        def read(value: Any) -> list[ShopMethod]:
            return read_methods(value, self._language)

        rows = self._calls.read(method, [query, True], read)
        if len(rows) < SUSPICIOUS:
            return rows

        def ask(selection: Mapping[str, Any]) -> list[Any]:
            return self._calls.read(method, [query, selection], read)

        pages = UidPages(ask, self._calls.page_size, f"Shop {self._calls.shop}: {method}")
        whole: list[Any] = []
        while (page := pages.next_page()) is not None:
            whole += page
        return whole


def _marked(document: OrderDocument, number: str) -> MarkResult:
    shown = document.get(MARK)
    if isinstance(shown, str | int) and str(shown).strip() == number:
        return MarkResult(True, "", document)
    return MarkResult(False, "the shop took the number but does not show it", document, refused=True)


def _not_marked(error: AbicartSpecterError) -> MarkResult:
    """:raises FatalError: the token or the connection is the cause, not this order."""
    if isinstance(error, AbicartForbiddenError):
        return MarkResult(False, error.message, refused=True)
    if isinstance(error, FatalError):
        raise error
    if isinstance(error, RetriableError | UnconfirmedError):
        return MarkResult(False, error.message)
    gone = isinstance(error, AbicartRefusedError) and says_it_is_gone(error)
    return MarkResult(False, "the shop no longer has the order" if gone else error.message, refused=True)
