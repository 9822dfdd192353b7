"""Which order of the shop is meant; nothing is written where that is not sure."""

from __future__ import annotations

from status_lab import StatusLab, StatusState

from abicart_specter.ledger import FoundOrder, OrderState, RunKey, ShopBinding


def test_an_order_entered_by_hand_in_specter_is_kept_and_listed(lab: StatusLab) -> None:
    number = lab.by_hand_in_specter("HAND-1")
    found = lab.bring()
    assert lab.in_state(StatusState.UNMATCHED) == [number]
    assert (found.told, found.matched, found.unmatched) == (1, 0, 1)
    assert f"{number};;;unmatched" in lab.status_csv()


def test_a_number_that_becomes_known_later_is_matched_then(lab: StatusLab) -> None:
    one = lab.place(lab.now - lab.a_minute)
    lab.scan()
    number = lab.by_hand_in_specter("somebody typed it")
    lab.specter_server.control.edit("order.deliver", number=int(number))
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    lab.orders.link("demo", one, number, who="the accountant", why="entered by hand")
    found = lab.bring()
    assert (found.reported, found.matched, found.sent, found.unmatched) == (0, 1, 1, 0)
    assert lab.shop_status(one) == (True, False)


def test_the_earlier_version_of_an_order_that_was_sent_again_says_nothing(lab: StatusLab) -> None:
    lab.use(status__write_cancelled=True)
    (one,) = lab.send_orders()
    first = lab.specter_no(one)
    lab.orders.new_generation("demo", one, who="the accountant", why="wrong customer")
    second = lab.by_hand_in_specter("again")
    lab.orders.link("demo", one, second, who="the accountant", why="entered anew")
    lab.specter_server.control.edit("order.cancel", number=int(first))
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert lab.in_state(StatusState.UNCLEAR) == [first]
    assert lab.flags() == {one: ["earlier_version"]}
    lab.specter_server.control.edit("order.deliver", number=int(second))
    lab.bring()
    assert lab.shop_status(one) == (True, False)


def test_sent_again_while_a_cancel_is_listed_the_old_version_is_let_go(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    first = lab.specter_no(one)
    lab.in_specter("cancel", one)
    lab.bring()
    assert lab.in_state(StatusState.LISTED) == [first]
    lab.orders.new_generation("demo", one, who="the accountant", why="wrong customer")
    lab.use(status__write_cancelled=True)
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert lab.in_state(StatusState.UNCLEAR) == [first]


def test_an_order_with_two_numbers_is_for_a_person(lab: StatusLab) -> None:
    lab.use(status__write_cancelled=True)
    (one,) = lab.send_orders()
    first, second = lab.specter_no(one), lab.by_hand_in_specter("late")
    assert lab.orders.late_answer("demo", one, 1, second, "a late answer").second_number == second
    for number in (first, second):
        lab.specter_server.control.edit("order.cancel", number=int(number))
    lab.bring()
    assert lab.shop_status(one) == (False, False)
    assert sorted(lab.in_state(StatusState.UNCLEAR)) == sorted([first, second])
    assert lab.flags()[one] == ["double_order"]


def test_a_number_that_two_orders_have_is_for_a_person(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    other = lab.place(lab.now - lab.a_minute)
    lab.scan()
    lab.orders.link("demo", other, lab.specter_no(one), who="", why="", by="mark")
    lab.in_specter("deliver", one)
    lab.bring()
    assert lab.shop_status(one) == lab.shop_status(other) == (False, False)
    assert lab.in_state(StatusState.UNCLEAR) == [lab.specter_no(one)]


def test_orders_of_another_shop_on_the_account_are_none_of_this_shops_business(lab: StatusLab) -> None:
    number = lab.by_hand_in_specter("OTHER-1")
    lab.specter_server.control.edit("order.deliver", number=int(number))
    ledger = lab.export.ledger
    ledger.bind(ShopBinding("demo", 22222, 1000, 12))
    ledger.bind(ShopBinding("other", 33333, 1000, 12))
    ledger.bind(ShopBinding("far", 44444, 2000, 12))
    for shop, order_no in (("other", number), ("far", "1")):
        run = RunKey(shop, "order_export", "run")
        ledger.start_run(run, {})
        ledger.orders.record_found(run, [FoundOrder(7, "1", lab.now, "key", 1)])
        ledger.orders.link(shop, 7, order_no, who="us", why="test")
        assert ledger.orders.states(shop, [7])[7].state is OrderState.LINKED
    found = lab.bring()
    assert lab.in_state(StatusState.ELSEWHERE) == [number]
    assert found.unmatched == 0


def test_each_shop_on_the_account_takes_in_the_whole_queue(lab: StatusLab) -> None:
    (one,) = lab.send_orders()
    lab.in_specter("deliver", one)
    lab.bring()
    assert lab.export.ledger.status.take_in("other", "1000/12") == 1
    assert lab.export.ledger.status.take_in("other", "1000/12") == 0
    assert lab.export.ledger.status.take_in("demo", "1000/13") == 0
