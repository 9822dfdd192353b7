"""Going live: what Specter answers to a number that it has, and what the shop file gets from it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from harness import TERMS
from hypothesis import given
from hypothesis import strategies as st
from order_lab import NOON, OrderLab

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.orders.duplicate_check import duplicate_check, pattern_of


def check(lab: OrderLab, uid: int) -> dict[str, object]:
    ctx = lab.context(flow="order_duplicate_check")
    ctx.begin()
    lab.ensure_numbers(ctx)
    return duplicate_check(ctx, str(uid), lab.mapping, TERMS, sleep=lambda _: None)


def test_a_refusal_gives_the_pattern_for_the_shop_file(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON)
    found = check(order_lab, uid)
    (made,) = order_lab.specter_orders()
    assert found["control"] == "refused"
    pattern = str(found["duplicate_answer"])
    assert (
        re.search(pattern, "Order med externt ordernummer 'WEB-77' finns redan: order 12345")["number"]
        == "12345"
    )
    assert re.search(pattern, "Kunden 12345 finns inte") is None
    assert len(order_lab.specter_orders()) == 1
    assert made["external_number"] == order_lab.shop_order(uid)["orderNumber"]


def test_the_pattern_lets_a_trusted_shop_settle_a_lost_answer_by_itself(order_lab: OrderLab) -> None:
    pattern = check(order_lab, order_lab.place(NOON))["duplicate_answer"]
    order_lab.use(orders__duplicate_control="trusted", orders__duplicate_answer=pattern)
    lost = order_lab.place(NOON)
    order_lab.specter_server.control.fault("drop_after", count=1, action="newOrderSubmit")
    assert order_lab.single(lost)[Outcome.UNCONFIRMED] == 1
    assert order_lab.single(lost)[Outcome.UNCONFIRMED] == 1, "the first write may still be on its way"
    order_lab.now += timedelta(minutes=10)
    assert order_lab.single(lost)[Outcome.LINKED] == 1
    number = order_lab.shop_order(lost)["orderNumber"]
    (made,) = [one for one in order_lab.specter_orders() if one["external_number"] == number]
    record = order_lab.orders.states("demo", [lost])[lost]
    assert (record.state, record.specter_order_no) == ("linked", str(made["number"]))


def test_an_account_that_answers_with_the_old_order_is_told_apart(order_lab: OrderLab) -> None:
    order_lab.specter_server.control.reset(switches={"duplicate_order": "return_old"})
    assert check(order_lab, order_lab.place(NOON))["control"] == "old_number"
    assert len(order_lab.specter_orders()) == 1


def test_an_account_without_control_is_red_and_names_both_orders(order_lab: OrderLab) -> None:
    order_lab.specter_server.control.reset(switches={"duplicate_order": "off"})
    uid = order_lab.place(NOON)
    with pytest.raises(IncompleteRunError) as raised:
        check(order_lab, uid)
    numbers = [str(one["number"]) for one in order_lab.specter_orders()]
    assert len(numbers) == 2
    assert all(number in str(raised.value) for number in numbers)
    assert "untrusted" in raised.value.remedy


@given(st.from_regex(r"[A-Z]{0,3}[0-9]{1,8}", fullmatch=True), st.integers(1, 10**9))
def test_the_pattern_fits_every_order(external: str, number: int) -> None:
    pattern = pattern_of("Order med externt ordernummer 'W-10023' finns redan: order 70001", "W-10023")
    found = re.fullmatch(pattern, f"Order med externt ordernummer '{external}' finns redan: order {number}")
    assert found is not None
    assert found["number"] == str(number)
