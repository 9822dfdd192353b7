"""A Specter account with changes on all three queues, and what of them the ledger's inbox holds.

Knows neither pytest nor how the sandbox is started, so that the worker process of the kill tests can use it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

sys.path.insert(0, str(Path(__file__).parents[2]))

from harness import Export, demo_settings

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.money import parse_amount
from abicart_specter.errors import LeaseHeldError, RefusedError, RetriableError, UnconfirmedError
from abicart_specter.flows.drain_queue import Drained, drain_queue
from abicart_specter.flows.journal import Journal

ACCOUNT = "1000/12"
SEED = {
    "accounts": [
        {
            "sbm_id": 1000,
            "api_version": 2,
            "integration_key": "demo-integration-key",
            "users": {"12": {"key": "demo-user-key"}, "13": {"key": "other-user-key"}},
            "sites": {"1": "Huvudlager", "2": "Butiken"},
        }
    ]
}
AGAIN = (RetriableError, UnconfirmedError, RefusedError)
"""What Airflow would try again."""

NUMBERS = ("priceexclvat", "vatpercent", "standardoldprice")
NOWHERE = "http://127.0.0.1:9"

Told = dict[str, dict[str, str | None]]


@dataclass
class QueueLab:
    """One reader of the account. ``specter`` is the server's control; ``export`` has ledger and clients."""

    specter: Any
    export: Export
    numbers: list[str] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)

    def fill(self, articles: int = 5) -> None:
        """Five articles with prices, texts and stock at two sites, and an order in each state."""
        edit = self.specter.edit
        for place in range(1, articles + 1):
            number = f"Å-{place}"
            self.numbers.append(number)
            edit(
                "article.new",
                number=number,
                name=f"Skål & fat nr {place}",
                price=f"{place}99.5",
                vat_percent=12,
            )
            if place > 1:
                edit("article.stock", number=number, available=f"{place}.5", site=1)
                edit("article.stock", number=number, available=place - 3, site=2)
        edit("article.stock", number="Å-1", available=None)
        edit("article.change", number="Å-2", old_price="1299", show_old_price=True)
        customer = edit("customer.new", firstName="Åsa", surName="Öberg", emailAddress="asa@example.invalid")
        for _ in range(4):
            row = {"article": "Å-3", "quantity": 1}
            order = edit("order.new", customer=customer["number"], external_number="", rows=[row])
            self.orders.append(order["number"])
        first, second, third, fourth = self.orders
        edit("order.status", number=first, status_id=1)
        edit("order.deliver", number=second, tracking="SE 1/ä")
        edit("order.deliver", number=third, tracking="")
        edit("order.cancel", number=fourth)

    def journal(self) -> Journal:
        return Journal(self.export.folder / "journal")

    def drain(self, queue: Queue, tries: int = 1) -> Drained:
        """One task, tried again as Airflow would."""
        for attempt in range(tries):
            ctx = self.export.context()
            ctx.begin()
            try:
                return drain_queue(ctx, self.journal(), self.export.terms, queue)
            except AGAIN:
                if attempt == tries - 1:
                    raise
        raise AssertionError("no try")

    def drain_when_free(self, queue: Queue) -> Drained:
        """As ``drain``, and waits as long as somebody else holds the queue's lease."""
        while True:
            try:
                return self.drain(queue)
            except LeaseHeldError as held:
                threading.Event().wait(held.seconds_left + 0.01)

    def inbox(self, queue: Queue, account: str = ACCOUNT) -> Told:
        """The newest values, by number and field; prices as numbers, whatever mark they came with."""
        names = [str(one) for one in self.orders] if queue is Queue.ORDERS else self.numbers
        latest = self.export.ledger.latest_values(account, queue.value, names)
        return {
            number: {name: _value(name, one.value) for name, one in found.items()}
            for number, found in latest.items()
            if found
        }

    def truth(self, queue: Queue, *, sites: bool = True) -> Told:
        """The same, from the account itself."""
        if queue is Queue.ORDERS:
            return {str(one["number"]): _order(one) for one in self.specter.inspect("orders")}
        articles = {one["number"]: one for one in self.specter.inspect("articles")}
        kept = {number: one for number, one in articles.items() if number in self.numbers}
        return {
            number: _stock(one, sites) if queue is Queue.STOCK else _info(one) for number, one in kept.items()
        }

    def nothing_is_open(self) -> bool:
        """No batch and no change is left, here or there."""
        waiting = self.specter.inspect("queues")
        here = [self.export.ledger.in_flight(ACCOUNT, queue.value) for queue in Queue]
        return not any(waiting.values()) and self.specter.inspect("batches") == [] and not any(here)

    def batches_asked(self, action: str) -> list[str]:
        """Batch ids in the order in which Specter was asked, tries included."""
        return [
            parse_qs(one["query"], encoding="latin-1")["batchNo"][0]
            for one in self.specter.requests(action=action)
        ]


def _value(name: str, text: str | None) -> str | None:
    return str(parse_amount(text).normalize()) if name in NUMBERS and text else text


def _order(order: dict[str, Any]) -> dict[str, str | None]:
    told: dict[str, str | None] = {
        "statusid": str(order["status_id"]),
        "deliverystatus": order["delivery_status"],
    }
    numbers = [one["tracking_number"] for one in order["deliveries"] if one["tracking_number"]]
    if order["deliveries"]:
        told["updated"] = "1"
    return told | ({"tracking": numbers[-1]} if numbers else {})


def _info(article: dict[str, Any]) -> dict[str, str | None]:
    return {
        "name": article["name"],
        "priceexclvat": str(Decimal(article["price"]).normalize()),
        "vatpercent": str(Decimal(article["vat_percent"]).normalize()),
        "standardoldprice": str(Decimal(article["old_price"]).normalize()),
        "showstandardoldprice": "1" if article["show_old_price"] else "0",
    }


def _stock(article: dict[str, Any], sites: bool) -> dict[str, str | None]:
    held = {
        site: Decimal(stock["shelf"]) - Decimal(stock["reserved"]) for site, stock in article["stock"].items()
    }
    if not held:
        return {"available:1" if sites else "available": None}
    if not sites:
        return {"available": _short(sum(held.values(), Decimal(0)))}
    return {f"available:{site}": _short(figure) for site, figure in held.items()}


def _short(figure: Decimal) -> str:
    return format(figure.normalize(), "f")


@contextmanager
def lab_at(specter: Any, url: str, folder: Path, **changes: Any) -> Iterator[QueueLab]:
    """A reader with a ledger in ``folder``."""
    settings = demo_settings(imports__price=True, imports__stock=True)
    export = Export(NOWHERE, url, folder, **({"settings": settings} | changes))
    try:
        yield QueueLab(specter, export)
    finally:
        export.close()
