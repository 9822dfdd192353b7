"""Somebody buys at every point between the reads and the write: the shop never ends with more than there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from relay import Passing
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


def test_an_edited_order_is_taken_off_as_it_is_now(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 50)
    lab.buy(item, 2)
    lab.stock_import()
    assert lab.stock(item) == 48
