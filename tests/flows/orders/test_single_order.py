"""Orders by hand: sent now, previewed, linked, sent after a look, sent again (rules 10, 11 and 13)."""

from __future__ import annotations

import logging
from collections import Counter

import pytest
from order_lab import NOON, OrderLab

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import RecordError
from abicart_specter.ledger import OrderNotOpenError, OrderState


@pytest.fixture
def lose_answers(order_lab: OrderLab):
    """Specter takes orders, but its answers to them are lost."""

    def lose(count: int = 1) -> None:
        order_lab.specter_server.control.fault("drop_after", count=count, action="newOrderSubmit")

    return lose


def external_numbers(lab: OrderLab) -> list[str]:
    return sorted(one["external_number"] for one in lab.specter_orders())


def test_an_order_asked_for_by_number_goes_though_it_was_placed_before_orders_from(
    order_lab: OrderLab,
) -> None:
    order_lab.use(orders__orders_from=NOON)
    uid = order_lab.place(NOON.replace(year=2025))
    number = order_lab.shop_order(uid)["orderNumber"]
    assert order_lab.single(number) == Counter({Outcome.SENT: 1})
    assert external_numbers(order_lab) == [number]
    (made,) = order_lab.specter_orders()
    assert order_lab.shop_order(uid)["externalOrderNumber"] == str(made["number"])


def test_an_order_asked_for_twice_is_there_once(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON)
    order_lab.single(uid)
    assert order_lab.single(uid) == Counter({Outcome.UNCHANGED: 1})
    assert len(order_lab.specter_orders()) == 1


def test_a_dry_run_writes_nothing_anywhere_and_shows_no_person(order_lab: OrderLab, caplog) -> None:
    uid = order_lab.place(NOON)
    person = order_lab.shop_order(uid)["customer"]
    before = order_lab.dump_ledger()
    with caplog.at_level(logging.DEBUG):
        assert order_lab.single(uid, dry_run=True) == Counter()
    assert order_lab.specter_server.control.counters()["requests"] == 0
    assert order_lab.shop_order(uid)["externalOrderNumber"] == ""
    assert order_lab.dump_ledger() == before
    assert "rows to Specter" in caplog.text
    assert "difference 0.00" in caplog.text
    for text in (person["info"]["email"], person["address"]["lastName"], person["address"]["address"]):
        assert text
        assert text not in caplog.text


def proof_shown(lab: OrderLab, uid: int, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What a dry run says of the order's amounts."""
    caplog.clear()
    with caplog.at_level(logging.INFO):
        lab.single(uid, dry_run=True)
    return [one for one in caplog.messages if "proof (" in one or " VAT " in one or "to pay" in one]


def test_a_dry_run_of_one_that_went_shows_its_proof_as_it_was_then(order_lab: OrderLab, caplog) -> None:
    uid = order_lab.place(NOON)
    before = proof_shown(order_lab, uid, caplog)
    assert any(one.startswith(" VAT 25 %") for one in before)
    order_lab.single(uid)
    with order_lab.context().open_abicart() as client:
        row = client.orders.get_orders([uid])[uid]["items"][0]["uid"]
    order_lab.abicart_server.control.edit("edit_order", uid=uid, quantity={row: 9})
    assert proof_shown(order_lab, uid, caplog) == before
    assert "rows to Specter" not in caplog.text


def test_a_dry_run_of_one_that_was_linked_says_that_there_is_no_proof(order_lab: OrderLab, caplog) -> None:
    uid = order_lab.place(NOON)
    order_lab.single(uid, link_to="4711")
    assert proof_shown(order_lab, uid, caplog) == []
    assert "no proof is kept" in caplog.text


def test_an_order_that_waits_for_its_payment_is_held_unless_a_person_says_otherwise(
    order_lab: OrderLab,
) -> None:
    order_lab.use(orders__ripe__otherwise="paid")
    uid = order_lab.place(NOON)
    assert order_lab.single(uid) == Counter({Outcome.HELD: 1})
    assert order_lab.specter_orders() == []
    assert order_lab.single(uid, although_not_ripe=True) == Counter({Outcome.SENT: 1})
    assert len(order_lab.specter_orders()) == 1


def test_a_lost_answer_waits_for_a_person_who_links_it(order_lab: OrderLab, lose_answers) -> None:
    uid = order_lab.place(NOON)
    lose_answers()
    assert order_lab.single(uid) == Counter({Outcome.UNCONFIRMED: 1})
    assert order_lab.single(uid) == Counter({Outcome.UNCONFIRMED: 1}), "nobody sends it again by himself"
    (made,) = order_lab.specter_orders()
    assert order_lab.single(uid, link_to=made["number"]) == Counter({Outcome.LINKED: 1})
    record = order_lab.orders.states("demo", [uid])[uid]
    assert (record.state, record.specter_order_no) == (OrderState.LINKED, str(made["number"]))
    assert [(one.who, one.why) for one in order_lab.orders.decisions("demo", uid)] == [
        ("the accountant", "found in Specter")
    ]
    assert order_lab.shop_order(uid)["externalOrderNumber"] == str(made["number"])
    assert len(order_lab.specter_orders()) == 1


def test_a_person_who_looked_in_vain_has_it_sent_under_the_same_number(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON)
    order_lab.specter_server.control.fault("drop_before", count=1, action="newOrderSubmit")
    assert order_lab.single(uid) == Counter({Outcome.UNCONFIRMED: 1})
    assert order_lab.specter_orders() == []
    assert order_lab.single(uid, looked_not_there=True) == Counter({Outcome.SENT: 1})
    assert external_numbers(order_lab) == [order_lab.shop_order(uid)["orderNumber"]]


def test_a_number_that_is_another_orders_is_refused(order_lab: OrderLab, lose_answers) -> None:
    first, second = order_lab.place(NOON), order_lab.place(NOON)
    order_lab.single(first)
    (made,) = order_lab.specter_orders()
    order_lab.specter_server.control.fault("drop_before", count=1, action="newOrderSubmit")
    order_lab.single(second)
    with pytest.raises(OrderNotOpenError) as refusal:
        order_lab.single(second, link_to=made["number"])
    number = order_lab.shop_order(first)["orderNumber"]
    assert f"which is order {number} of shop demo" in str(refusal.value)
    assert order_lab.shop_order(second)["externalOrderNumber"] == ""
    assert order_lab.orders.states("demo", [second])[second].state is OrderState.UNCONFIRMED
    assert order_lab.single(second, looked_not_there=True) == Counter({Outcome.SENT: 1})


def test_what_keeps_an_order_from_being_repeated_is_told(order_lab: OrderLab, lose_answers) -> None:
    order_lab.use(orders__ripe__otherwise="paid")
    uid = order_lab.place(NOON)
    lose_answers()
    assert order_lab.single(uid, although_not_ripe=True) == Counter({Outcome.UNCONFIRMED: 1})
    assert order_lab.single(uid, looked_not_there=True) == Counter({Outcome.UNCONFIRMED: 1})
    (told,) = order_lab.orders.iter_order_outcomes(order_lab.last.run)
    assert "it cannot be repeated" in told.reason
    assert "its payment is awaited" in told.reason or "paid" in told.reason
    assert told.remedy


def test_a_retry_of_an_answer_does_it_once(order_lab: OrderLab, lose_answers) -> None:
    """Killed after the order went, the task is run again by Airflow."""
    uid = order_lab.place(NOON)
    order_lab.specter_server.control.fault("drop_before", count=1, action="newOrderSubmit")
    order_lab.single(uid)
    order_lab.single(uid, looked_not_there=True)
    assert order_lab.single(uid, looked_not_there=True, ctx=order_lab.last) == Counter()
    assert len(order_lab.specter_orders()) == 1
    other = order_lab.place(NOON)
    lose_answers()
    order_lab.single(other)
    number = max(one["number"] for one in order_lab.specter_orders())
    order_lab.single(other, link_to=number)
    order_lab.single(other, link_to=number, ctx=order_lab.last)
    assert len(order_lab.specter_orders()) == 2


def test_looking_is_an_answer_to_a_lost_one_only(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON)
    order_lab.single(uid)
    with pytest.raises(OrderNotOpenError):
        order_lab.single(uid, looked_not_there=True)
    assert len(order_lab.specter_orders()) == 1


def test_sending_again_makes_a_new_order_with_a_number_of_its_own_and_keeps_who_and_why(
    order_lab: OrderLab,
) -> None:
    uid = order_lab.place(NOON)
    number = order_lab.shop_order(uid)["orderNumber"]
    order_lab.single(uid)
    assert order_lab.single(uid, send_again_reason="Deleted by mistake") == Counter({Outcome.SENT: 1})
    assert order_lab.single(uid, send_again_reason="And once more") == Counter({Outcome.SENT: 1})
    assert external_numbers(order_lab) == [number, f"{number}-R2", f"{number}-R3"]
    newest = max(one["number"] for one in order_lab.specter_orders())
    assert order_lab.shop_order(uid)["externalOrderNumber"] == str(newest)
    decided = order_lab.orders.decisions("demo", uid)
    assert {one.why for one in decided} == {"Deleted by mistake", "And once more"}
    # The schedule leaves it alone afterwards.
    assert order_lab.export_orders().report is not None
    assert len(order_lab.specter_orders()) == 3


def test_a_retry_of_send_again_makes_no_third_order(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON)
    order_lab.single(uid)
    order_lab.single(uid, send_again_reason="Deleted by mistake")
    order_lab.single(uid, send_again_reason="Deleted by mistake", ctx=order_lab.last)
    assert len(order_lab.specter_orders()) == 2


def test_an_order_nobody_has_is_named(order_lab: OrderLab) -> None:
    with pytest.raises(RecordError, match="424242") as raised:
        order_lab.single("424242")
    assert raised.value.rule == "order_not_found"
