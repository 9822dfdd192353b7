"""Writing to the shop's orders in batches, and reading what each order holds after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from abicart_specter.clients.abicart_errors import AbicartForbiddenError, AbicartRefusedError, says_it_is_gone
from abicart_specter.clients.field_query import FieldQuery
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.whole_orders import WholeOrders
from abicart_specter.errors import AbicartSpecterError, FatalError, RetriableError, UnconfirmedError

MARK = "externalOrderNumber"
GONE = "the shop no longer has the order"

Shows = Callable[[int, OrderDocument], str]
"""Why an order does not show what was written to it, in words; "" if it does."""


@dataclass(frozen=True, slots=True)
class MarkResult:
    """What became of one write to an order.

    :param ok: the shop shows what was written.
    :param words: why not, fit for a log. With ``ok``: what else could not be written beside it.
    :param document: the order as it is after the write, if it could be read.
    :param refused: the shop says no; asking again will not help. Else it was not reached.
    :param unconfirmed: the answer to a write that must not be repeated was lost, and the order does not show it.
    """

    ok: bool
    words: str
    document: OrderDocument | None = field(default=None, repr=False)
    refused: bool = False
    unconfirmed: bool = False


class OrderMarks:
    """Writes to orders in batches. The answer to each write is asked to hold the whole order."""

    def __init__(self, calls: ShopCalls, orders: WholeOrders) -> None:
        self._calls = calls
        self._orders = orders

    def mark(
        self, marks: Sequence[tuple[int, str]], before_try: Callable[[], None] | None
    ) -> dict[int, MarkResult]:
        """See :meth:`ShopOrders.mark_orders`."""
        numbers = dict(marks)

        def shows(uid: int, document: OrderDocument) -> str:
            shown = document.get(MARK)
            good = isinstance(shown, str | int) and str(shown).strip() == numbers[uid]
            return "" if good else "the shop took the number but does not show it"

        results = self.write({uid: {MARK: number} for uid, number in marks}, shows, before_try)
        return {uid: results[uid] for uid, _ in marks}

    def write(
        self,
        patches: Mapping[int, Mapping[str, Any]],
        shows: Shows,
        before_try: Callable[[], None] | None,
    ) -> dict[int, MarkResult]:
        """Write a patch to each order. Writing it twice must do no harm.

        :raises FatalError: the shop no longer takes our token.
        """
        query = self._orders.query()
        results: dict[int, MarkResult] = {}
        unread: list[int] = []
        waiting = dict(patches)
        while waiting:
            calls = [("Order.set", [uid, dict(patch), query.query]) for uid, patch in waiting.items()]
            outcomes = self._calls.batch(calls, idempotent=True, before_try=before_try)
            again = self._about_the_query(query, waiting, outcomes)
            for uid, outcome in zip(waiting, outcomes, strict=True):
                if uid in again:
                    continue
                if isinstance(outcome, AbicartSpecterError):
                    results[uid] = not_written(outcome)
                elif (document := self._read(outcome, uid)) is not None:
                    results[uid] = written(shows(uid, document), document)
                else:
                    unread.append(uid)
            waiting = {uid: waiting[uid] for uid in again}
        return results | self.read_back(unread, shows)

    def read_back(self, uids: Sequence[int], shows: Shows) -> dict[int, MarkResult]:
        """What the orders show now."""
        if not uids:
            return {}
        try:
            found = self._orders.get(list(uids))
        except RetriableError as error:
            return {uid: MarkResult(False, error.message) for uid in uids}
        gone = MarkResult(False, GONE, refused=True)
        return {uid: written(shows(uid, found[uid]), found[uid]) if uid in found else gone for uid in uids}

    def _about_the_query(
        self, query: FieldQuery, patches: Mapping[int, Mapping[str, Any]], outcomes: Sequence[object]
    ) -> list[int]:
        """The orders at which not the write was refused but a field of the query, which is now asked for no more."""
        named: dict[int, tuple[str, ...]] = {}
        for (uid, patch), outcome in zip(patches.items(), outcomes, strict=True):
            path = query.named_by_any(outcome.pointers) if isinstance(outcome, AbicartRefusedError) else None
            if path is not None and path[0] not in ("uid", *patch) and not query.needs(path):
                named[uid] = path
        for path in set(named.values()):
            query.drop(path)
        return list(named)

    def _read(self, value: object, uid: int) -> OrderDocument | None:
        try:
            return self._orders.read(value, uid, "Order.set")
        except RetriableError:
            return None  # written, but not in a form to be read: it is read again


def written(words: str, document: OrderDocument) -> MarkResult:
    """For an order that the shop took a write to, by what it shows."""
    return MarkResult(not words, words, document, refused=bool(words))


def not_written(error: AbicartSpecterError) -> MarkResult:
    """For the error that one write of a batch ended in.

    :raises FatalError: the token or the connection is the cause, not this order.
    """
    if isinstance(error, AbicartForbiddenError):
        return MarkResult(False, error.message, refused=True)
    if isinstance(error, FatalError):
        raise error
    if isinstance(error, RetriableError | UnconfirmedError):
        return MarkResult(False, error.message)
    gone = isinstance(error, AbicartRefusedError) and says_it_is_gone(error)
    return MarkResult(False, GONE if gone else error.message, refused=True)
