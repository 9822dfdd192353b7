"""The shop changes an order while it is on its way: whatever was not sent as it is now is seen (rule 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from cut_draw import TRUSTED
from cut_shop import Bought
from cut_stage import CutStage
from relay import Passing
from rule_scene import ORDER, RuleScene, rule_scene

from abicart_specter.ledger.order_rules import OrderState

MORE_THAN_A_MINUTE = timedelta(seconds=61)
FREIGHT = 77


@pytest.fixture
def scene(stage: CutStage) -> Iterator[Callable[..., RuleScene]]:
    with ExitStack() as open_scenes:
        yield lambda **settings: open_scenes.enter_context(rule_scene(stage, **settings))


def edit(here: RuleScene, one: Bought) -> None:
    here.shop.abicart.control.edit("edit_order", uid=one.uid, shipping=FREIGHT)


def cancel(here: RuleScene, one: Bought) -> None:
    here.shop.abicart.control.edit("discard_order", uid=one.uid)


def address(here: RuleScene, one: Bought) -> None:
    moved = {"address": {"address": "Nya vägen 1", "town": "Umeå"}}
    here.shop.abicart.control.edit("edit_order", uid=one.uid, customer=moved)


CHANGES = pytest.mark.parametrize(
    ("change", "kind"), [(edit, "edited"), (cancel, "cancelled"), (address, "edited")]
)


def freight_in_specter(here: RuleScene, one: Bought) -> list[str]:
    [order] = here.shop.in_specter()[one.number]
    return [row["price"] for row in order["rows"] if row["article_number"] == "FRAKT"]


@CHANGES
@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("moment", ["between reading and write", "between write and write-back"])
def test_a_change_on_the_way_is_seen(
    scene: Callable[..., RuleScene],
    change: Callable[[RuleScene, Bought], None],
    kind: str,
    moment: str,
    marked: bool,
) -> None:
    """By the very run that sends the order, also where the shop is not told Specter's number."""
    here = scene(orders__write_number_to_shop=marked)
    one, other = here.buy(0, 1)

    def hook(passing: Passing) -> None:
        if passing.action == ORDER and one.number.encode() in passing.body:
            change(here, one)

    with here.line(**{"before" if moment == "between reading and write" else "after": hook}):
        assert here.run() == {}
    assert {here.record(each).state for each in (one, other)} == {OrderState.SENT}
    [found] = here.lab.ledger.orders.open_changes("demo")
    assert (found.uid, found.kind) == (one.uid, kind)
    assert found.differences


def test_an_order_read_more_than_a_minute_ago_is_read_again(scene: Callable[..., RuleScene]) -> None:
    """The first buyer takes a minute. Meanwhile the others' orders are edited, cancelled and given another address."""
    here = scene()
    orders = here.buy(0, 1, 2, 3)
    written: list[str] = []

    def first_of_all(passing: Passing) -> None:
        if passing.action != ORDER or passing.nth != 1:
            return
        waiting = [one for one in orders if one.number.encode() not in passing.body]
        for change, one in zip((edit, cancel, address), waiting, strict=True):
            change(here, one)
            written.append(one.number)
        here.later(MORE_THAN_A_MINUTE)

    with here.line(before=first_of_all):
        assert here.run() == {}
    edited, cancelled, moved = [next(one for one in orders if one.number == number) for number in written]
    assert freight_in_specter(here, edited) == [f"{FREIGHT / 1.25:.3f}"]
    assert (here.record(cancelled).state, here.record(cancelled).rule) == (OrderState.EXCLUDED, "discarded")
    assert cancelled.number not in here.shop.in_specter()
    [customer] = here.shop.specter.control.inspect("customers", email=moved.buyer)
    assert customer["fields"]["city"] == "Umeå"
    assert here.lab.ledger.orders.open_changes("demo") == []


def test_an_order_cancelled_while_it_waits_for_a_repeat_is_not_sent_again(
    scene: Callable[..., RuleScene],
) -> None:
    """It may be in Specter, so it stays a question for a person."""
    here = scene(**TRUSTED)
    [one] = here.buy(0)
    here.shop.specter.control.fault("drop_before", action=ORDER, count=1)
    here.run()
    cancel(here, one)
    here.later()
    here.run()
    assert here.order_calls() == 1
    record = here.record(one)
    assert record.state is OrderState.UNCONFIRMED
    assert one.number not in here.shop.in_specter()
