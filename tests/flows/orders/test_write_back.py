"""Specter's number on the shop's order (setting 28), and the second look that its answer gives (rule 9)."""

from __future__ import annotations

import pytest
from order_lab import NOON, OrderLab

from abicart_specter.flows.orders.pending_marks import write_pending_marks
from abicart_specter.ledger.order_rules import WriteBack


def record(lab: OrderLab, uid: int):
    return lab.orders.states("demo", [uid])[uid]


def pending_of(lab: OrderLab) -> int:
    """How many waiting numbers a later run tries to write."""
    ctx = lab.context()
    ctx.begin()
    return write_pending_marks(ctx, lab.mapping)


def test_numbers_are_written_in_batches(order_lab: OrderLab) -> None:
    uids = [order_lab.place(NOON) for _ in range(45)]
    before = order_lab.abicart_server.control.counters()
    order_lab.single(*uids)
    after = order_lab.abicart_server.control.counters()
    assert after["calls"]["Order.set"] - before["calls"].get("Order.set", 0) == 45
    made = {one["external_number"]: str(one["number"]) for one in order_lab.specter_orders()}
    for uid in uids:
        order = order_lab.shop_order(uid)
        assert order["externalOrderNumber"] == made[order["orderNumber"]]
        assert record(order_lab, uid).write_back is WriteBack.DONE
    requests = [
        one for one in order_lab.abicart_server.control.requests() if "Order.set" in str(one.get("body", ""))
    ]
    assert len(requests) == 3, "45 orders in batches of 20"


@pytest.mark.parametrize("answer", ["forbidden", "refused"])
def test_a_shop_that_takes_no_marks_is_told_once_and_the_order_is_sent_all_the_same(
    order_lab: OrderLab, answer: str, caplog
) -> None:
    order_lab.abicart_server.control.switches(order_marks=answer)
    uid = order_lab.place(NOON)
    order_lab.single(uid)
    assert record(order_lab, uid).write_back is WriteBack.GIVEN_UP
    assert "does not take Specter's number" in caplog.text
    assert len(order_lab.specter_orders()) == 1
    assert pending_of(order_lab) == 0


def test_a_mark_whose_answer_was_lost_is_written_by_the_next_run(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON)
    order_lab.abicart_server.control.fault("drop_before", count=20, action="Order.set")
    order_lab.single(uid)
    assert record(order_lab, uid).write_back is WriteBack.PENDING
    order_lab.abicart_server.control.clear_faults()
    assert pending_of(order_lab) == 1
    assert pending_of(order_lab) == 0
    (made,) = order_lab.specter_orders()
    assert order_lab.shop_order(uid)["externalOrderNumber"] == str(made["number"])


def test_the_setting_keeps_the_shops_orders_as_they_are(order_lab: OrderLab) -> None:
    order_lab.use(orders__write_number_to_shop=False)
    uid = order_lab.place(NOON)
    order_lab.single(uid)
    assert order_lab.shop_order(uid)["externalOrderNumber"] == ""
    assert len(order_lab.specter_orders()) == 1
