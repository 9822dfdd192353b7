"""How the shop is written, in every way it may want it, and when it cannot be reached (Abicart 10 #18, #19)."""

from __future__ import annotations

import pytest
from status_lab import StatusLab, StatusState

from abicart_specter.clients.order_states import SendStrategy
from abicart_specter.errors import AbicartSpecterError, RetriableError
from abicart_specter.ledger import FoundOrder

TEMPLATE = "https://tracking.example/?id={tracking_number}"
ADDRESS = "https://tracking.example/?id=PKT%2F1"


@pytest.mark.parametrize("words", ["plain", "capitalised", "extra"])
@pytest.mark.parametrize(
    ("strategy", "sent_by"),
    [
        ("order-set", "order_set"),
        ("order-set", "both"),
        ("shipment", "shipment"),
        ("shipment", "both"),
        ("both", "order_set"),
        ("both", "shipment"),
        ("both", "both"),
    ],
)
def test_every_way_that_the_shop_may_want_it(lab: StatusLab, strategy: str, sent_by: str, words: str) -> None:
    lab.abicart_server.control.switches(status_words=words, sent_by=sent_by)
    lab.use(status__write_strategy=strategy)
    one, other = lab.send_orders(2)
    lab.in_specter("deliver", one)
    lab.in_specter("cancel", other)
    assert lab.bring().sent == 1
    assert lab.shop_status(one) == (True, False)
    assert lab.shop_status(other) == (False, False)
    assert lab.state(one)[0] is StatusState.DONE
    assert len(lab.shipments()) == (0 if strategy == "order-set" else 1)


@pytest.mark.parametrize(("strategy", "sent_by"), [("order-set", "shipment"), ("shipment", "order_set")])
def test_a_way_that_does_not_work_is_said_to_a_person(lab: StatusLab, strategy: str, sent_by: str) -> None:
    lab.abicart_server.control.switches(sent_by=sent_by)
    lab.use(status__write_strategy=strategy)
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    found = lab.bring()
    assert (found.sent, found.refused) == (0, 1)
    assert lab.state(one) == (StatusState.REFUSED, "status_not_written")
    assert lab.flags() == {one: ["status_not_written"]}
    lab.use(status__write_strategy="both")
    assert lab.bring().sent == 1
    assert lab.shop_status(one) == (True, False)
    assert lab.flags() == {}


@pytest.mark.parametrize("strategy", ["shipment", "both"])
def test_the_parcels_address_goes_with_the_shipment(lab: StatusLab, strategy: str) -> None:
    (one,) = lab.send_orders()
    method = lab.shop_order(one)["delivery"]["method"]
    lab.use(status__write_strategy=strategy, status__tracking_urls={method: TEMPLATE})
    lab.in_specter("deliver", one, tracking="PKT/1")
    found = lab.bring()
    assert (found.sent, found.tracking) == (1, 1)
    assert [each["trackingUrl"] for each in lab.shipments()] == [ADDRESS]
    assert (lab.record(one).tracking_written, lab.record(one).words) == ("PKT/1", "")


def test_a_number_that_comes_later_is_written_to_the_same_shipment(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    method = lab.shop_order(one)["delivery"]["method"]
    lab.use(status__write_strategy="shipment", status__tracking_urls={method: TEMPLATE})
    lab.in_specter("deliver", one)
    assert lab.bring().tracking == 0
    lab.in_specter("deliver", one, tracking="PKT/1")
    found = lab.bring()
    assert (found.sent, found.tracking) == (0, 1)
    assert [each["trackingUrl"] for each in lab.shipments()] == [ADDRESS]
    lab.in_specter("deliver", one, tracking="PKT/2")
    lab.bring()
    assert [each["trackingUrl"] for each in lab.shipments()] == ["https://tracking.example/?id=PKT%2F2"]


@pytest.mark.parametrize(
    ("strategy", "words"),
    [("order-set", "write_strategy is “order-set”"), ("shipment", "no address for delivery method")],
)
def test_a_number_that_has_no_place_is_said(lab: StatusLab, strategy: str, words: str) -> None:
    lab.use(status__write_strategy=strategy)
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one, tracking="PKT/1")
    lab.bring()
    assert lab.shop_status(one) == (True, False)
    assert words in lab.record(one).words


def test_an_order_that_the_shop_no_longer_has(lab: StatusLab) -> None:
    run = lab.scan()
    lab.orders.record_found(run.ctx.run, [FoundOrder(999_999, "gone", lab.now, "key", 1)])
    number = lab.by_hand_in_specter("gone")
    lab.orders.link("demo", 999_999, number, who="the accountant", why="once it was there")
    lab.specter_server.control.edit("order.deliver", number=int(number))
    lab.bring()
    assert lab.state(999_999) == (StatusState.REFUSED, "order_gone")
    lab.abicart_server.control.clear_requests()
    lab.bring()
    assert lab.calls() == []


def test_many_orders_go_in_few_requests(lab: StatusLab) -> None:
    orders = lab.send_orders(30)
    for uid in orders:
        lab.in_specter("deliver", uid)
    lab.abicart_server.control.clear_requests()
    assert lab.bring().sent == 30
    assert all(lab.shop_status(uid) == (True, False) for uid in orders)
    assert len(lab.abicart_server.control.requests()) < 30


def test_the_shop_is_away_and_comes_back(lab: StatusLab) -> None:
    one, other = lab.send_orders(2)
    lab.in_specter("deliver", one)
    lab.in_specter("deliver", other)
    lab.abicart_server.control.fault("unavailable", count=None, action="Order.set", seconds=0)
    with pytest.raises(RetriableError, match="2 orders"):
        lab.bring()
    assert sorted(lab.in_state(StatusState.WAITING)) == sorted([lab.specter_no(one), lab.specter_no(other)])
    lab.abicart_server.control.clear_faults()
    assert lab.bring().sent == 2
    assert lab.shop_status(one) == lab.shop_status(other) == (True, False)


@pytest.mark.parametrize("server", ["abicart_server", "specter_server"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut"])
@pytest.mark.parametrize("strategy", list(SendStrategy))
def test_broken_off_at_any_request_the_next_run_ends_it_once(
    lab: StatusLab, server: str, kind: str, strategy: SendStrategy
) -> None:
    """From the nth request on nothing is answered; then all is well again."""
    control = getattr(lab, server).control
    lab.use(status__write_strategy=strategy.value, status__write_cancelled=True)
    broken = 0
    for nth in range(12):
        one, other = lab.send_orders(2)
        lab.in_specter("deliver", one)
        lab.in_specter("cancel", other)
        control.fault(kind, count=None, after=nth)
        try:
            lab.bring()
        except AbicartSpecterError:
            broken += 1
        finally:
            control.clear_faults()
        lab.bring()
        assert lab.shop_status(one) == (True, False), f"broken off at request {nth}"
        assert lab.shop_status(other) == (False, True), f"broken off at request {nth}"
        made = len(lab.shipments())
        assert made <= (0 if strategy is SendStrategy.ORDER_SET else nth + 1)
        assert made == nth + 1 or strategy is not SendStrategy.SHIPMENT
    assert broken >= 3
