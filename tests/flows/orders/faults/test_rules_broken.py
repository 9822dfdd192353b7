"""Each rule of exactly-once is put to the test once: what it guards against is made to happen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from cut_airflow import SINGLE
from cut_draw import ALWAYS_NEW, TRUSTED
from cut_lab import IMPATIENT, PATIENT
from cut_stage import CutStage
from relay import CutError, Passing
from rule_scene import BACKFILL, CUSTOMER, ORDER, RuleScene, once, rule_scene

from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.flows.orders.alarms import TWICE
from abicart_specter.ledger.order_rules import OrderState

HOUR = timedelta(hours=1)
UNTRUSTED: dict[str, Any] = {}
Scenes = Callable[..., RuleScene]


@pytest.fixture
def scene(stage: CutStage) -> Iterator[Scenes]:
    with ExitStack() as open_scenes:
        yield lambda specter=None, **settings: open_scenes.enter_context(
            rule_scene(stage, specter, **settings)
        )


def lose(scene: RuleScene, action: str = ORDER, kind: str = "drop_after", **more: Any) -> None:
    """The next write of this kind is done, and its answer lost."""
    scene.shop.specter.control.fault(kind, **{"action": action, "count": 1} | more)


def flags_of(scene: RuleScene, uid: int) -> set[str]:
    key = ItemKey(Kind.ORDER, uid)
    return {row.flag.rule for row in scene.lab.ledger.iter_open_flags("demo") if row.flag.key == key}


def cut(passing: Passing) -> None:
    raise CutError


def test_rule_4_a_late_answer_is_stored_and_a_second_number_is_an_alarm(scene: Scenes) -> None:
    """A run sleeps for an hour between its write and the answer; another one takes over and repeats. Specter's control
    was trusted, and does not work.
    """
    here = scene({"duplicate_order": "off"}, **TRUSTED)
    [one] = here.buy(0)

    def take_over() -> None:
        here.later(HOUR)
        assert here.run(lab=here.beside()) == {}

    with here.line(after=once(ORDER, take_over)):
        assert here.run() == {}
    record, there = here.record(one), here.shop.in_specter()[one.number]
    first, second = (str(order["number"]) for order in there)
    assert (record.state, record.specter_order_no, record.other_numbers) == (
        OrderState.SENT,
        second,
        (first,),
    )
    [said] = [one for one in here.lab.ledger.orders.messages("demo") if one.cause.startswith(TWICE)]
    assert (said.cause, said.kind) == (f"{TWICE} {second}", "opened")
    assert first in said.words


def test_rule_4_nobody_takes_over_before_a_dead_runs_write_had_its_time(scene: Scenes) -> None:
    here = scene()
    [one] = here.buy(0)
    seen: list[dict[str, str]] = []

    def look() -> None:
        for minutes in (0.1, 1.0):  # its lease holds; its lease is over, and its write may be on its way
            here.later(timedelta(minutes=minutes))
            seen.append(here.run(lab=here.beside(), kind=BACKFILL))
        here.later(HOUR)
        assert here.run(lab=here.beside(), kind=BACKFILL) == {}
        assert here.record(one).state is OrderState.UNCONFIRMED

    with here.line(before=once(ORDER, look)):
        assert here.run() == {}
    assert seen == [{"send_orders 1": "LeaseHeldError"}] * 2
    assert here.order_calls() == 1
    here.all_is_well()


def test_rule_10_untrusted_never_repeats_by_itself(scene: Scenes) -> None:
    here = scene({"duplicate_order": "off"})
    [one] = here.buy(0)
    lose(here)
    here.run()
    assert here.record(one).state is OrderState.UNCONFIRMED
    for kind in ("scheduled", BACKFILL, "manual"):
        here.later()
        assert here.run(kind) == {}
    here.run(SINGLE, numbers=[one.number])
    assert here.order_calls() == 1
    assert here.record(one).state is OrderState.UNCONFIRMED


def test_rule_10_trusted_repeats_once_and_believes_the_recorded_words(scene: Scenes) -> None:
    here = scene(**TRUSTED)
    [one] = here.buy(0)
    lose(here)
    here.run()
    here.later()
    assert here.run() == {}
    record = here.record(one)
    assert (record.state, record.linked_by) == (OrderState.LINKED, "refusal")
    assert record.specter_order_no == str(here.numbers(one)[0])
    assert here.order_calls() == 2


def test_rule_10_other_words_prove_nothing(scene: Scenes) -> None:
    """Specter refuses the repeat with words that nobody recorded: the order waits, and its words are shown."""
    here = scene(**TRUSTED | {"orders__duplicate_answer": "already here"})
    [one] = here.buy(0)
    lose(here)
    here.run()
    for _ in range(3):
        here.later()
        here.run()
    record = here.record(one)
    assert record.state is OrderState.UNCONFIRMED
    assert "finns redan" in record.reason
    assert here.order_calls() == 2


def test_rule_10_a_dead_runs_order_is_linked_too(scene: Scenes) -> None:
    """A run died with its write done, and a backfill takes over that read the order before it knew."""
    here = scene(**TRUSTED)
    [one] = here.buy(0)

    def take_over() -> None:
        here.later(HOUR)
        assert here.run(lab=here.beside(), kind=BACKFILL) == {}
        assert here.record(one).state is OrderState.LINKED
        raise CutError

    with here.line(after=once(ORDER, take_over)):
        here.run()
    assert here.record(one).state is OrderState.LINKED
    here.all_is_well()


def test_rule_10_a_repeat_with_other_content_leaves_the_version_unknown(scene: Scenes) -> None:
    here = scene(**TRUSTED)
    [one] = here.buy(0)
    lose(here)
    here.run()
    here.shop.abicart.control.edit("edit_order", uid=one.uid, shipping=77)
    here.later()
    here.run()
    assert here.record(one).version_unknown
    assert "version_unknown" in flags_of(here, one.uid)
    here.numbers(one)


def test_rule_11_the_duplicate_control_is_never_switched_off(scene: Scenes) -> None:
    """Sent again as a new order it has a number of its own, so that Specter's control stays on."""
    here = scene(**TRUSTED)
    bodies: list[dict[str, list[str]]] = []

    def keep(passing: Passing) -> None:
        if passing.action == ORDER:
            bodies.append(
                {name.lower(): value for name, value in parse_qs(passing.body.decode("ascii")).items()}
            )

    [one] = here.buy(0)
    with here.line(before=keep):
        lose(here)
        here.run()
        here.later()
        here.run()
        assert here.run(SINGLE, numbers=[one.number], send_again_reason="lost in the warehouse") == {}
    assert [body["externalorderno"] for body in bodies] == [[one.number], [one.number], [f"{one.number}-R2"]]
    assert not [body for body in bodies if "ignoreexternalordernocontrol" in body]
    [decision] = here.lab.ledger.orders.decisions("demo", one.uid)
    assert (decision.who, decision.why) == ("the accountant", "lost in the warehouse")


def test_rule_12_a_buyers_later_order_waits_for_the_earlier_one(scene: Scenes) -> None:
    """The first order of a buyer could not be sent: the second does not overtake it. Another buyer is not held up."""
    here = scene()
    first, second, other = here.buy(0, 0, 1)

    def refuse_first(passing: Passing) -> None:
        if passing.action == CUSTOMER and here.shop.customers and first.buyer.encode() in _plain(passing):
            raise CutError

    with here.line(before=refuse_first):
        here.run()
    assert [here.record(one).rule for one in (first, second)] == ["customer_answer_lost", "waits_its_turn"]
    assert here.record(other).state is OrderState.SENT
    here.later()
    assert here.run() == {}
    one, two = here.numbers(first, second)
    assert one < two
    here.all_is_well()


def _plain(passing: Passing) -> bytes:
    return passing.body.replace(b"%40", b"@")


def test_rule_12_three_silences_in_a_row_stop_a_chunk(scene: Scenes) -> None:
    here = scene()
    orders = here.buy(0, 1, 2, 3, 4)
    here.run()  # who they are and what they buy is known now
    more = here.buy(0, 1, 2, 3, 4)
    before = here.order_calls()
    here.later()
    with here.line(before=lambda passing: cut(passing) if passing.action == ORDER else None) as line:
        assert here.run() == {"send_orders 1": "SpecterSilentError"}
    assert line.seen[ORDER] == 3
    assert here.order_calls() == before == len(orders)
    states = sorted(here.record(one).state for one in more)
    assert states == sorted([OrderState.UNCONFIRMED] * 3 + [OrderState.FAILED] * 2)


def test_rule_14_two_runs_never_send_one_buyers_orders_at_once(scene: Scenes) -> None:
    here = scene()
    orders = here.buy(0, 0, 0)
    beside: list[dict[str, str]] = []

    def second_run() -> None:
        beside.append(here.run(BACKFILL, lab=here.beside()))

    with here.line(before=once(ORDER, second_run), after=once(CUSTOMER, second_run)):
        assert here.run() == {}
    assert beside == [{"send_orders 1": "LeaseHeldError"}] * 2
    numbers = here.numbers(*orders)
    assert numbers == sorted(numbers)
    assert here.order_calls() == len(orders)
    here.all_is_well()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_rule_16_a_lost_customer_is_not_made_twice(scene: Scenes, kind: str) -> None:
    """Every order makes a customer of its own, and Specter would make another for every repeat."""
    here = scene(**ALWAYS_NEW)
    one, two = here.buy(0, 1)
    lose(here, CUSTOMER, kind)
    here.run()
    here.later()
    assert here.run() == {}
    assert int(here.shop.specter.control.inspect("customer_count")) == 2
    here.numbers(one, two)
    here.all_is_well()


def test_rule_16_nobody_repeats_a_customer_that_may_still_be_on_its_way(scene: Scenes) -> None:
    """The client gave its first write up; before it arrives, another run begins at once with the same order."""
    here = scene(**ALWAYS_NEW)
    [one] = here.buy(0)
    beside: list[dict[str, str]] = []
    released, arrived = threading.Event(), threading.Event()

    def hold(passing: Passing) -> None:
        if (passing.action, passing.nth) == (CUSTOMER, 1):
            assert released.wait(20)

    here.lab.options = IMPATIENT
    with here.line(before=hold, after=once(CUSTOMER, arrived.set)):
        here.run()
        beside.append(here.run(BACKFILL, lab=here.beside()))
        released.set()
        assert arrived.wait(20)
    assert beside == [{"send_orders 1": "LeaseHeldError"}]
    here.lab.options = PATIENT
    here.later(HOUR)
    assert here.run() == {}
    assert int(here.shop.specter.control.inspect("customer_count")) == 1
    here.numbers(one)


def test_rule_16_an_order_whose_customer_may_be_there_and_has_no_address_of_its_own(scene: Scenes) -> None:
    """Without an address a placeholder is made, which only this order has: the repeat finds its customer by it."""
    here = scene(**ALWAYS_NEW, customers__missing_email="placeholder")
    [one] = here.buy(0)
    lose(here, CUSTOMER)
    here.run()
    here.later()
    assert here.run() == {}
    assert int(here.shop.specter.control.inspect("customer_count")) == 1
    here.numbers(one)
