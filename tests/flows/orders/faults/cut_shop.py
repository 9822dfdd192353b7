"""The shop and the account of a case: buyers, their orders, and what must become of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shop_sandbox.pytest_plugin import RunningSandbox

ITEMS, CUSTOMERS = 12, 6
SENT, NO_EMAIL, UNPAID, CANCELLED = "sent", "email_missing", "awaiting_payment", "discarded"
SETTINGS = {"orders__ripe__otherwise": "paid"}
"""Orders go when they are paid, and all are but those that are meant to wait."""


@dataclass(frozen=True)
class Bought:
    """An order of the shop. ``fate``: ``sent``, or the rule by which it is held or left out. ``buyer``: an address."""

    uid: int
    number: str
    at: datetime
    buyer: str
    fate: str


@dataclass
class CutShop:
    """Both servers. ``place`` buys; ``bought`` is everything that was."""

    abicart: RunningSandbox
    specter: RunningSandbox
    bought: list[Bought] = field(default_factory=list)
    _items: list[dict[str, Any]] = field(default_factory=list)
    _customers: dict[int, str] = field(default_factory=dict)
    _strangers: int = 0

    def set(self, specter_switches: dict[str, Any] | None = None) -> None:
        """As new: a dozen products, six customers, no orders; Specter knows nothing."""
        self.abicart.control.reset(seed={"items": ITEMS, "faults": 0, "orders": 0, "customers": CUSTOMERS})
        self.specter.control.reset(switches=specter_switches or {})
        self._items = self.abicart.control.inspect("items", limit=ITEMS)
        rows = self.abicart.control.inspect("Customer", limit=CUSTOMERS)
        self._customers = {row["uid"]: row["info"]["email"].lower() for row in rows}
        self.bought.clear()

    @property
    def customers(self) -> list[int]:
        return list(self._customers)

    def place(self, orders: Iterable[tuple[datetime, int | None, str]]) -> list[Bought]:
        """``orders``: when, by which of ``customers`` (none: by somebody who never bought before), with which fate."""
        wanted, buyers = list(orders), list[str]()
        documents = []
        for place, (at, customer, fate) in enumerate(wanted):
            item = self._items[(len(self.bought) + place) % len(self._items)]
            document: dict[str, Any] = {
                "rows": [{item["kind"]: item["uid"], "quantity": 1 + place % 3}],
                "ordered": at.isoformat(),
                "customer": customer if customer and fate != NO_EMAIL else self._stranger(fate),
                "paid": fate != UNPAID,
            }
            documents.append(document)
            stranger = not isinstance(document["customer"], int)
            buyers.append(f"kund{self._strangers}@example.se" if stranger else self._customers[customer or 0])
        placed = self.abicart.control.edit("place_orders", orders=documents)
        new = [
            Bought(row["uid"], row["orderNumber"], at, buyer, fate)
            for row, (at, _, fate), buyer in zip(placed, wanted, buyers, strict=True)
        ]
        for one in new:
            if one.fate == CANCELLED:
                self.abicart.control.edit("discard_order", uid=one.uid)
        self.bought += new
        return new

    def _stranger(self, fate: str) -> dict[str, Any]:
        self._strangers += 1
        number = self._strangers
        email = None if fate == NO_EMAIL else f"kund{number}@example.se"
        return {
            "info": {"type": "private", "email": email},
            "address": {
                "firstName": "Kim",
                "lastName": f"Kund{number}",
                "address": f"Gatan {number}",
                "postcode": "111 22",
                "town": "Stockholm",
                "country": "SE",
            },
        }

    def in_specter(self) -> dict[str, list[dict[str, Any]]]:
        """External number → the orders of the account that carry it."""
        found: dict[str, list[dict[str, Any]]] = {}
        for order in self.specter.control.inspect("orders", limit=100_000):
            found.setdefault(order["external_number"], []).append(order)
        return found

    def marks(self) -> dict[int, str]:
        """Uid → the number that the shop shows on its order."""
        heads = self.abicart.control.inspect("order_heads")
        return {head["uid"]: head["externalOrderNumber"] or "" for head in heads}

    def struck(self) -> dict[str, int]:
        """Faults that hit a request, by kind, of both servers."""
        found: dict[str, int] = {}
        for server in (self.abicart, self.specter):
            for kind, count in server.control.counters()["faults"].items():
                found[kind] = found.get(kind, 0) + count
        return found
