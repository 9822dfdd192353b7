"""Telling the shop what became of an order in Specter: sent, with where its parcel is, or cancelled.

Which write makes an order "sent" is not known (Abicart reference 6.7, 10 #19), so the way is the shop's setting, and
what counts is what the order shows afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.clients.order_marks import GONE, MarkResult, OrderMarks
from abicart_specter.clients.shipments import Shipments
from abicart_specter.clients.whole_orders import WholeOrders
from abicart_specter.errors import RetriableError

STATUS = "deliveryStatus"
SENT_WORDS = frozenset({"sent", "shipped", "delivered"})
"""Words for an order that was sent, in any case (Abicart reference 10 #18)."""
CANCELLED = "the order is cancelled in the shop"
NOT_SHOWN = "the shop took the write but does not show the order as sent"

BeforeTry = Callable[[], None] | None


class SendStrategy(StrEnum):
    """How an order is marked as sent. ``both``: a shipment, and the order's status where that does not set it."""

    ORDER_SET = "order-set"
    SHIPMENT = "shipment"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order that was sent.

    :param tracking_url: where its parcel can be followed; kept with a shipment, since an order has no place for it.
    :param shipment_method: uid of the shop's delivery method; ``None`` for the order's own.
    """

    uid: int
    tracking_url: str = ""
    shipment_method: int | None = None


def is_sent(document: OrderDocument) -> bool:
    """Whether the shop shows an order as sent. A word nobody knows is not."""
    status = document.get(STATUS)
    return isinstance(status, str) and status.strip().lower() in SENT_WORDS


class OrderStates:
    """Writes what became of orders of one webshop. See :class:`ShopOrders` for its two methods."""

    def __init__(self, orders: WholeOrders, writes: OrderMarks, shipments: Shipments) -> None:
        self._orders = orders
        self._writes = writes
        self._shipments = shipments

    def mark_sent(
        self, sent: Sequence[SentOrder], strategy: SendStrategy, before_try: BeforeTry
    ) -> dict[int, MarkResult]:
        """See :meth:`ShopOrders.mark_sent`."""
        wanted = {one.uid: one for one in sent}
        if len(wanted) < len(sent):
            raise ValueError("an order is marked twice")
        results, documents = self._now(list(wanted))
        for uid in [uid for uid, document in documents.items() if document.get("discarded") in (True, 1)]:
            results[uid] = MarkResult(False, CANCELLED, documents.pop(uid), refused=True)
        unsent = [uid for uid, document in documents.items() if not is_sent(document)]
        results |= {
            uid: MarkResult(True, "", document) for uid, document in documents.items() if uid not in unsent
        }
        if strategy is not SendStrategy.ORDER_SET:
            results |= self._ship(documents, wanted, unsent, before_try)
            unsent = [uid for uid in unsent if not results[uid].ok]
        if strategy is not SendStrategy.SHIPMENT and unsent:
            results |= self._set_sent(unsent, results, before_try)
        return {uid: results[uid] for uid in wanted}

    def cancel(self, uids: Sequence[int], before_try: BeforeTry) -> dict[int, MarkResult]:
        """See :meth:`ShopOrders.cancel_orders`."""
        results, documents = self._now(list(dict.fromkeys(uids)))
        living = {}
        for uid, document in documents.items():
            if document.get("discarded") in (True, 1):
                results[uid] = MarkResult(True, "", document)
            else:
                living[uid] = {"discarded": True}

        def shows(_uid: int, document: OrderDocument) -> str:
            cancelled = document.get("discarded") in (True, 1)
            return "" if cancelled else "the shop took the write but does not show the order as cancelled"

        results |= self._writes.write(living, shows, before_try) if living else {}
        return {uid: results[uid] for uid in uids}

    def _now(self, uids: Sequence[int]) -> tuple[dict[int, MarkResult], dict[int, OrderDocument]]:
        """The results of the orders that cannot be read, and the others' documents."""
        if not uids:
            return {}, {}
        try:
            documents = self._orders.get(uids)
        except RetriableError as error:
            return {uid: MarkResult(False, error.message) for uid in uids}, {}
        gone = MarkResult(False, GONE, refused=True)
        return {uid: gone for uid in uids if uid not in documents}, documents

    def _ship(
        self,
        documents: Mapping[int, OrderDocument],
        wanted: Mapping[int, SentOrder],
        unsent: Sequence[int],
        before_try: BeforeTry,
    ) -> dict[int, MarkResult]:
        """A shipment for each order that is not sent, and the tracking address for each."""
        tracked = [uid for uid in documents if uid in unsent or wanted[uid].tracking_url]
        if not tracked:
            return {}
        known = self._shipments.of_orders([documents[uid] for uid in tracked])
        made, failed = self._shipments.make([uid for uid in unsent if uid not in known], before_try)
        methods = {uid: wanted[uid].shipment_method or _own_method(documents[uid]) for uid in tracked}
        tracking = {
            known.get(uid) or made[uid]: (wanted[uid].tracking_url, methods[uid])
            for uid in tracked
            if uid in known or uid in made
        }
        told = self._shipments.describe(tracking, before_try)
        after = self._writes.read_back(
            list(unsent), lambda _uid, document: "" if is_sent(document) else NOT_SHOWN
        )
        results: dict[int, MarkResult] = {}
        for uid in tracked:
            result = after[uid] if uid in after else MarkResult(True, "", documents[uid])
            if not result.ok and uid in failed:
                result = replace(failed[uid], document=result.document)
            shipment = known.get(uid) or made.get(uid)
            words = told.get(shipment, "") if shipment else "the shop shows no shipment to keep it with"
            if result.ok and wanted[uid].tracking_url and words:
                result = replace(result, words=f"sent, but without the tracking address: {words}")
            results[uid] = result
        return results

    def _set_sent(
        self, uids: Sequence[int], before: Mapping[int, MarkResult], before_try: BeforeTry
    ) -> dict[int, MarkResult]:
        def shows(_uid: int, document: OrderDocument) -> str:
            return "" if is_sent(document) else NOT_SHOWN

        written = self._writes.write({uid: {STATUS: "sent"} for uid in uids}, shows, before_try)
        results: dict[int, MarkResult] = {}
        for uid, result in written.items():
            failed = before[uid].words if uid in before else ""
            if result.ok and failed and failed != NOT_SHOWN:
                result = replace(result, words=f"sent, but without a shipment: {failed}")
            results[uid] = result
        return results


def _own_method(document: OrderDocument) -> int | None:
    delivery = document.get("delivery")
    method = delivery.get("method") if isinstance(delivery, dict) else None
    if isinstance(method, dict):
        method = method.get("uid")
    return method if isinstance(method, int) and not isinstance(method, bool) else None
