"""Whole orders by uid, in as few requests as the shop allows, whatever shape it answers in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from abicart_specter.clients import order_documents as documents
from abicart_specter.clients import order_gaps as gaps
from abicart_specter.clients import order_queries as queries
from abicart_specter.clients.field_query import FieldQuery, Path
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.errors import RefusedError

log = logging.getLogger(__name__)

ORDERS_A_PAGE = 250
"""Whole orders asked for at once. Clients of the live shop ask for up to 500 rows (Abicart reference 4.2)."""
WORTH_A_LIST = 10
"""So many orders are rather asked for in another list than one by one."""

GetArticles = Callable[[Sequence[int], Sequence[str]], list[dict[str, Any]]]


class WholeOrders:
    """Reads orders with rows, payments, customer and the rows' articles.

    A list by uid with everything expanded is one request. A shop that has no such list, or whose lists hold only uids
    (Abicart reference 10 #9, #40), is asked for each order, in batches, and remembered.

    :param get_articles: whole articles by uid; those that are gone are left out.
    :param unknown: fields of an order that the shop is known not to know.
    """

    def __init__(self, calls: ShopCalls, get_articles: GetArticles, unknown: set[Path]) -> None:
        self._calls = calls
        self._get_articles = get_articles
        self._unknown = unknown
        self._by_list = True

    def query(self) -> FieldQuery:
        """What is asked of a whole order."""
        return FieldQuery("order", queries.ORDER_QUERY, queries.REQUIRED, self._unknown, queries.GUESSED)

    def get(self, uids: Sequence[int]) -> dict[int, OrderDocument]:
        """See :meth:`ShopOrders.get_orders`."""
        query = self.query()
        found: dict[int, OrderDocument] = {}
        wanted = list(dict.fromkeys(uids))
        for begin in range(0, len(wanted), ORDERS_A_PAGE):
            some = wanted[begin : begin + ORDERS_A_PAGE]
            orders = self._listed_whole(query, some)
            # One that is missing may be gone, or the list leaves it out; a call of its own tells.
            orders |= self._each(query, [uid for uid in some if uid not in orders])
            self._complete(query, list(orders.values()))
            found |= {uid: orders[uid] for uid in some if uid in orders}
        return found

    def read(self, value: Any, uid: int, method: str) -> OrderDocument | None:
        """The answer to another call that asked for :meth:`query`; ``None`` if it is not that order as a whole."""
        if not isinstance(value, dict) or not {"uid", "items", "payments", "costs"} <= set(value):
            return None
        order = self._calls.made(documents.tidy_order, value, method)
        if order["uid"] != uid:
            return None
        self._complete(self.query(), [order])
        return order

    def customers(self, uids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Customers by uid, for orders that name only that (Abicart reference 10 #37)."""
        return self._calls.get_each("Customer.get", uids, {})

    def _listed_whole(self, query: FieldQuery, uids: Sequence[int]) -> dict[int, OrderDocument]:
        """From as many lists as it takes: the shop may cap them."""
        orders: dict[int, OrderDocument] = {}
        missing = list(uids)
        while missing and self._by_list:
            found = self._listed(query, missing)
            orders |= found
            missing = [uid for uid in missing if uid not in found]
            if not found or len(missing) < WORTH_A_LIST:
                break
        return orders

    def _listed(self, query: FieldQuery, uids: Sequence[int]) -> dict[int, OrderDocument]:
        """From one list; nothing where the shop cannot be asked so."""
        selection = {"filters": {"/uid": {"in": list(uids)}}, "sort": "uid", "limit": len(uids)}
        try:
            rows = self._calls.asking_known_fields(
                query,
                lambda: self._calls.read("Order.list", [query.query, selection], documents.tidy_orders),
            )
        except RefusedError as error:
            log.info("Shop %s: no list of orders by uid (%s); getting each.", self._calls.shop, error.words)
            self._by_list = False
            return {}
        wanted = set(uids)
        if any(row["uid"] not in wanted for row in rows) or any(map(gaps.has_bare_rows, rows)):
            log.info("Shop %s: lists do not hold whole orders; getting each.", self._calls.shop)
            self._by_list = False
            return {}
        return {row["uid"]: row for row in rows}

    def _each(self, query: FieldQuery, uids: Sequence[int]) -> dict[int, OrderDocument]:
        if not uids:
            return {}
        rows = self._calls.asking_known_fields(
            query, lambda: self._calls.get_each("Order.get", uids, query.query)
        )
        return {uid: self._calls.made(documents.tidy_order, row, "Order.get") for uid, row in rows.items()}

    def _complete(self, query: FieldQuery, orders: Sequence[OrderDocument]) -> None:
        """Ask for what came as bare uids."""

        def part(method: str, name: str) -> gaps.Fetch:
            def fetch(uids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
                return self._calls.asking_known_fields(
                    query, lambda: self._calls.get_each(method, uids, query.query[name])
                )

            return fetch

        gaps.complete_rows(orders, part("OrderItem.get", "items"), part("Payment.get", "payments"))
        gaps.complete_articles(orders, self._articles)
        gaps.complete_parts(orders, self._articles)
        gaps.complete_customers(orders, self.customers)

    def _articles(self, uids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return {one["uid"]: one for one in self._get_articles(uids, queries.ARTICLE_KEYS)}
