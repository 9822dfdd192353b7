"""The sandbox shop of the order benchmark: products and buyers without faults, and waves of orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from local_stack.follow import FinishedRun
from local_stack.running import RunningAirflow

AT_ONCE = 500
SPREAD = timedelta(minutes=5)
"""A wave is placed over so long, up to the present: within what a run reads back."""


@dataclass(slots=True)
class Shop:
    """The shop of a stack that runs."""

    stack: RunningAirflow
    items: int
    buyers: int
    orders: int = 0
    bought: set[int] = field(default_factory=set)

    def seed(self) -> None:
        """Products and buyers, no orders, no faults, no latency."""
        abicart, specter = self.stack.sandboxes["abicart"], self.stack.sandboxes["specter"]
        seed = {"items": self.items, "customers": self.buyers, "orders": 0, "faults": 0}
        abicart.reset(seed=seed, log_size=0)
        specter.reset(log_size=0)

    def slow_down(self, request_ms: float, order_call_ms: float) -> None:
        """From now on every request takes so long, and a call with an order that much more."""
        for control in self.stack.sandboxes.values():
            control.latency(request_ms=request_ms)
        self.stack.sandboxes["specter"].latency(actions_ms={"newOrderSubmit": order_call_ms})

    def place(self, count: int, *, known: bool) -> None:
        """A wave: one order in ten has a discount; all are paid.

        :param known: by those who bought before, else by any of the buyers; each is as likely as any other.
        """
        abicart, draw = self.stack.sandboxes["abicart"], Random(self.orders)  # noqa: S311 - no secret
        items = [one for one in abicart.inspect("items", limit=self.items) if not one["is_package"]]
        everybody = _buyers(abicart.inspect("Customer", limit=self.buyers))
        buyers = draw.choices(sorted(self.bought) if known else everybody, k=count)
        begin, step = datetime.now(UTC) - SPREAD, SPREAD / count
        wave = [_order(draw, items, buyer, begin + place * step) for place, buyer in enumerate(buyers)]
        for start in range(0, count, AT_ONCE):
            abicart.edit("place_orders", orders=wave[start : start + AT_ONCE])
        self.bought.update(buyers)
        self.orders += count

    def all_are_in_specter(
        self, stack: RunningAirflow, _run: FinishedRun, _figures: Mapping[str, Any]
    ) -> list[str]:
        """Every order that was placed is in Specter, and none twice."""
        specter, found = stack.sandboxes["specter"], []
        holds = specter.inspect("order_count")
        if holds != self.orders:
            found.append(f"{self.orders} orders were placed, but Specter holds {holds}.")
        if doubles := specter.inspect("order_doubles"):
            found.append(f"Specter has {len(doubles)} orders twice.")
        return found


def _buyers(customers: list[dict[str, Any]]) -> list[int]:
    """Those who are somebody of their own: the made-up organisation numbers repeat, and whoever shares one with
    another is the same buyer to us, whose data would change with every order.
    """
    first: dict[str, int] = {}
    for one in customers:
        first.setdefault(one["info"].get("companyNumber") or str(one["uid"]), one["uid"])
    return list(first.values())


def _order(draw: Random, items: list[dict[str, Any]], buyer: int, at: datetime) -> dict[str, Any]:
    order: dict[str, Any] = {
        "rows": [_row(draw, draw.choice(items)) for _ in range(1 + int(draw.random() ** 2 * 5))],
        "customer": buyer,
        "ordered": at.isoformat(timespec="seconds"),
        "paid": True,
    }
    if draw.random() < 0.1:
        order["discount"] = {"name": "VINTER10", "percent": 10}
    return order


def _row(draw: Random, item: Mapping[str, Any]) -> dict[str, Any]:
    return {item["kind"]: item["uid"], "quantity": 1 + int(draw.random() ** 3 * 4)}
