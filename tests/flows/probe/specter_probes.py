"""A probe of the sandbox's Specter server, as tests need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from abicart_specter.clients.options import HttpOptions, SpecterConnection
from abicart_specter.clients.specter_batches import AnyAnswer, Queue
from abicart_specter.clients.specter_probe import QueueReads, probe_specter
from abicart_specter.domain.probe.records import Answer, Finding
from abicart_specter.domain.probe.specter import findings

QUICK = HttpOptions(connect_timeout=2.0, read_timeout=5.0, rate_per_second=2000.0)
READ_ACTIONS = frozenset(
    {"checkAccountSettings", "checkNothingAtAll", *(queue.read_action for queue in Queue)}
)
TWO_SITES = {
    "sbm_id": 1000,
    "api_version": 2,
    "integration_key": "demo-integration-key",
    "users": {12: {"key": "demo-user-key"}},
    "sites": {1: "Huvudlager", 2: "Butiken i Åre"},
}


def connection(url: str, **changes: Any) -> SpecterConnection:
    """The demo account."""
    values: dict[str, Any] = {
        "shop": "demo",
        "base_url": url,
        "sbm_id": 1000,
        "api_version": 2,
        "api_user_id": 12,
        "user_key": "demo-user-key",
        "integration_secret": "demo-integration-key",
    }
    return SpecterConnection(**(values | changes))


@dataclass
class Remembered:
    """Queue reads that remember in memory; ``meanwhile`` is called after a queue was first read."""

    meanwhile: Callable[[Queue], None] = lambda _queue: None
    asked: list[tuple[Queue, str]] = field(default_factory=list)
    read: list[AnyAnswer] = field(default_factory=list)
    open: dict[Queue, list[str]] = field(default_factory=dict)

    def reads(self) -> QueueReads:
        return QueueReads(
            tuple(Queue),
            lambda queue: self.open.get(queue, []),
            lambda queue, batch: self.asked.append((queue, batch)),
            self._after,
        )

    def _after(self, answer: AnyAnswer) -> None:
        self.read.append(answer)
        self.meanwhile(answer.queue)


def ask(server, queues: Remembered | None = None, on_secret=None, **changes: Any) -> dict[str, Answer]:
    """The answers by name."""
    reads = None if queues is None else queues.reads()
    answers = probe_specter(connection(server.url, **changes), QUICK, on_secret, reads)
    assert len({one.name for one in answers}) == len(answers)
    return {one.name: one for one in answers}


def by_switch(answers: Mapping[str, Answer]) -> dict[str, Finding]:
    """Findings that are about a switch."""
    return {one.switch: one for one in findings(answers) if one.switch}


def only_reads(server, queues: bool) -> None:
    """Nothing was written, closed, or asked that a probe may not ask."""
    counters = server.control.counters()
    allowed = READ_ACTIONS if queues else {"checkAccountSettings", "checkNothingAtAll"}
    assert counters["writes"] == 0
    assert set(counters["calls"]) <= allowed


def fill(server, sites: Mapping[str, Any] | None = TWO_SITES) -> None:
    """Changes wait on all three queues: six articles at two sites, one of them without description, two orders."""
    control = server.control
    if sites is not None:
        control.reset(seed={"accounts": [sites]})
    for number in range(1, 7):
        control.edit(
            "article.new",
            number=f"Å-{number:05d}",
            name=f"Sjal Norrsken & Co {number}",
            price="123456.50" if number == 1 else "99.5",
            vat_percent=25,
            article_type="GW",
            **({"description": "<p>Vävd av Anna Ågren</p>"} if number > 1 else {}),
        )
        control.edit("article.stock", number=f"Å-{number:05d}", available="12.5" if number == 1 else "7")
    control.edit("article.stock", number="Å-00001", available="3.25", site=2)
    customer = control.edit("customer.new", name="Anna Ågren", email="anna.agren@example.se")
    for number in (1, 2):
        order = control.edit(
            "order.new",
            customer=customer["number"],
            external_number=f"W-{number}",
            rows=[{"article": "Å-00001", "quantity": 1, "price": "99.5"}],
        )
        control.edit("order.deliver", number=order["number"], tracking=f"SE{number:09d}")
