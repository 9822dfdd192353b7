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
from abicart_specter.clients.shipments import Shipment, Shipments
from abicart_specter.clients.whole_orders import WholeOrders
from abicart_specter.errors import RetriableError

STATUS = "deliveryStatus"
SENT_WORDS = frozenset({"sent", "shipped", "delivered"})
"""Words for an order that was sent, in any case (Abicart reference 10 #18)."""
CANCELLED = "the order is cancelled in the shop"
NOT_SHOWN = "the shop took the write but does not show the order as sent"
SHIPPED_BEFORE = "the shop has a shipment of the order already but does not show the order as sent"
NO_SHIPMENT = "the shop shows no shipment to keep it with"

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
    :param shipment_method: uid of the shop's delivery method, written with the tracking address; ``None``
        leaves what the shop sets by itself.
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
        untold: dict[int, str] = {}
        if strategy is not SendStrategy.ORDER_SET:
            shipped, untold = self._ship(documents, wanted, unsent, before_try)
            results |= shipped
            unsent = [uid for uid in unsent if not results[uid].ok]
        if strategy is not SendStrategy.SHIPMENT and unsent:
            results |= self._set_sent(unsent, results, before_try)
        for uid, words in untold.items():
            if results[uid].ok and not results[uid].words:
                results[uid] = replace(results[uid], words=f"sent, but without the tracking address: {words}")
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
    ) -> tuple[dict[int, MarkResult], dict[int, str]]:
        """A shipment for each order that is not sent, and the tracking address for each that has one.

        :returns: the results of those that are not sent yet, and why the address of an order could not be written.
        """
        concerned = [uid for uid in documents if uid in unsent or wanted[uid].tracking_url]
        try:
            shipments = self._shipments.of_orders([documents[uid] for uid in concerned])
        except RetriableError as error:
            # Without having looked, none is made: it might be the second.
            tracked = {uid: error.message for uid in concerned if wanted[uid].tracking_url}
            return {uid: MarkResult(False, error.message, documents[uid]) for uid in unsent}, tracked
        known = set(shipments)
        made, failed = self._shipments.make([uid for uid in unsent if uid not in known], before_try)
        shipments |= made | self._made_after_all(
            [documents[uid] for uid, result in failed.items() if result.unconfirmed]
        )
        untold = self._track(concerned, wanted, shipments, before_try)
        results: dict[int, MarkResult] = {}
        for uid, result in self._writes.read_back(list(unsent), _shown_as_sent).items():
            results[uid] = result
            if not result.ok and uid in failed and uid not in shipments:
                results[uid] = replace(failed[uid], document=result.document)
            elif result.words == NOT_SHOWN and uid in known:
                results[uid] = replace(result, words=SHIPPED_BEFORE)
        return results, untold

    def _made_after_all(self, lost: Sequence[OrderDocument]) -> dict[int, Shipment]:
        try:
            return self._shipments.of_orders(lost)
        except RetriableError:
            return {}  # they stay unconfirmed

    def _track(
        self,
        uids: Sequence[int],
        wanted: Mapping[int, SentOrder],
        shipments: Mapping[int, Shipment],
        before_try: BeforeTry,
    ) -> dict[int, str]:
        """Write the tracking addresses that are not there yet; by order why one could not be."""
        tracked = [uid for uid in uids if wanted[uid].tracking_url]
        missing = [
            uid
            for uid in tracked
            if uid in shipments and shipments[uid].tracking_url != wanted[uid].tracking_url
        ]
        told = self._shipments.describe(
            {shipments[uid].uid: (wanted[uid].tracking_url, wanted[uid].shipment_method) for uid in missing},
            before_try,
        )
        words = {uid: why for uid in missing if (why := told[shipments[uid].uid])}
        return words | {uid: NO_SHIPMENT for uid in tracked if uid not in shipments}

    def _set_sent(
        self, uids: Sequence[int], before: Mapping[int, MarkResult], before_try: BeforeTry
    ) -> dict[int, MarkResult]:
        results = self._writes.write({uid: {STATUS: "sent"} for uid in uids}, _shown_as_sent, before_try)
        for uid, result in results.items():
            failed = before[uid].words if uid in before else ""
            if result.ok and failed not in ("", NOT_SHOWN, SHIPPED_BEFORE):
                results[uid] = replace(result, words=f"sent, but without a shipment: {failed}")
        return results


def _shown_as_sent(_uid: int, document: OrderDocument) -> str:
    return "" if is_sent(document) else NOT_SHOWN
