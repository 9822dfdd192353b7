"""One message per cause: opened, reminders, closed (rule 12)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from order_samples import SHOP, START

from abicart_specter.ledger import Ledger

DOWN = "specter_down"


def said(ledger: Ledger) -> list[str]:
    return [message.kind for message in ledger.orders.messages(SHOP)]


def test_eight_hours_are_one_opening_two_reminders_and_one_closing(ledger: Ledger) -> None:
    told = []
    for minutes in range(0, 8 * 60 + 1, 10):
        now = START + timedelta(minutes=minutes)
        told.append(ledger.orders.raise_alarm(SHOP, DOWN, f"no answer at {minutes}", now))
    assert [(at * 10, word) for at, word in enumerate(told) if word] == [
        (0, "opened"),
        (240, "reminder"),
        (480, "reminder"),
    ]
    end = START + timedelta(minutes=490)
    assert [ledger.orders.close_alarm(SHOP, DOWN, "answers again", end) for _ in range(2)] == [True, False]
    assert said(ledger) == ["opened", "reminder", "reminder", "closed"]
    assert ledger.orders.messages(SHOP)[-1].words == "answers again"
    assert [message.kind for message in ledger.orders.messages(SHOP, limit=2)] == ["reminder", "closed"]
    assert ledger.orders.open_alarms(SHOP) == []


def test_late_runs_do_not_make_reminders_drift(ledger: Ledger) -> None:
    told = [
        ledger.orders.raise_alarm(SHOP, DOWN, "no", START + timedelta(minutes=minutes))
        for minutes in (0, 245, 479, 480, 481, 1441)
    ]
    assert told == ["opened", "reminder", None, "reminder", None, "reminder"]
    (alarm,) = ledger.orders.open_alarms(SHOP)
    assert (alarm.cause, alarm.opened_at, alarm.reminders) == (DOWN, START, 6)


def test_a_cause_may_come_again_and_causes_and_shops_are_apart(ledger: Ledger) -> None:
    orders = ledger.orders
    assert not orders.close_alarm(SHOP, DOWN, "never opened", START)
    for _ in range(2):
        assert orders.raise_alarm(SHOP, DOWN, "no", START) == "opened"
        assert orders.raise_alarm(SHOP, DOWN, "no", START) is None
        assert orders.close_alarm(SHOP, DOWN, "yes", START)
    assert orders.raise_alarm(SHOP, "another_system", "foreign marks", START) == "opened"
    assert orders.raise_alarm("other", DOWN, "no", START) == "opened"
    assert [alarm.cause for alarm in orders.open_alarms(SHOP)] == ["another_system"]
    assert said(ledger) == ["opened", "closed", "opened", "closed", "opened"]


@pytest.mark.parametrize("minutes", [0, 240])
def test_of_several_tasks_one_says_it(ledger: Ledger, minutes: int) -> None:
    now = START + timedelta(minutes=minutes)
    if minutes:
        ledger.orders.raise_alarm(SHOP, DOWN, "no", START)
    told: list[str | None] = []
    tasks = [
        threading.Thread(target=lambda: told.append(ledger.orders.raise_alarm(SHOP, DOWN, "no", now)))
        for _ in range(6)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert sorted(word or "" for word in told) == [""] * 5 + ["reminder" if minutes else "opened"]
