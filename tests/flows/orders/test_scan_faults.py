"""A list that leaves orders out, an order that comes in while the list is read, a scan that is cut off."""

from __future__ import annotations

import json

import pytest
from relay import CutError, Passing, relay_to
from scan_lab import NOON, TEN, ScanLab

from abicart_specter.errors import OrdersMissedError, RetriableError


def without_the_first(passing: Passing) -> None:
    """The shop's list, one order short."""
    answer = json.loads(passing.answer)
    answer["result"] = answer["result"][1:]
    passing.answer = json.dumps(answer).encode("utf-8")


def test_a_list_that_always_leaves_an_order_out_is_never_believed(lab: ScanLab) -> None:
    for _ in range(3):
        lab.place(NOON - TEN / 2)

    def shorten(passing: Passing) -> None:
        if passing.action == "Order.list":
            without_the_first(passing)

    with relay_to(lab.abicart_server.url, after=shorten) as relay:
        lab.export.abicart_url = relay.url
        with pytest.raises(OrdersMissedError, match=r"counts 3 orders .* but lists 2"):
            lab.scan()
    assert lab.orders.scan_state("demo").scanned_to is None


def test_a_list_that_was_short_once_is_read_again(lab: ScanLab) -> None:
    placed = {lab.place(NOON - TEN / 2) for _ in range(3)}

    def shorten(passing: Passing) -> None:
        if passing.action == "Order.list" and passing.nth == 1:
            without_the_first(passing)

    with relay_to(lab.abicart_server.url, after=shorten) as relay:
        lab.export.abicart_url = relay.url
        run = lab.scan()
    assert lab.to_send(run) == placed


def test_an_order_that_comes_in_while_the_list_is_read_is_in_the_run(lab: ScanLab) -> None:
    placed = {lab.place(NOON - TEN / 2)}

    def buy(passing: Passing) -> None:
        if passing.action == "Order.list" and passing.nth == 1:
            placed.add(lab.place(NOON - TEN / 3))

    with relay_to(lab.abicart_server.url, after=buy) as relay:
        lab.export.abicart_url = relay.url
        run = lab.scan()
    assert lab.to_send(run) == placed


def test_a_scan_that_is_cut_off_after_recording_moves_nothing(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)

    def cut(passing: Passing) -> None:
        if passing.action == "Order.count":
            raise CutError

    ctx = lab.context(run_id="scheduled__cut")
    with relay_to(lab.abicart_server.url, before=cut) as relay:
        straight, lab.export.abicart_url = lab.export.abicart_url, relay.url
        with pytest.raises(RetriableError):
            lab.scan(ctx=ctx)
        lab.export.abicart_url = straight
    assert lab.orders.scan_state("demo").scanned_to is None
    assert set(lab.orders.states("demo", [uid])) == {uid}
    assert lab.to_send(lab.scan(ctx=ctx)) == {uid}
