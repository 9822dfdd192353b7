"""Writing Specter's order number back to the shop's orders, and reading what each order holds after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from abicart_specter.clients.abicart_errors import AbicartForbiddenError, AbicartRefusedError, says_it_is_gone
from abicart_specter.clients.field_query import FieldQuery
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.whole_orders import WholeOrders
from abicart_specter.errors import AbicartSpecterError, FatalError, RetriableError, UnconfirmedError

MARK = "externalOrderNumber"
GONE = "the shop no longer has the order"


@dataclass(frozen=True, slots=True)
class MarkResult:
    """What became of one mark.

    :param ok: the shop shows the number.
    :param words: why not, fit for a log.
    :param document: the order as it is after the write, if it could be read.
    :param refused: the shop says no; asking again will not help. Else it was not reached.
    """

    ok: bool
    words: str
    document: OrderDocument | None = field(default=None, repr=False)
    refused: bool = False


class OrderMarks:
    """Marks orders in batches. The answer to each write is asked to hold the whole order."""

    def __init__(self, calls: ShopCalls, orders: WholeOrders) -> None:
        self._calls = calls
        self._orders = orders

    def mark(
        self, marks: Sequence[tuple[int, str]], before_try: Callable[[], None] | None
    ) -> dict[int, MarkResult]:
        """See :meth:`ShopOrders.mark_orders`."""
        query = self._orders.query()
        results: dict[int, MarkResult] = {}
        unread: dict[int, str] = {}
        waiting = dict(marks)
        while waiting:
            calls = [("Order.set", [uid, {MARK: number}, query.query]) for uid, number in waiting.items()]
            outcomes = self._calls.batch(calls, idempotent=True, before_try=before_try)
            again = self._about_the_query(query, dict(zip(waiting, outcomes, strict=True)))
            for (uid, number), outcome in zip(waiting.items(), outcomes, strict=True):
                if uid in again:
                    continue
                if isinstance(outcome, AbicartSpecterError):
                    results[uid] = _not_marked(outcome)
                elif (document := self._read(outcome, uid)) is not None:
                    results[uid] = _marked(document, number)
                else:
                    unread[uid] = number
            waiting = {uid: waiting[uid] for uid in again}
        results |= self._read_back(unread)
        return {uid: results[uid] for uid, _ in marks}

    def _about_the_query(self, query: FieldQuery, outcomes: Mapping[int, object]) -> list[int]:
        """The orders at which not the write was refused but a field of the query, which is now asked for no more."""
        named: dict[int, tuple[str, ...]] = {}
        for uid, outcome in outcomes.items():
            path = query.named_by_any(outcome.pointers) if isinstance(outcome, AbicartRefusedError) else None
            if path is not None and path not in (("uid",), (MARK,)) and not query.needs(path):
                named[uid] = path
        for path in set(named.values()):
            query.drop(path)
        return list(named)

    def _read(self, value: object, uid: int) -> OrderDocument | None:
        try:
            return self._orders.read(value, uid, "Order.set")
        except RetriableError:
            return None  # written, but not in a form to be read: it is read again

    def _read_back(self, marks: Mapping[int, str]) -> dict[int, MarkResult]:
        if not marks:
            return {}
        try:
            found = self._orders.get(list(marks))
        except RetriableError as error:
            return {uid: MarkResult(False, error.message) for uid in marks}
        gone = MarkResult(False, GONE, refused=True)
        return {uid: _marked(found[uid], number) if uid in found else gone for uid, number in marks.items()}


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
    return MarkResult(False, GONE if gone else error.message, refused=True)
