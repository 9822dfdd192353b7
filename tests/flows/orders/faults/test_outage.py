"""Specter is away for eight hours while orders wait, and a run is made every ten minutes (fault F9, rule 12).

``--outage-orders 500`` for a night with so many.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from order_lab import OrderLab, Ran
from scan_lab import NOON, TEN

from abicart_specter.errors import TransportError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.orders.alarms import SPECTER, watch_at_the_start
from abicart_specter.ledger.order_rules import OrderState

HOURS, CUSTOMERS = 8, 90
SECOND = timedelta(seconds=1)
MESSAGES = [(SPECTER, kind) for kind in ("opened", "reminder", "reminder", "closed")]


@contextmanager
def nobody_listens() -> Iterator[str]:
    """An address where every connection is refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def shop(lab: OrderLab) -> OrderLab:
    lab.abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": CUSTOMERS})
    lab.use(limits__chunks=2)
    return lab


@pytest.fixture
def outage_orders(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--outage-orders"))


def buy(lab: OrderLab, times: list[datetime], first: int) -> list[int]:
    """Orders of all customers in turn."""
    item = lab.abicart_server.control.inspect("items", limit=1)[0]
    customers = [row["uid"] for row in lab.abicart_server.control.inspect("Customer", limit=CUSTOMERS)]
    placed = lab.edit(
        "place_orders",
        defaults={"rows": [{item["kind"]: item["uid"], "quantity": 1}]},
        orders=[
            {"ordered": at.isoformat(), "customer": customers[(first + place) % len(customers)]}
            for place, at in enumerate(times)
        ],
    )
    return [row["uid"] for row in placed]


def run(lab: OrderLab, *, checked: bool) -> Ran | None:
    """A run of the DAG; nothing if it got no further than its first look at both systems."""
    ctx = lab.context()
    if checked:
        try:
            check_shop(ctx, watch=watch_at_the_start(ctx))
        except TransportError:
            return None
    return lab.export_orders(ctx=ctx)


@pytest.mark.parametrize(
    ("checked", "every"),
    [(True, TEN), (False, 3 * TEN)],
    ids=["seen at the start", "seen when orders are sent"],
)
def test_down_for_eight_hours(shop: OrderLab, checked: bool, every: timedelta, outage_orders: int) -> None:
    """All of them go in afterwards, each buyer's in the order in which they were placed, with four messages in all."""
    lab = shop
    buy(lab, [NOON - SECOND], 0)
    assert run(lab, checked=checked).report is not None
    up = lab.export.specter_url
    at_once = outage_orders - HOURS * 6
    waiting = buy(lab, [NOON + SECOND * place for place in range(at_once)], 1)
    with nobody_listens() as lab.export.specter_url:
        for place in range(HOURS * 60 * 60 // every.seconds + 1):
            lab.now += every
            if len(waiting) < outage_orders:
                new = [lab.now - SECOND * (9 - one) for one in range(every // TEN)]
                waiting += buy(lab, new, len(waiting) + 1)
            ran = run(lab, checked=checked and place > 0)  # it went away after the first run's look
            assert ran is None or ran.red
    lab.export.specter_url = up
    assert len(waiting) == outage_orders
    assert len(lab.specter_orders()) == 1
    lab.now += TEN
    ran = run(lab, checked=checked)
    assert (ran.report.sent, ran.report.failed, ran.report.unconfirmed) == (outage_orders, 0, 0)

    found = {order["external_number"]: order for order in lab.specter_orders()}
    assert len(found) == len(lab.specter_orders()) == outage_orders + 1
    states = lab.orders.states("demo", waiting)
    numbers: dict[str, list[int]] = {}
    for uid in waiting:  # as they were placed
        record = states[uid]
        assert record.state is OrderState.SENT
        assert record.specter_order_no == str(found[record.number]["number"])
        numbers.setdefault(record.customer_key, []).append(found[record.number]["number"])
    assert len(numbers) == CUSTOMERS
    assert all(of_one == sorted(of_one) for of_one in numbers.values())
    assert [(one.cause, one.kind) for one in lab.orders.messages("demo")] == MESSAGES


def test_answers_that_never_come_leave_few_orders_in_doubt(shop: OrderLab) -> None:
    """Something in front of a dead Specter takes the orders of buyers whom it knows, and answers none.

    Only the first of them waits for a person afterwards, not every order of the night.
    """
    lab = shop
    buy(lab, [NOON - SECOND * 20], 0)
    buy(lab, [NOON - SECOND * 19 + SECOND * place for place in range(12)], 0)
    assert lab.export_orders().report is not None
    lab.specter_server.control.fault("unavailable", seconds=0, count=None)
    waiting = buy(lab, [NOON + SECOND * place for place in range(12)], 0)
    for _ in range(HOURS * 2 + 1):
        lab.now += 3 * TEN
        assert lab.export_orders().red
    lab.specter_server.control.clear_faults()
    assert lab.orders.state_counts("demo")[OrderState.UNCONFIRMED] == 1
    lab.now += TEN
    lab.export_orders()
    states = Counter(record.state for record in lab.orders.states("demo", waiting).values())
    assert states == {OrderState.SENT: 11, OrderState.UNCONFIRMED: 1}
    assert [(one.cause, one.kind) for one in lab.orders.messages("demo") if one.cause == SPECTER] == MESSAGES
