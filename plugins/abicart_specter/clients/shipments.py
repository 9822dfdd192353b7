"""The shop's shipments (Abicart reference 6.7): found again, made from whole orders, told where the parcel is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abicart_specter.clients.abicart_errors import AbicartForbiddenError
from abicart_specter.clients.field_query import FieldQuery, Path
from abicart_specter.clients.jsonrpc import as_uid
from abicart_specter.clients.order_documents import OrderDocument, bare_uid
from abicart_specter.clients.order_marks import MarkResult, not_written
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import AbicartSpecterError, RefusedError, RetriableError, UnconfirmedError

log = logging.getLogger(__name__)

ITEM_QUERY: Mapping[str, Any] = {"uid": True, "orderItem": True}
QUERY: Mapping[str, Any] = {"uid": True, "trackingUrl": True, "items": dict(ITEM_QUERY)}
MOST_A_PAGE = 500
LEAST_CAP = 100
"""No shop is known to give fewer rows than this where more are asked for, so that a shorter page is the last one."""
MOST_PAGES = 4
"""So many pages of the newest shipments are looked through for one that an earlier try made."""

BeforeTry = Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment, and where its parcel can be followed as far as the shop shows."""

    uid: int
    tracking_url: str = ""


class Shipments:
    """Shipments of one webshop."""

    def __init__(self, calls: ShopCalls) -> None:
        self._calls = calls
        self._unknown: set[Path] = set()
        self._can_list = True

    def of_orders(self, orders: Sequence[OrderDocument]) -> dict[int, Shipment]:
        """By order uid the newest shipment that holds one of its rows.

        A shipment cannot be asked for by its order, so the newest ones are looked through, where the shop lists them.
        Whoever made one without looking would make a second where the answer to the first was lost.
        """
        order_of = {
            row["uid"]: order["uid"] for order in orders for row in order["items"] if isinstance(row, dict)
        }
        found: dict[int, Shipment] = {}
        offset = 0
        for _ in range(MOST_PAGES if orders else 0):
            rows = self._newest(offset)
            offset += len(rows)
            for shipment, held in zip(rows, self._rows_of(rows), strict=True):
                for order in {order_of[row] for row in held if row in order_of}:
                    found.setdefault(order, Shipment(shipment["uid"], shipment["trackingUrl"]))
            if len(rows) < LEAST_CAP or len(found) == len(orders):
                break
        return found

    def make(
        self, orders: Sequence[int], before_try: BeforeTry
    ) -> tuple[dict[int, Shipment], dict[int, MarkResult]]:
        """A shipment of all rows of each order: its uid, or why there is none. Sent once: never tried again here."""
        calls = [("Shipment.addAllItemsFromOrder", [None, uid]) for uid in orders]
        outcomes = self._calls.batch(calls, idempotent=False, before_try=before_try)
        made: dict[int, Shipment] = {}
        failed: dict[int, MarkResult] = {}
        for uid, outcome in zip(orders, outcomes, strict=True):
            if isinstance(outcome, AbicartSpecterError):
                result = not_written(outcome)
                lost = isinstance(outcome, UnconfirmedError)
                failed[uid] = MarkResult(False, result.words, None, result.refused, lost)
                continue
            try:
                made[uid] = Shipment(as_uid(outcome.get("uid") if isinstance(outcome, dict) else outcome))
            except NotReadable:
                failed[uid] = MarkResult(False, "the shop names no shipment", unconfirmed=True)
        return made, failed

    def describe(
        self, shipments: Mapping[int, tuple[str, int | None]], before_try: BeforeTry
    ) -> dict[int, str]:
        """Write tracking address and, if it is given, delivery method. Doing it twice does no harm.

        :returns: by shipment why the address was not written; "" if the shop shows it.
        """
        patches: dict[int, dict[str, Any]] = {}
        for uid, (url, method) in shipments.items():
            patches[uid] = {"trackingUrl": url} | ({} if method is None else {"shipmentMethod": method})
        calls = [("Shipment.set", [uid, patch, ["uid", "trackingUrl"]]) for uid, patch in patches.items()]
        outcomes = self._calls.batch(calls, idempotent=True, before_try=before_try)
        told: dict[int, str] = {}
        unread: list[int] = []
        for uid, outcome in zip(patches, outcomes, strict=True):
            if isinstance(outcome, AbicartSpecterError):
                told[uid] = not_written(outcome).words
            elif _shows(outcome, shipments[uid][0]):
                told[uid] = ""
            else:
                unread.append(uid)
        return told | self._looked_at({uid: shipments[uid][0] for uid in unread})

    def _looked_at(self, urls: Mapping[int, str]) -> dict[int, str]:
        """As above, by what the shipments show now."""
        query = {"uid": True, "trackingUrl": True}
        try:
            found = self._calls.get_each("Shipment.get", list(urls), query) if urls else {}
        except RetriableError as error:
            return dict.fromkeys(urls, error.message)
        not_shown = "the shop took it but does not show it"
        return {uid: "" if _shows(found.get(uid), url) else not_shown for uid, url in urls.items()}

    def _newest(self, offset: int) -> list[dict[str, Any]]:
        if not self._can_list:
            return []
        query = FieldQuery("shipment", QUERY, (), self._unknown)
        selection = {"sort": "uid", "descending": True, "limit": MOST_A_PAGE, "offset": offset}
        try:
            return self._calls.asking_known_fields(
                query, lambda: self._calls.read("Shipment.list", [query.query, selection], _shipments)
            )
        except (RefusedError, AbicartForbiddenError) as error:
            log.info("Shop %s: shipments cannot be listed (%s).", self._calls.shop, error.message)
            self._can_list = False
            return []

    def _rows_of(self, shipments: Sequence[Mapping[str, Any]]) -> list[set[int]]:
        """For each shipment the order rows that it holds."""
        bare = [uid for one in shipments for item in one["items"] if (uid := bare_uid(item)) is not None]
        whole = self._calls.get_each("ShipmentItem.get", bare, ITEM_QUERY) if bare else {}
        found: list[set[int]] = []
        for one in shipments:
            items = [whole.get(uid) if (uid := bare_uid(item)) is not None else item for item in one["items"]]
            rows = [item.get("orderItem") for item in items if isinstance(item, dict)]
            uids = [bare_uid(row.get("uid") if isinstance(row, dict) else row) for row in rows]
            found.append({uid for uid in uids if uid is not None})
        return found


def _shows(shipment: Any, url: str) -> bool:
    return isinstance(shipment, dict) and shipment.get("trackingUrl") == url


def _shipments(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotReadable("the list of shipments is not a list of objects")
    return [
        {
            "uid": as_uid(one.get("uid")),
            "trackingUrl": one.get("trackingUrl") or "",
            "items": one["items"] if isinstance(one.get("items"), list) else [],
        }
        for one in value
    ]
