"""The shop's shipments (Abicart reference 6.7): found again, made from whole orders, told where the parcel is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from abicart_specter.clients.abicart_errors import AbicartForbiddenError, AbicartRefusedError
from abicart_specter.clients.field_query import FieldQuery, Path
from abicart_specter.clients.jsonrpc import as_uid
from abicart_specter.clients.order_documents import OrderDocument, bare_uid
from abicart_specter.clients.order_marks import MarkResult, not_written
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import AbicartSpecterError, UnconfirmedError

log = logging.getLogger(__name__)

ITEM_QUERY: Mapping[str, Any] = {"uid": True, "orderItem": True}
QUERY: Mapping[str, Any] = {
    "uid": True,
    "trackingUrl": True,
    "shipmentMethod": True,
    "items": dict(ITEM_QUERY),
}
NEWEST = 100
"""So many of the newest shipments are looked through for one that an earlier try made."""
PAGES = 5

BeforeTry = Callable[[], None] | None


class Shipments:
    """Shipments of one webshop."""

    def __init__(self, calls: ShopCalls) -> None:
        self._calls = calls
        self._unknown: set[Path] = set()
        self._can_list = True

    def of_orders(self, orders: Sequence[OrderDocument]) -> dict[int, int]:
        """By order uid the newest shipment that holds one of its rows; best effort.

        A shipment cannot be asked for by its order, so the newest ones are looked through. Whoever makes one without
        looking would make a second one where the answer to the first was lost.
        """
        order_of = {
            row["uid"]: order["uid"] for order in orders for row in order["items"] if isinstance(row, dict)
        }
        oldest = min((uid for uid in order_of if isinstance(uid, int)), default=None)
        found: dict[int, int] = {}
        for page in range(PAGES):
            rows = self._newest(page * NEWEST) if self._can_list and oldest is not None else []
            items = self._rows_of(rows)
            for shipment, held in items.items():
                for row in held:
                    if row in order_of:
                        found.setdefault(order_of[row], shipment)
            if not rows or len(found) == len(orders):
                break
        return found

    def make(
        self, orders: Sequence[int], before_try: BeforeTry
    ) -> tuple[dict[int, int], dict[int, MarkResult]]:
        """A shipment of all rows of each order: its uid, or why there is none. Sent once: never tried again here."""
        calls = [("Shipment.addAllItemsFromOrder", [None, uid]) for uid in orders]
        outcomes = self._calls.batch(calls, idempotent=False, before_try=before_try)
        made: dict[int, int] = {}
        failed: dict[int, MarkResult] = {}
        for uid, outcome in zip(orders, outcomes, strict=True):
            if isinstance(outcome, AbicartSpecterError):
                result = not_written(outcome)
                lost = isinstance(outcome, UnconfirmedError)
                failed[uid] = MarkResult(False, result.words, None, result.refused, lost)
                continue
            try:
                made[uid] = as_uid(outcome.get("uid") if isinstance(outcome, dict) else outcome)
            except NotReadable:
                failed[uid] = MarkResult(False, "the shop names no shipment", unconfirmed=True)
        return made, failed

    def describe(
        self, shipments: Mapping[int, tuple[str, int | None]], before_try: BeforeTry
    ) -> dict[int, str]:
        """Write tracking address and delivery method; doing it twice does no harm.

        :returns: by shipment why the address was not written; "" if the shop shows it.
        """
        calls: list[tuple[str, list[Any]]] = []
        for uid, (url, method) in shipments.items():
            patch: dict[str, Any] = {"trackingUrl": url} if url else {}
            if method is not None:
                patch["shipmentMethod"] = method
            if url:
                calls.append(("Shipment.set", [uid, patch, ["uid", "trackingUrl"]]))
        outcomes = self._calls.batch(calls, idempotent=True, before_try=before_try)
        told: dict[int, str] = {}
        for (_, (uid, patch, _query)), outcome in zip(calls, outcomes, strict=True):
            if isinstance(outcome, AbicartSpecterError):
                told[uid] = not_written(outcome).words
                continue
            told[uid] = "" if _shows(outcome, patch["trackingUrl"]) else self._look(uid, patch["trackingUrl"])
        return told

    def _look(self, uid: int, url: str) -> str:
        found = self._calls.get_each("Shipment.get", [uid], {"uid": True, "trackingUrl": True})
        return "" if _shows(found.get(uid), url) else "the shop took it but does not show it"

    def _newest(self, offset: int) -> list[dict[str, Any]]:
        query = FieldQuery("shipment", QUERY, (), self._unknown, [("items", "orderItem")])
        selection = {"sort": "uid", "descending": True, "limit": NEWEST, "offset": offset}
        try:
            return self._calls.asking_known_fields(
                query, lambda: self._calls.read("Shipment.list", [query.query, selection], _shipments)
            )
        except (AbicartRefusedError, AbicartForbiddenError) as error:
            log.info("Shop %s: shipments cannot be listed (%s).", self._calls.shop, error.message)
            self._can_list = False
            return []

    def _rows_of(self, shipments: Sequence[Mapping[str, Any]]) -> dict[int, set[int]]:
        """By shipment the order rows that it holds."""
        bare = [uid for one in shipments for item in one["items"] if (uid := bare_uid(item)) is not None]
        whole = self._calls.get_each("ShipmentItem.get", bare, ITEM_QUERY) if bare else {}
        found: dict[int, set[int]] = {}
        for one in shipments:
            held = found[one["uid"]] = set()
            for item in one["items"]:
                uid = bare_uid(item)
                inner = whole.get(uid) if uid is not None else item
                row = inner.get("orderItem") if isinstance(inner, dict) else None
                row_uid = bare_uid(row.get("uid") if isinstance(row, dict) else row)
                if row_uid is not None:
                    held.add(row_uid)
        return found


def _shows(shipment: Any, url: str) -> bool:
    return isinstance(shipment, dict) and shipment.get("trackingUrl") == url


def _shipments(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotReadable("the list of shipments is not a list of objects")
    return [
        {
            **one,
            "uid": as_uid(one.get("uid")),
            "items": one["items"] if isinstance(one.get("items"), list) else [],
        }
        for one in value
    ]
