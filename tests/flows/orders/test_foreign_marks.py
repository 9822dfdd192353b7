"""Somebody else writes numbers into the shop's orders (rule 7): linked or held, always listed, and three stop all."""

from __future__ import annotations

import logging

import pytest
from scan_lab import NOON, TEN, ScanLab

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import FatalError
from abicart_specter.flows.orders.window import RunKind


def mark(lab: ScanLab, uid: int, text: str) -> None:
    lab.edit("Order", uid=uid, patch={"externalOrderNumber": text})


def test_a_mark_that_looks_like_specters_is_linked_and_listed(lab: ScanLab, caplog) -> None:
    uid = lab.place(NOON - TEN / 2)
    mark(lab, uid, "812345")
    with caplog.at_level(logging.WARNING):
        run = lab.scan()
    assert lab.outcome(run, uid)[0] is Outcome.LINKED
    assert lab.orders.states("demo", [uid])[uid].specter_order_no == "812345"
    assert "812345, which we did not write" in caplog.text
    assert lab.export.ledger.flag_counts(run.ctx.run) == {"foreign_mark": 1}


def test_any_other_mark_holds_the_order_and_is_not_shown(lab: ScanLab, caplog) -> None:
    uid = lab.place(NOON - TEN / 2)
    mark(lab, uid, "Ring Greta 070-1234567")
    with caplog.at_level(logging.DEBUG):
        run = lab.scan()
    assert lab.outcome(run, uid) == (Outcome.HELD, "foreign_mark")
    assert "Greta" not in caplog.text
    assert "Greta" not in lab.outcomes(run)[uid].reason


def test_three_marks_stop_the_export(lab: ScanLab) -> None:
    placed = [lab.place(NOON - TEN / 2) for _ in range(4)]
    for number, uid in enumerate(placed[:3]):
        mark(lab, uid, str(900_000 + number))
    with pytest.raises(FatalError, match="another system exports this shop"):
        lab.scan()
    assert set(lab.orders.states("demo", placed)) == set(placed)  # recorded all the same
    lab.now += TEN
    with pytest.raises(FatalError, match="another system"):
        lab.scan()


def test_three_marks_over_several_runs_stop_it_too(lab: ScanLab) -> None:
    for number in range(3):
        uid = lab.place(lab.now - TEN / 2)
        mark(lab, uid, str(900_000 + number))
        if number < 2:
            assert lab.outcome(lab.scan(), uid)[0] is Outcome.LINKED
            lab.now += TEN
    with pytest.raises(FatalError, match="another system"):
        lab.scan()


def test_a_later_orders_from_lets_it_go_on(lab: ScanLab) -> None:
    for number in range(3):
        mark(lab, lab.place(NOON - TEN), str(900_000 + number))
    lab.use(orders__orders_from=NOON - TEN / 2)
    mine = lab.place(NOON - TEN / 4)
    assert lab.to_send(lab.scan()) == {mine}


def test_marks_before_orders_from_are_nobodys_business(lab: ScanLab) -> None:
    lab.use(orders__orders_from=NOON - TEN / 2)
    old = [lab.place(NOON - TEN) for _ in range(4)]
    for number, uid in enumerate(old):
        mark(lab, uid, str(900_000 + number))
    run = lab.scan(RunKind.BACKFILL, NOON - 2 * TEN, NOON)
    assert {lab.outcome(run, uid) for uid in old} == {(Outcome.EXCLUDED, "before_orders_from")}


def test_our_own_numbers_are_not_foreign(lab: ScanLab) -> None:
    placed = [lab.place(NOON - TEN / 2) for _ in range(4)]
    lab.send(lab.scan())
    for uid in placed:
        mark(lab, uid, str(700_000 + uid))
    run = lab.scan(RunKind.BACKFILL, NOON - TEN, NOON)
    assert {lab.outcome(run, uid)[0] for uid in placed} == {Outcome.UNCHANGED}


def test_a_mark_over_ours_counts(lab: ScanLab) -> None:
    placed = [lab.place(NOON - TEN / 2) for _ in range(3)]
    lab.send(lab.scan())
    for uid in placed:
        mark(lab, uid, "1")
    with pytest.raises(FatalError, match="another system"):
        lab.scan(RunKind.BACKFILL, NOON - TEN, NOON)
