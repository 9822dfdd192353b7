"""Somebody buys at every point between the reads and the write: the shop never ends with more than there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from relay import CutError, Passing
from stock_lab import StockLab

MINUTE = timedelta(minutes=1)


def requests_of_a_run(lab: StockLab) -> list[str]:
    """What a run asks of the shop while it writes, in order."""
    asked: list[str] = []
    with lab.through_relay(before=lambda passing: asked.append(passing.action)) as relay:
        direct, lab.export.abicart_url = lab.export.abicart_url, relay.url
        lab.stock_import()
        lab.export.abicart_url = direct
    return asked


class Buyer:
    """Buys once, right before or right after the shop hears of the nth request."""

    def __init__(self, lab: StockLab, item: dict, nth: int) -> None:
        self.lab, self.item, self.nth, self.count = lab, item, nth, 0
        self.bought = False

    def __call__(self, passing: Passing) -> None:
        self.count += 1
        if self.count == self.nth and not self.bought:
            self.bought = True
            self.lab.buy(self.item, 2)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["article", "variant"])
def test_a_buyer_at_every_point(lab: StockLab, kind: str, when: str) -> None:
    item = lab.item(kind)
    lab.specter_stock(item["product_number"], 30)
    points = len(requests_of_a_run(lab))
    assert points > 8
    figure = 200
    for nth in range(1, points + 4):
        figure += 1
        lab.now += MINUTE
        lab.specter_stock(item["product_number"], figure)
        buyer = Buyer(lab, item, nth)
        hooks: dict[str, Callable[[Passing], None]] = {when: buyer}
        with lab.through_relay(**hooks) as relay:
            direct, lab.export.abicart_url = lab.export.abicart_url, relay.url
            run = lab.stock_import()
            lab.export.abicart_url = direct
        assert run.report is not None, (nth, run.ended)
        assert lab.stock(item) == lab.left(item), (nth, buyer.bought, run.ended)


def test_a_buyer_in_every_round(lab: StockLab) -> None:
    """Somebody buys before each write: it is written anew each time, until nobody does."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    bought = []

    def buy(passing: Passing) -> None:
        if passing.action == "Article.set" and len(bought) < 4:
            bought.append(lab.buy(item))

    with lab.through_relay(before=buy) as relay:
        lab.export.abicart_url = relay.url
        run = lab.stock_import()
    assert len(bought) == 4
    assert relay.seen["Article.set"] == 5
    assert lab.stock(item) == 46
    assert run.ended == {"written": 1}


def test_a_buyer_who_never_stops_is_left_to_the_next_run(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    with lab.through_relay(
        before=lambda passing: lab.buy(item) if passing.action == "Article.set" else None
    ) as relay:
        direct, lab.export.abicart_url = lab.export.abicart_url, relay.url
        run = lab.stock_import()
        lab.export.abicart_url = direct
    assert run.report is None
    assert run.ended == {"failed": 1}
    lab.later(MINUTE)
    assert lab.stock_import().report is not None
    assert lab.stock(item) == lab.left(item)


def test_an_order_that_came_after_the_last_look_of_a_run_that_died(lab: StockLab) -> None:
    """The write took back what the order had taken; the number is open, so the next run takes it off."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    run = lab.plan_stock()
    lab.set_stock(item, 50)  # what a task that was killed right after its write leaves behind
    lab.buy(item, 2)
    lab.set_stock(item, 50)
    assert set(lab.open_numbers()) == {item["product_number"]}
    del run
    lab.later(MINUTE)
    assert lab.stock_import().report is not None
    assert lab.stock(item) == 48


def test_an_order_between_the_read_and_the_write_costs_no_second_write(lab: StockLab) -> None:
    """It is looked for after the stock was read: what the read shows and what is taken off belong together."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    run = lab.plan_stock()
    bought: list[int] = []

    def buy(passing: Passing) -> None:
        if passing.action == "Article.get" and not bought:
            bought.append(lab.buy(item, 2))

    with lab.through_relay(after=buy) as relay:
        direct, lab.export.abicart_url = lab.export.abicart_url, relay.url
        lab.apply(run)
        lab.export.abicart_url = direct
    assert len(bought) == 1
    assert relay.seen["Article.set"] == 1
    assert lab.stock(item) == 48


def test_an_edited_order_is_taken_off_as_it_is_now(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    order = lab.buy(item, 2)
    lab.stock_import()
    (row,) = lab.abicart_server.control.inspect("Order", uid=order)["items"]
    lab.edit("edit_order", uid=order, quantity={str(row): 7})
    lab.set_stock(item, 50)
    lab.later(10 * MINUTE)
    lab.stock_import()
    assert lab.stock(item) == 43


def test_what_was_added_to_an_order_that_specter_has_is_taken_off_until_somebody_says_it_has_that_too(
    lab: StockLab,
) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    order = lab.buy(item, 2)
    lab.later(10 * MINUTE)
    lab.export_orders()
    lab.later(60 * MINUTE)
    (row,) = lab.abicart_server.control.inspect("Order", uid=order)["items"]
    lab.edit("edit_order", uid=order, quantity={str(row): 7})
    lab.stock_import()
    assert lab.available(item["product_number"]) == 48
    assert lab.stock(item) == 43
    lab.later(10 * MINUTE)
    lab.export_orders()
    assert len(lab.orders.open_changes("demo")) == 1
    lab.specter_stock(item["product_number"], 43)
    lab.later(60 * MINUTE)
    lab.stock_import()
    assert lab.stock(item) == 38
    lab.orders.close_change("demo", order, "edited", who="anna", why="entered in Specter")
    lab.later(10 * MINUTE)
    lab.stock_import()
    assert lab.stock(item) == 43


def test_an_order_whose_answer_was_lost_is_taken_off(lab: StockLab) -> None:
    """Specter may have it or not. If it has, the shop shows too little until somebody answers, never too much."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    lab.buy(item, 2)
    lab.specter_server.control.fault("drop_after", action="newOrderSubmit")
    lab.later(10 * MINUTE)
    assert lab.export_orders().report is None
    assert lab.available(item["product_number"]) == 48
    lab.later(60 * MINUTE)
    lab.stock_import()
    assert lab.stock(item) == 46


def test_stock_set_by_hand_is_set_right_when_the_next_order_comes(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    lab.stock_import()
    lab.buy(item, 2)
    lab.set_stock(item, 99)
    lab.later(10 * MINUTE)
    lab.stock_import()
    assert lab.stock(item) == 48


def test_an_opening_that_nobody_knows_takes_every_live_order_off(lab: StockLab) -> None:
    """A batch that another reader opened, before we ever read the queue."""
    item = lab.item()
    lab.buy(item, 2)
    lab.later(10 * MINUTE)
    lab.export_orders()
    lab.later(60 * MINUTE)
    lab.specter_server.control.edit("queue.clear", queue="stock")
    lab.specter_stock(item["product_number"], 50)
    lab.specter_server.control.edit("queue.open_batch", queue="stock", batch="theirs")
    lab.stock_import()
    assert lab.stock(item) == 48
    lab.specter_stock(item["product_number"], 51)
    lab.later(10 * MINUTE)
    lab.stock_import()
    assert lab.stock(item) == 51


def test_a_task_that_was_killed_right_after_its_write_is_made_good_by_its_retry(lab: StockLab) -> None:
    """The order came between look and write; the answer to the write never reached us."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    run = lab.plan_stock()

    def die(passing: Passing) -> None:
        if passing.action == "Article.set":
            raise CutError

    def buy(passing: Passing) -> None:
        if passing.action == "Article.set" and passing.nth == 1:
            lab.buy(item, 2)

    with lab.through_relay(before=buy, after=die) as relay:
        direct, lab.export.abicart_url = lab.export.abicart_url, relay.url
        lab.apply(run)
        lab.export.abicart_url = direct
    lab.later(MINUTE)
    run.ended.clear()
    lab.apply(run)
    assert lab.stock(item) == 48
