"""Finding orders by what a person types: an order number, or the shop's uid (rule 13)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from abicart_specter.clients.field_query import FieldQuery
from abicart_specter.clients.order_documents import OrderHead
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.errors import AbicartSpecterError, RefusedError

log = logging.getLogger(__name__)

MOST_PAGES = 50
"""Pages that are looked through, newest orders first, where the shop cannot be asked for a number."""

Row = dict[str, Any]


class OrderLookup:
    """One search.

    :param ask: one page of orders by a list selection.
    :param tidied: tidies rows that came in a batch.
    :param get: orders by uid; those that are gone are left out.
    """

    def __init__(
        self,
        calls: ShopCalls,
        query: FieldQuery,
        ask: Callable[[Mapping[str, Any]], Sequence[Row]],
        tidied: Callable[[Any], list[Row]],
        get: Callable[[Sequence[int]], Mapping[int, Row]],
    ) -> None:
        self._calls = calls
        self._query = query
        self._ask = ask
        self._tidied = tidied
        self._get = get

    def find(self, wanted: Sequence[str]) -> dict[str, OrderHead]:
        """See :meth:`ShopOrders.find_orders`."""
        numbers = {text: text.strip() for text in wanted if text.strip()}
        found = self._by_filter(set(numbers.values()))
        if found is None:
            found = self._by_pages(set(numbers.values()))
        digits = {
            n for n in numbers.values() if n not in found and n.isascii() and n.isdecimal() and len(n) < 19
        }
        uids = {number: int(number) for number in digits if int(number) > 0}
        rows = self._get(sorted(set(uids.values()))) if uids else {}
        found |= {
            number: rows[uid]
            for number, uid in uids.items()
            if uid in rows and rows[uid]["ordered"] is not None
        }
        return {text: cast(OrderHead, found[number]) for text, number in numbers.items() if number in found}

    def _by_filter(self, numbers: set[str]) -> dict[str, Row] | None:
        """By the shop's own filter, or ``None`` where it has none (Abicart reference 10 #39)."""
        if not numbers:
            return {}
        asked = sorted(numbers)
        calls = [
            ("Order.list", [self._query.query, {"filters": {"/orderNumber": number}}]) for number in asked
        ]
        found: dict[str, Row] = {}
        for number, outcome in zip(asked, self._calls.batch(calls, idempotent=True), strict=True):
            if isinstance(outcome, RefusedError):
                log.info("Shop %s: no filter by order number (%s).", self._calls.shop, outcome.words)
                return None
            if isinstance(outcome, AbicartSpecterError):
                raise outcome
            for row in self._tidied(outcome):
                if row["orderNumber"] != number:
                    # The filter is not honoured.
                    return None
                if row["ordered"] is not None:
                    found[number] = row
        return found

    def _by_pages(self, numbers: set[str]) -> dict[str, Row]:
        """Through the orders by uid, newest first, no further than :data:`MOST_PAGES`."""
        found: dict[str, Row] = {}
        seen = 0
        for _ in range(MOST_PAGES):
            rows = self._ask(
                {"sort": "uid", "descending": True, "limit": self._calls.page_size, "offset": seen}
            )
            for row in rows:
                if row["orderNumber"] in numbers and row["ordered"] is not None:
                    found.setdefault(row["orderNumber"], row)
            if not rows or len(found) == len(numbers):
                return found
            # An order that comes in meanwhile moves the others back, never past us.
            seen += len(rows)
        log.warning(
            "Shop %s: order number not found among the newest %s orders: %s.",
            self._calls.shop,
            seen,
            ", ".join(sorted(numbers - set(found))),
        )
        return found
