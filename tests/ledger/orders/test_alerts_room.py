"""What the alerts read and write of the ledger, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from order_samples import RUN, SHOP, START, Clock, order_intent, scan

from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.ledger import Ledger, OrderState, RunKey
from abicart_specter.ledger.alerts.records import Channel, NewFlags, RunCounts
from abicart_specter.ledger.order_records import Decision

PRODUCTS = RunKey(SHOP, "product_export", "run")
BOTH = (Channel.EMAIL, Channel.SLACK)


def send(ledger: Ledger, uid: int, run: RunKey) -> None:
    lease = ledger.orders.begin(SHOP, f"key {uid}", "owner", 60, order_intent(uid))
    ledger.orders.confirm_order(lease, run, uid, 1, f"500{uid}", release=True)


def flags(*uids: int) -> list[Flag]:
    return [
        Flag(ItemKey(Kind.ARTICLE, uid), "number_missing", Severity.ERROR, "It has none.", "Give it one.")
        for uid in uids
    ]


def test_each_channel_takes_each_message_once(timed: Ledger, clock: Clock) -> None:
    alerts, orders = timed.alerts, timed.orders
    alerts.set_up_channels(SHOP, BOTH, START)
    orders.raise_alarm(SHOP, "down", "It is down.", START, 4, {"orders": 3})
    (message,) = alerts.undelivered(SHOP, Channel.EMAIL)
    assert (message.cause, message.kind, message.facts["orders"]) == ("down", "opened", 3)
    for _ in range(2):  # a task that died after the first mark marks again
        alerts.delivered(SHOP, Channel.EMAIL, [message], START)
    assert alerts.undelivered(SHOP, Channel.EMAIL) == []
    assert [one.id for one in alerts.undelivered(SHOP, Channel.SLACK)] == [message.id]
    assert alerts.undelivered("other", Channel.EMAIL) == []


def test_a_channel_that_fails_says_since_when(timed: Ledger) -> None:
    alerts = timed.alerts
    alerts.set_up_channels(SHOP, BOTH, START)
    for number in range(3):
        now = START + timedelta(minutes=number)
        state = alerts.channel_failed(SHOP, Channel.SLACK, "answers 503", now, now + timedelta(minutes=5))
    assert (state.failing_since, state.attempts) == (START, 3)
    assert alerts.channel_state(SHOP, Channel.SLACK) == state
    alerts.delivered(SHOP, Channel.SLACK, [], START)
    assert alerts.channel_state(SHOP, Channel.SLACK).attempts == 0
    assert alerts.channel_state(SHOP, Channel.EMAIL).attempts == 0


def test_a_new_channel_takes_the_last_word_on_what_is_open(timed: Ledger) -> None:
    orders, alerts = timed.orders, timed.alerts
    orders.raise_alarm(SHOP, "over", "It is down.", START)
    orders.close_alarm(SHOP, "over", "It is up.", START)
    for hours in (0, 4):
        orders.raise_alarm(SHOP, "open", "It is down.", START + timedelta(hours=hours))
    alerts.set_up_channels(SHOP, BOTH, START)
    assert [(one.cause, one.kind) for one in alerts.undelivered(SHOP, Channel.SLACK)] == [
        ("open", "reminder")
    ]
    alerts.set_up_channels(SHOP, [Channel.EMAIL], START)
    orders.tell_news(SHOP, "news", "Look.", START, {})
    alerts.set_up_channels(SHOP, BOTH, START)
    assert [one.cause for one in alerts.undelivered(SHOP, Channel.SLACK)] == ["open"]


def test_red_runs_are_noted_once_and_forgotten_when_taken_up(timed: Ledger, clock: Clock) -> None:
    alerts = timed.alerts
    for _ in range(2):
        alerts.note_red_run(SHOP, "order_export", "r1", "task_failure")
    taken = alerts.red_runs(SHOP)
    assert [(one.flow, one.run_id) for one in taken] == [("order_export", "r1")]
    clock.pass_(1)
    alerts.note_red_run(SHOP, "order_export", "r1", "timed_out")  # cleared, and red again
    alerts.forget_red_runs(SHOP, taken)
    assert [one.reason for one in alerts.red_runs(SHOP)] == ["timed_out"]
    alerts.forget_red_runs(SHOP, alerts.red_runs(SHOP))
    assert alerts.red_runs(SHOP) == []


def test_counts_of_runs(timed: Ledger) -> None:
    for red in (1, 2):
        timed.alerts.set_run_counts(SHOP, {"order_export": RunCounts(red, 5)}, START)
    assert timed.alerts.run_counts(SHOP) == {"order_export": RunCounts(2, 5)}
    assert timed.alerts.run_counts(SHOP)["order_export"].since == START


def test_new_flags_are_told_once_and_again_when_they_come_back(timed: Ledger, clock: Clock) -> None:
    def run(number: int, *found: int) -> NewFlags | None:
        key = RunKey(SHOP, "product_export", f"run {number}")
        timed.start_run(key, {})
        timed.record_flags(key, flags(*found), complete=True)
        assert timed.alerts.new_flags(SHOP, 5) is None  # not before its end
        timed.finish_run(key, {})
        news = timed.alerts.new_flags(SHOP, 5)
        assert news is not None
        timed.alerts.flags_told(SHOP, news.runs, clock.now)
        return news

    first = run(1, *range(1, 8))
    assert first is not None
    assert (first.products, len(first.numbers), first.rules) == (7, 5, {"number_missing": 7})
    assert (first.flow, first.run_id) == ("product_export", "run 1")
    still = run(2, *range(1, 8))
    assert still is not None
    assert still.products == 0
    run(3)
    again = run(4, 3)
    assert again is not None
    assert (again.products, again.numbers) == (1, ("uid 3",))


def test_flags_of_a_run_that_never_came_to_its_end_are_told_a_day_later(timed: Ledger, clock: Clock) -> None:
    timed.start_run(PRODUCTS, {})
    timed.record_flags(PRODUCTS, flags(1))
    clock.pass_(timedelta(hours=23).total_seconds())
    assert timed.alerts.new_flags(SHOP, 5) is None
    clock.pass_(timedelta(hours=2).total_seconds())
    news = timed.alerts.new_flags(SHOP, 5)
    assert news is not None
    assert news.products == 1


def test_waiting_orders_by_state_time_and_rule(timed: Ledger, clock: Clock) -> None:
    scan(timed, [1, 2, 3, 4], key=None)
    held = [Decision(uid, OrderState.HELD, "email_missing", "w", "r") for uid in (1, 2)]
    timed.orders.decide(RUN, [*held, Decision(3, OrderState.HELD, "awaiting_payment", "w", "r")])
    clock.pass_(60)
    timed.orders.decide(RUN, [Decision(4, OrderState.HELD, "email_missing", "w", "r")])
    waiting = timed.alerts.waiting_orders
    every = waiting(SHOP, [OrderState.HELD], 2, not_rules={"awaiting_payment"}, newest_first=True)
    assert (every.total, len(every.numbers), every.rules) == (3, 2, {"email_missing": 3})
    assert every.numbers[0] == timed.orders.states(SHOP, [4])[4].number
    since = clock.now - timedelta(seconds=30)
    assert waiting(SHOP, [OrderState.HELD], 5, after=since).total == 1
    assert waiting(SHOP, [OrderState.HELD], 5, before=since).total == 3
    assert waiting(SHOP, [OrderState.HELD], 5, found_before=since).total == 4
    assert waiting(SHOP, [OrderState.FAILED], 5).total == 0


@pytest.mark.parametrize("who", ["anna", ""])
def test_a_double_order_is_settled_by_a_person_until_another_number_comes(timed: Ledger, who: str) -> None:
    scan(timed, [1], key=None)
    send(timed, 1, RUN)
    orders = timed.orders
    assert not orders.settle_double(SHOP, 1, who="anna", why="looked")
    orders.late_answer(SHOP, 1, 1, "6001", "journal")
    assert [one.uid for one in orders.double_orders(SHOP)] == [1]
    if not who:
        with pytest.raises(Exception, match="needs who decides"):
            orders.settle_double(SHOP, 1, who=who, why="looked")
        return
    assert orders.settle_double(SHOP, 1, who=who, why="cancelled 6001")
    assert orders.double_orders(SHOP) == []
    assert any("is cancelled in Specter" in one.what for one in orders.decisions(SHOP, 1))
    orders.late_answer(SHOP, 1, 1, "7001", "journal")
    assert [one.uid for one in orders.double_orders(SHOP)] == [1]
