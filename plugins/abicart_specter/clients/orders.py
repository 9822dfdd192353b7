"""What the flows ask of a webshop's orders: which there are, what they hold, and writing a number back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Event
from typing import Any, cast

from abicart_specter.clients import order_documents as documents
from abicart_specter.clients import order_gaps as gaps
from abicart_specter.clients import order_queries as queries
from abicart_specter.clients.field_query import FieldQuery, Path
from abicart_specter.clients.jsonrpc import as_uid
from abicart_specter.clients.order_documents import OrderDocument, OrderHead
from abicart_specter.clients.order_lookup import OrderLookup
from abicart_specter.clients.order_marks import MarkResult, OrderMarks
from abicart_specter.clients.order_pages import NewestFirst, Stretch, filtered_pages
from abicart_specter.clients.order_states import OrderStates, SendStrategy, SentOrder
from abicart_specter.clients.paging import UidPages, prefetched
from abicart_specter.clients.shipments import Shipments
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.shop_methods import SUSPICIOUS, ShopMethod, read_methods
from abicart_specter.clients.whole_orders import GetArticles, WholeOrders
from abicart_specter.errors import RefusedError

log = logging.getLogger(__name__)

USUAL_PAGE = 100
HEADS_A_PAGE = 500
"""Heads of orders are small; clients of the live shop ask for up to 500 rows (Abicart reference 4.2)."""


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
        self._unknown: set[Path] = set()
        self._whole = WholeOrders(calls, get_articles, self._unknown)
        self._marks = OrderMarks(calls, self._whole)
        self._states = OrderStates(self._whole, self._marks, Shipments(calls))
        self._filters_by_changed = True

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
        # A shop whose settings ask for smaller pages than usual gets them.
        size = HEADS_A_PAGE if self._calls.page_size >= USUAL_PAGE else self._calls.page_size
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
                if found := stretch.of(page):
                    return found

        return prefetched(next_page, stop)

    def count_orders(self, since: datetime, until: datetime | None = None, *, changed: bool = False) -> int:
        """How many orders the shop counts in the same stretch.

        :raises RefusedError: ``changed``, and the shop cannot filter by it.
        """
        stretch = Stretch("changed" if changed else "ordered", since, until)
        return self._calls.read("Order.count", [stretch.exact_filters()], as_uid)

    def count_all(self) -> int:
        """How many orders the shop has ever had. Only an administrator's token sees them (Abicart reference 1.4)."""
        return self._calls.read("Order.count", [{}], as_uid)

    def get_orders(self, uids: Sequence[int]) -> dict[int, OrderDocument]:
        """Whole orders with rows, payments, customer and the rows' articles; those that are gone are left out.

        :raises ConfigurationError: the shop does not know a field that no order can be sent without.
        """
        return self._whole.get(uids)

    def find_orders(self, numbers_or_uids: Sequence[str]) -> dict[str, OrderHead]:
        """Placed orders by their order number, or where no order has that number by their uid.

        :returns: what was asked for → the order; what is not found is left out.
        """
        query = self._head_query()
        lookup = OrderLookup(
            self._calls,
            query,
            lambda selection: self._heads(query, selection),
            self._tidied,
            lambda uids: self._heads_by_uid(query, uids),
        )
        return lookup.find(numbers_or_uids)

    def get_heads(self, uids: Sequence[int]) -> dict[int, OrderHead]:
        """Placed orders by their uid; those that are gone are left out."""
        rows = self._heads_by_uid(self._head_query(), uids)
        return {uid: cast(OrderHead, row) for uid, row in rows.items() if row["ordered"] is not None}

    def _heads_by_uid(self, query: FieldQuery, uids: Sequence[int]) -> dict[int, dict[str, Any]]:
        rows = self._calls.asking_known_fields(
            query, lambda: self._calls.get_each("Order.get", uids, query.query)
        )
        return {uid: self._tidied([row])[0] for uid, row in rows.items()}

    def mark_orders(
        self, marks: Sequence[tuple[int, str]], *, before_try: Callable[[], None] | None = None
    ) -> dict[int, MarkResult]:
        """Write each order's number in Specter into ``externalOrderNumber``. Doing it twice does no harm.

        :param marks: uid and number.
        :param before_try: called right before each try leaves; may raise to stop.
        :raises FatalError: the shop no longer takes our token.
        """
        return self._marks.mark(marks, before_try)

    def mark_sent(
        self,
        sent: Sequence[SentOrder],
        strategy: SendStrategy,
        *,
        before_try: Callable[[], None] | None = None,
    ) -> dict[int, MarkResult]:
        """Mark whole orders as sent; each is read before and after. Doing it twice does no harm.

        One that the shop shows as sent already is written to only for its tracking address, which needs a shipment:
        with the strategy ``order-set`` it is left out.

        :param before_try: called right before each try leaves; may raise to stop.
        :returns: by uid, in the order asked. Refused: gone, cancelled in the shop, or the shop's setting does not work
            there. ``words`` with ``ok``: the order shows as sent, but something beside it could not be written.
        :raises FatalError: the shop no longer takes our token.
        :raises ValueError: an order is named twice.
        """
        return self._states.mark_sent(sent, strategy, before_try)

    def cancel_orders(
        self, uids: Sequence[int], *, before_try: Callable[[], None] | None = None
    ) -> dict[int, MarkResult]:
        """Cancel orders in the shop, which tells the payment provider and gives the stock back (Abicart reference 6.1).

        One that is cancelled already is not written to.

        :param before_try, raises: as in :meth:`mark_sent`.
        """
        return self._states.cancel(uids, before_try)

    def cancel_order(self, uid: int, *, before_try: Callable[[], None] | None = None) -> MarkResult:
        """As :meth:`cancel_orders`, for one."""
        return self.cancel_orders([uid], before_try=before_try)[uid]

    def payment_methods(self) -> list[ShopMethod]:
        """The shop's payment methods."""
        return self._methods("PaymentMethod.list", {"uid": True, "type": True, "name": True})

    def delivery_methods(self) -> list[ShopMethod]:
        """The shop's delivery methods."""
        return self._methods("DeliveryMethod.list", {"uid": True, "name": True})

    def _head_query(self) -> FieldQuery:
        return FieldQuery("order", queries.HEAD_QUERY, queries.REQUIRED, self._unknown, queries.GUESSED)

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
            filtered=filtered,
        )
        gaps.complete_customers(rows, self._whole.customers)
        return rows

    def _tidied(self, value: Any) -> list[dict[str, Any]]:
        rows = self._calls.made(documents.tidy_heads, value, "Order.get")
        gaps.complete_customers(rows, self._whole.customers)
        return rows

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
