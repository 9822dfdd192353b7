"""Rule 31: an empty answer is a normal night, seven of them in a row deserve a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from harness import demo_settings
from queue_lab import ACCOUNT, QueueLab

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.silence import silent_queues, wanted_queues
from abicart_specter.ledger import Ledger

START = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)


class Days:
    def __init__(self, lab: QueueLab) -> None:
        self.lab = lab
        self.now = START
        lab.export.ledger.close()
        lab.export.ledger = Ledger.open(lab.export.ledger_url, clock=lambda: self.now)

    def context(self) -> FlowContext:
        ctx = self.lab.export.context()
        ctx.clock = lambda: self.now
        ctx.begin()
        return ctx

    def drain(self, queue: Queue) -> None:
        drain_queue(self.context(), self.lab.journal(), self.lab.export.terms, queue)

    def silent(self) -> list[str]:
        return silent_queues(self.context(), ACCOUNT)


@pytest.fixture
def days(lab: QueueLab) -> Days:
    return Days(lab)


def test_seven_days_after_the_last_report(days: Days) -> None:
    for queue in Queue:
        days.drain(queue)
    days.now = START + timedelta(days=6, hours=23)
    for queue in Queue:
        days.drain(queue)
    assert days.silent() == []
    days.now = START + timedelta(days=7)
    found = days.silent()
    assert [text.split()[2] for text in found] == ["article_info", "stock", "orders"]
    assert all(
        "for 7 days (since 2026-11-02): another reader may be emptying the queue" in text for text in found
    )
    days.lab.specter.edit("order.status", number=days.lab.orders[0], status_id=9)
    days.drain(Queue.ORDERS)
    assert [text.split()[2] for text in days.silent()] == ["article_info", "stock"]


def test_a_queue_that_never_told_anything(days: Days) -> None:
    """Counted from the first time that it was read; one that nobody reads says nothing."""
    days.lab.specter.edit("queue.clear", queue="stock")
    days.drain(Queue.STOCK)
    days.now = START + timedelta(days=6)
    assert days.silent() == []
    days.now = START + timedelta(days=30)
    assert [text.split()[2] for text in days.silent()] == ["stock"]
    assert "for 30 days" in days.silent()[0]


def test_only_the_queues_that_the_shop_reads(days: Days) -> None:
    for queue in Queue:
        days.drain(queue)
    days.now = START + timedelta(days=8)
    days.lab.export.settings = demo_settings(imports__stock=True, status__read_orders=False)
    assert wanted_queues(days.context()) == (Queue.STOCK,)
    assert [text.split()[2] for text in days.silent()] == ["stock"]
    assert len(silent_queues(days.context(), ACCOUNT, Queue)) == 3
    assert silent_queues(days.context(), "1000/13", Queue) == []
