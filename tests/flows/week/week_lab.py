"""A shop, an account and a ledger in simulated time: the flows' clock, the ledger's and both servers' move together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from harness import Export

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.imports.import_mapping import ImportMapping, import_mapping
from abicart_specter.domain.orders.order_mapping import OrderMapping, order_mapping
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Journal
from abicart_specter.ledger import Ledger

SECRET = b"a secret of the tests, long enough"


@dataclass
class WeekClock:
    """Runs with the machine's, and lets time pass at once for everybody."""

    controls: tuple[Any, ...]
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def pass_by(self, span: timedelta) -> None:
        self.offset += span
        for control in self.controls:
            control.advance_clock(span.total_seconds())

    def until(self, moment: datetime) -> None:
        """Nothing if it is later already."""
        if (span := moment - self.now()) > timedelta():
            self.pass_by(span)

    def start_at(self, moment: datetime) -> None:
        """Whether before or after the present."""
        self.pass_by(moment - self.now())


@dataclass
class WeekLab(Export):
    """What every flow of the week works with."""

    abicart_server: Any = None
    specter_server: Any = None
    clock: WeekClock = field(init=False)
    order_mapping: OrderMapping = field(init=False)
    import_mapping: ImportMapping = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock = WeekClock((self.abicart_server.control, self.specter_server.control))
        self.ledger.close()
        self.ledger = Ledger.open(self.ledger_url, clock=self.clock.now)
        self.order_mapping = order_mapping(self.settings)
        self.import_mapping = import_mapping(self.settings)
        self.journal = Journal(self.folder / "journal")

    def abicart(self) -> AbicartClient:
        connection = AbicartConnection("demo", self.abicart_url, 22222, self.token)
        return AbicartClient(connection, self.options, sleep=self._sleep)

    def specter(self) -> SpecterClient:
        return SpecterClient(self.specter_connection(), self.options, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        """Clients wait in simulated time."""
        self.clock.pass_by(timedelta(seconds=seconds))

    def context(self, run_id: str | None = None, *, flow: str = "product_export") -> FlowContext:
        ctx = super().context(run_id, flow=flow)
        ctx.hash_secret, ctx.clock = SECRET, self.clock.now
        return ctx

    # what both systems hold, as they know it themselves

    def shop_items(self) -> list[dict[str, Any]]:
        return list(self.abicart_server.control.inspect("items", limit=100_000))

    def shop_orders(self) -> list[dict[str, Any]]:
        return list(self.abicart_server.control.inspect("Order", limit=100_000))

    def specter_articles(self) -> dict[str, dict[str, Any]]:
        found = self.specter_server.control.inspect("articles", limit=100_000)
        return {one["number"]: one for one in found}

    def specter_orders(self) -> list[dict[str, Any]]:
        return list(self.specter_server.control.inspect("orders"))
