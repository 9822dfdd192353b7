"""Specter is away for eight hours while 500 orders wait, and a run is made every ten minutes (fault F9, rule 12)."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from order_lab import OrderLab
from scan_lab import NOON, TEN

from abicart_specter.flows.orders.alarms import SPECTER
from abicart_specter.ledger.order_rules import OrderState

HOURS, ORDERS, CUSTOMERS = 8, 500, 90
SECOND = timedelta(seconds=1)


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


def test_down_for_eight_hours(shop: OrderLab) -> None:
    lab = shop
    buy(lab, [NOON - SECOND], 0)
    assert lab.export_orders().report is not None
    up = lab.export.specter_url
    waiting = buy(lab, [NOON + SECOND * place for place in range(300)], 1)
    with nobody_listens() as lab.export.specter_url:
        for _ in range(HOURS * 6 + 1):
            lab.now += TEN
            if len(waiting) < ORDERS:
                waiting += buy(lab, [lab.now - SECOND * (5 - place) for place in range(5)], len(waiting) + 1)
            assert lab.export_orders().red == 2  # both chunks, and no order of theirs was lost
    lab.export.specter_url = up
    assert len(waiting) == ORDERS
    assert len(lab.specter_orders()) == 1
    lab.now += TEN
    ran = lab.export_orders()
    assert ran.report is not None
    assert (ran.report.sent, ran.report.failed, ran.report.unconfirmed) == (ORDERS, 0, 0)

    found = {order["external_number"]: order for order in lab.specter_orders()}
    assert len(found) == len(lab.specter_orders()) == ORDERS + 1
    states = lab.orders.states("demo", waiting)
    numbers: dict[str, list[int]] = {}
    for uid in waiting:  # as they were placed
        record = states[uid]
        assert record.state is OrderState.SENT
        assert record.specter_order_no == str(found[record.number]["number"])
        numbers.setdefault(record.customer_key, []).append(found[record.number]["number"])
    assert len(numbers) == CUSTOMERS
    assert all(of_one == sorted(of_one) for of_one in numbers.values())
    assert [(one.cause, one.kind) for one in lab.orders.messages("demo")] == [
        (SPECTER, "opened"),
        (SPECTER, "reminder"),
        (SPECTER, "reminder"),
        (SPECTER, "closed"),
    ]


def test_answers_that_never_come_leave_few_orders_in_doubt(shop: OrderLab) -> None:
    """Of buyers whom Specter knows, an order is the first thing that is written: a proxy in front of a dead Specter takes
    it and answers nothing. Only what was lost when it began waits for a person, not every order of the night.
    """
    lab = shop
    buy(lab, [NOON - SECOND * 200 + SECOND * place for place in range(60)], 0)
    assert lab.export_orders().report is not None
    lab.specter_server.control.fault("unavailable", seconds=0, count=None)
    waiting = buy(lab, [NOON + SECOND * place for place in range(60)], 0)
    for _ in range(HOURS * 6 + 1):
        lab.now += TEN
        lab.export_orders()
    counts = lab.orders.state_counts("demo")
    assert counts[OrderState.UNCONFIRMED] <= 2  # one for each chunk
    lab.specter_server.control.clear_faults()
    lab.now += TEN
    lab.export_orders()
    states = Counter(record.state for record in lab.orders.states("demo", waiting).values())
    assert states == {OrderState.SENT: 60 - counts[OrderState.UNCONFIRMED]} | (
        {OrderState.UNCONFIRMED: counts[OrderState.UNCONFIRMED]} if counts[OrderState.UNCONFIRMED] else {}
    )
    assert Counter(one.kind for one in lab.orders.messages("demo") if one.cause == SPECTER) == {
        "opened": 1,
        "reminder": 2,
        "closed": 1,
    }
