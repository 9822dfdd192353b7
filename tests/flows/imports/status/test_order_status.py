"""What Specter says of an order reaches the shop's order, once, and nothing else does (rule 35)."""

from __future__ import annotations

import pytest
from status_lab import StatusLab, StatusState

from abicart_specter.clients.order_states import SendStrategy

DONE = StatusState.DONE


def test_an_order_delivered_in_specter_is_sent_in_the_shop(lab: StatusLab) -> None:
    one, other = lab.send_orders(2)
    lab.in_specter("deliver", one, tracking="PKT 1")
    found = lab.bring()
    assert lab.shop_status(one) == (True, False)
    assert lab.shop_status(other) == (False, False)
    assert lab.state(one) == (DONE, "delivered")
    assert (found.sent, found.cancelled, found.listed, found.waiting) == (1, 0, 0, 0)


def test_told_again_it_is_not_written_again(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    lab.bring()
    lab.abicart_server.control.clear_requests()
    lab.in_specter("status", one)
    found = lab.bring()
    assert (found.reported, found.told, found.sent) == (1, 1, 0)
    assert lab.calls() == []


def test_what_a_person_took_back_in_the_shop_stays_so(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    lab.bring()
    lab.edit("Order", uid=one, patch={"deliveryStatus": "unsent"})
    lab.in_specter("status", one)
    lab.bring()
    assert lab.shop_status(one) == (False, False)


@pytest.mark.parametrize("strategy", list(SendStrategy))
def test_payments_are_never_touched(lab: StatusLab, strategy: SendStrategy) -> None:
    lab.use(status__write_strategy=strategy.value, status__write_cancelled=True)
    one, other = lab.send_orders(2)
    before = lab.payments()
    lab.abicart_server.control.clear_requests()
    lab.in_specter("deliver", one)
    lab.bring()
    assert lab.shop_status(one) == (True, False)
    assert lab.payments() == before
    lab.in_specter("cancel", other)
    lab.bring()
    assert lab.shop_status(other) == (False, True)
    written = {method for method in lab.calls() if not method.endswith((".get", ".list"))}
    assert written <= {"Order.set", "Shipment.addAllItemsFromOrder", "Shipment.set"}
    assert written
    assert before


def test_without_the_opt_in_a_cancelled_order_is_only_listed(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("cancel", one)
    found = lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert lab.state(one) == (StatusState.LISTED, "cancelled_in_specter")
    assert (found.listed, found.cancelled) == (1, 0)
    assert lab.flags() == {one: ["cancelled_in_specter"]}


def test_cancelled_by_hand_in_the_shop_it_is_settled(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("cancel", one)
    lab.bring()
    lab.edit("discard_order", uid=one)
    lab.changes()
    lab.now += lab.a_day
    found = lab.bring()
    assert lab.state(one)[0] is DONE
    assert found.listed == 0
    assert lab.flags() == {}
    assert lab.orders.open_changes("demo") == []


def test_cancelled_in_the_shop_first_and_then_in_specter(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.edit("discard_order", uid=one)
    lab.changes()
    assert lab.flags() == {one: ["order_cancelled"]}
    lab.in_specter("cancel", one)
    lab.bring()
    assert lab.state(one)[0] is DONE
    assert lab.flags() == {}
    assert lab.orders.open_changes("demo") == []


def test_by_opt_in_a_cancelled_order_is_cancelled_and_is_no_news_afterwards(lab: StatusLab) -> None:
    lab.use(status__write_cancelled=True)
    (one,) = lab.send_orders()
    lab.in_specter("cancel", one)
    found = lab.bring()
    assert lab.shop_status(one) == (False, True)
    assert (found.cancelled, found.listed) == (1, 0)
    lab.changes()
    assert lab.orders.open_changes("demo") == []
    assert lab.flags() == {}


def test_switched_on_later_the_opt_in_takes_what_was_listed(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("cancel", one)
    lab.bring()
    lab.use(status__write_cancelled=True)
    assert lab.bring().cancelled == 1
    assert lab.shop_status(one) == (False, True)


def test_cancelled_in_specter_but_sent_in_the_shop_is_for_a_person(lab: StatusLab) -> None:
    lab.use(status__write_cancelled=True)
    (one,) = lab.send_orders()
    lab.edit("Order", uid=one, patch={"deliveryStatus": "sent"})
    lab.in_specter("cancel", one)
    lab.bring()
    assert lab.shop_status(one) == (True, False)
    assert lab.state(one) == (StatusState.LISTED, "cancelled_but_sent_in_shop")


def test_delivered_and_then_cancelled_is_for_a_person(lab: StatusLab) -> None:
    lab.use(status__write_cancelled=True)
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    lab.in_specter("cancel", one)
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert lab.state(one) == (StatusState.LISTED, "cancelled_and_delivered")


def test_delivered_but_cancelled_in_the_shop_is_for_a_person(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.edit("discard_order", uid=one)
    lab.in_specter("deliver", one)
    lab.bring()
    assert lab.shop_status(one) == (False, True)
    assert lab.state(one) == (StatusState.LISTED, "delivered_but_cancelled_in_shop")


def test_a_part_delivered_is_listed_until_the_rest_is(lab: StatusLab) -> None:
    items = lab.abicart_server.control.inspect("items", limit=2)
    (one,) = lab.send_orders(rows=[{item["kind"]: item["uid"], "quantity": 2} for item in items])
    lab.in_specter("deliver", one, rows={"1": 1})
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert lab.state(one) == (StatusState.LISTED, "partly_delivered")
    lab.in_specter("deliver", one)
    lab.bring()
    assert lab.shop_status(one) == (True, False)
    assert lab.flags() == {}


def test_a_part_delivered_may_mean_sent(lab: StatusLab) -> None:
    lab.use(status__partly_delivered="sent")
    (one,) = lab.send_orders(rows=[{**_row(lab), "quantity": 2}])
    lab.in_specter("deliver", one, rows={"1": 1})
    lab.bring()
    assert lab.shop_status(one) == (True, False)
    assert lab.state(one) == (DONE, "partly_delivered_as_sent")


def test_an_unknown_code_is_kept_listed_and_understood_later(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("status", one, status_id=7, delivery_status="X")
    found = lab.bring()
    assert lab.state(one) == (StatusState.UNKNOWN, "status_code_unknown")
    assert found.unknown == 1
    assert lab.shop_status(one) == (False, False)
    codes = lab.export.ledger.status.unknown_codes("demo")
    assert [(each.status_id, each.delivery_status, each.orders) for each in codes] == [("7", "X", 1)]
    lab.use(status__delivered_codes=["D", "X"])
    assert lab.bring().sent == 1
    assert lab.shop_status(one) == (True, False)


def test_switched_off_it_is_listed(lab: StatusLab) -> None:
    lab.use(status__mark_delivered=False)
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert lab.state(one) == (StatusState.LISTED, "delivered_not_written")


def test_with_the_queue_left_alone_nothing_is_asked_of_specter(lab: StatusLab) -> None:
    lab.use(status__read_orders=False)
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    lab.specter_server.control.clear_requests()
    assert lab.bring().reported == 0
    assert lab.specter_server.control.requests() == []


def test_a_dry_run_reads_no_queue_and_writes_nothing(lab: StatusLab) -> None:
    lab.use(status__mark_delivered=False)
    one, other = lab.send_orders(2)
    lab.in_specter("deliver", one)
    lab.in_specter("cancel", other)
    lab.bring()
    lab.use()
    lab.edit("discard_order", uid=other)
    before = lab.dump_ledger()
    lab.specter_server.control.clear_requests()
    ctx = lab.context(flow="nightly_import")
    ctx.dry_run = True
    found = lab.bring(ctx)
    assert found.sent == 1
    assert lab.specter_server.control.requests() == []
    assert lab.dump_ledger() == before
    assert lab.shop_status(one) == (False, False)
    lab.now += lab.a_day
    assert lab.bring().sent == 1
    assert [lab.state(uid)[0] for uid in (one, other)] == [DONE, DONE]


def _row(lab: StatusLab) -> dict[str, object]:
    item = lab.abicart_server.control.inspect("items", limit=1)[0]
    return {item["kind"]: item["uid"]}
