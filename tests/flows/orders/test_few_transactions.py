"""What an order costs the ledger: an intent before each write and its result right after, and no more than that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import DEMO_SHOP, REPO, TERMS
from order_lab import NOON, OrderLab
from scan_lab import Run
from sqlalchemy import event

from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.domain.records import Outcome
from abicart_specter.flows.orders.plan import plan_orders
from abicart_specter.flows.orders.send_orders import group_size, send_orders
from abicart_specter.flows.special_numbers import ensure_special_numbers
from abicart_specter.ledger import OrderIntent, OrderState
from abicart_specter.settings import load_shop


def buyer(name: str) -> dict[str, Any]:
    return {
        "info": {"type": "private", "email": f"{name}@example.com"},
        "address": {
            "firstName": name,
            "lastName": "Ek",
            "address": "Storgatan 1",
            "postcode": "111 22",
            "town": "Stockholm",
            "country": "SE",
        },
    }


def place(lab: OrderLab, name: str, count: int) -> list[int]:
    """So many orders of one buyer, in the order of placing."""
    return [lab.place(NOON - timedelta(seconds=60 - place), customer=buyer(name)) for place in range(count)]


def send(lab: OrderLab) -> tuple[Run, int]:
    """A run up to the sending; how many write transactions the sending took."""
    run, written = lab.scan(), 0

    def note(connection: Any) -> None:
        nonlocal written
        written += connection.get_execution_options().get("ledger_begin") is not None

    ensure_special_numbers(run.ctx)
    chunks = plan_orders(run.ctx)
    engine = lab.orders._db.engine
    event.listen(engine, "commit", note)
    try:
        for chunk in chunks:
            send_orders(run.ctx, chunk, lab.mapping, TERMS, sleep=lambda _: None)
    finally:
        event.remove(engine, "commit", note)
    return run, written


@pytest.fixture
def lab(order_lab: OrderLab) -> OrderLab:
    """Its product is in Specter already."""
    place(order_lab, "first", 1)
    send(order_lab)
    return order_lab


def test_each_further_order_of_a_buyer_costs_an_intent_and_a_result(lab: OrderLab) -> None:
    counts = {}
    for name, orders in (("ann", 1), ("bo", 2), ("cia", 3)):
        uids = place(lab, name, orders)
        run, counts[orders] = send(lab)
        assert [lab.outcome(run, uid) for uid in uids] == [(Outcome.SENT, "")] * orders
    assert (counts[2] - counts[1], counts[3] - counts[2]) == (2, 2)


def test_a_new_buyer_costs_an_intent_and_a_result_more_than_a_known_one(lab: OrderLab) -> None:
    place(lab, "ann", 1)
    new = send(lab)[1]
    place(lab, "ann", 1)
    assert new - send(lab)[1] == 2


def test_an_order_that_may_not_be_begun_costs_the_one_before_it_nothing(lab: OrderLab) -> None:
    first, second, third = place(lab, "ann", 3)
    other = place(lab, "bo", 1)[0]
    run = lab.scan()
    taken = lab.shop_order(second)["orderNumber"]
    key = lab.orders.states("demo", [other])[other].customer_key
    intent = OrderIntent("demo", other, 1, taken, "0" * 64, "5001", lab.now)
    lease = lab.orders.begin("demo", key, run.ctx.owner, 60.0, intent)
    lab.orders.confirm_order(lease, run.ctx.run, other, 1, "999", release=True)

    run, _ = send(lab)
    assert lab.outcome(run, first) == (Outcome.SENT, "")
    assert lab.outcome(run, second) == (Outcome.HELD, "external_no_taken")
    assert lab.outcome(run, third) == (Outcome.SENT, "")
    assert lab.orders.state_counts("demo")[OrderState.INTENT] == 0
    numbers = [one["external_number"] for one in lab.specter_orders()]
    assert numbers.count(lab.shop_order(first)["orderNumber"]) == 1
    assert taken not in numbers


def test_what_was_answered_is_stored_when_the_next_order_cannot_be_sent(lab: OrderLab) -> None:
    first, second = place(lab, "ann", 2)
    lab.specter_server.control.fault("too_many", action="newOrderSubmit", after=1, count=50, seconds=0)
    run, _ = send(lab)
    assert lab.outcome(run, first) == (Outcome.SENT, "")
    assert lab.outcome(run, second)[0] is Outcome.FAILED
    assert len(lab.specter_orders()) == 2  # that of the fixture, and the first


def test_what_was_answered_is_stored_when_the_next_order_is_held(
    lab: OrderLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mappings"
    folder.mkdir()
    mapping = (REPO / "include/mappings/order.yaml").read_text(encoding="utf-8")
    mapping += "  - {to: publishedComment, from: order.note, max_length: 10, too_long: hold}\n"
    (folder / "own.yaml").write_text(mapping, encoding="utf-8")
    shop = DEMO_SHOP.read_text(encoding="utf-8").replace("order: order.yaml", "order: own.yaml")
    (tmp_path / "demo.yaml").write_text(shop, encoding="utf-8")
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    lab.export.settings = load_shop(tmp_path / "demo.yaml")
    lab.mapping = order_mapping(lab.export.settings)

    customer_alone = lab.place(NOON - timedelta(seconds=90), customer=buyer("bo"), note="much too long")
    first = place(lab, "ann", 1)[0]
    second = lab.place(NOON - timedelta(seconds=30), customer=buyer("ann"), note="much too long")
    run, _ = send(lab)
    assert lab.outcome(run, first) == (Outcome.SENT, "")
    assert [lab.outcome(run, uid)[0] for uid in (second, customer_alone)] == [Outcome.HELD] * 2
    key = lab.orders.states("demo", [customer_alone])[customer_alone].customer_key
    known = lab.orders.customers("demo", [key])[key]
    assert known.specter_customer_no is not None
    assert known.open_intents == 0


@pytest.mark.parametrize(
    ("sent", "seconds", "size"),
    [(100, 0, 250), (100, 10, 250), (100, 20, 200), (100, 40, 100), (100, 400, 20), (3, 40, 20)],
)
def test_as_many_orders_are_read_as_go_while_they_are_fresh(sent: int, seconds: int, size: int) -> None:
    assert group_size(sent, timedelta(seconds=seconds)) == size
