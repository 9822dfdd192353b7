"""A shop in which a test buys one thing at a time, and looks at what Specter received for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from order_set import CARD, START, person
from shelf import Shelf
from switch_lab import Ran, SwitchLab, set_settings
from wire import Call, customer_calls, order_calls

from abicart_specter.domain.orders.order_mapping import order_mapping


@dataclass
class Sent:
    """What became of one order: outcome, rule, reason; the calls it made."""

    uid: int
    number: str
    to_pay: Decimal
    ran: Ran
    orders: list[Call]
    customers: list[Call]

    @property
    def outcome(self) -> tuple[str, str]:
        return self.ran.outcomes[self.number]

    @property
    def order(self) -> Call:
        """Its only call; the run may have sent others that were due."""
        [found] = [one for one in self.orders if one.fields["customerOrderReference"] == self.number]
        return found

    @property
    def flags(self) -> set[str]:
        return set(self.ran.report.flags) if self.ran.report else set()


@dataclass
class Desk:
    """``buy`` places an order and runs the export."""

    lab: SwitchLab
    shelf: Shelf = field(init=False)
    placed: int = 0

    def __post_init__(self) -> None:
        self.shelf = Shelf.of(self.shop)

    @property
    def shop(self) -> Any:
        return self.lab.abicart_server.control

    @property
    def specter(self) -> Any:
        return self.lab.specter_server.control

    @property
    def lamp(self) -> int:
        """A product at 25 %."""
        return self.shelf.of_rate["0.25"][0]

    @property
    def food(self) -> int:
        """One at 12 %."""
        return self.shelf.of_rate["0.12"][0]

    @property
    def book(self) -> int:
        """One at 6 %."""
        return self.shelf.of_rate["0.06"][0]

    def use(self, **changes: object) -> None:
        """Other settings from now on."""
        self.lab.export.settings = set_settings(**changes)
        self.lab.mapping = order_mapping(self.lab.export.settings)

    def place(self, **wanted: Any) -> dict[str, Any]:
        self.placed += 1
        order = {
            "rows": [{"article": self.lamp, "price": "125"}],
            "payment_method": CARD,
            "shipping": 0,
            "fee": 0,
            "customer": person("Karin"),
            "ordered": (START + timedelta(minutes=self.placed)).isoformat(),
        }
        return dict(self.shop.edit("place_order", **(order | wanted)))

    def buy(self, **wanted: Any) -> Sent:
        """One order and one run; whatever ran before does not count."""
        return self.export(self.place(**wanted))

    def export(self, order: dict[str, Any]) -> Sent:
        """Run the export and look at one order."""
        orders, customers = (
            last(order_calls(self.lab.specter_server)),
            last(customer_calls(self.lab.specter_server)),
        )
        ran = self.lab.run()
        return Sent(
            int(order["uid"]),
            order["orderNumber"],
            Decimal(order["costs"]["total"]["incVat"]),
            ran,
            order_calls(self.lab.specter_server, after=orders),
            customer_calls(self.lab.specter_server, after=customers),
        )

    def total(self, number: str) -> Decimal:
        """What Specter makes of an order."""
        [order] = self.specter.inspect("orders", external_number=number)
        return Decimal(order["totals"]["total"])


def last(calls: list[Call]) -> int:
    return max((one.number for one in calls), default=0)
