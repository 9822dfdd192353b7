"""The shop does not answer: one message, reminders, one closing; and its orders are all there afterwards."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from scan_lab import NOON, TEN, ScanLab

from abicart_specter.errors import RetriableError
from abicart_specter.flows.orders.alarms import ABICART


def test_eight_hours_without_the_shop_are_one_opening_two_reminders_and_one_closing(
    lab: ScanLab, caplog
) -> None:
    lab.scan()
    lab.export.options = replace(lab.export.options, max_tries=1)
    placed = {lab.place(NOON + timedelta(minutes=step * 30)) for step in range(16)}
    lab.abicart_server.control.fault("drop_before", count=None)
    with caplog.at_level(logging.WARNING):
        for _ in range(49):
            lab.now += TEN
            with pytest.raises(RetriableError):
                lab.scan()
        lab.abicart_server.control.clear_faults()
        lab.now += TEN
        run = lab.scan()
    assert lab.to_send(run) == placed
    messages = [one for one in lab.orders.messages("demo") if one.cause == ABICART]
    assert [one.kind for one in messages] == ["opened", "reminder", "reminder", "closed"]
    assert caplog.text.count("alarm opened") == 1
    assert caplog.text.count("alarm closed") == 1


def test_a_failed_scan_moves_nothing(lab: ScanLab) -> None:
    lab.scan()
    lab.abicart_server.control.fault("unavailable", count=None, seconds=0)
    lab.now += TEN
    with pytest.raises(RetriableError):
        lab.scan()
    assert lab.orders.scan_state("demo").scanned_to == NOON
