"""A run's plan of stock, what people say to it, and what becomes of each change."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ledger_samples import article_key, variant_key
from stock_samples import change

from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.ledger.stock_records import ChangeNews, HeldStock, StockPlan, StockState

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PLAN = StockPlan("ab" * 32, 2, 1, 10, ["Too many."])
HELD = HeldStock("A-9", "number_unknown", "Nobody has it.", "None.", None, Decimal("1.5"))


@pytest.fixture
def planned(ledger: Ledger, run: RunKey) -> Ledger:
    ledger.stock.clear_plan(run)
    ledger.stock.add_to_plan(run, [change(1), change(2, before=None)], [HELD])
    ledger.stock.close_plan(run, PLAN)
    return ledger


def states(ledger: Ledger, run: RunKey) -> dict[int, StockState]:
    return {row.change.key.uid: row.state for rows in ledger.stock.iter_changes(run) for row in rows}


def test_a_plan_comes_back_as_it_was(planned: Ledger, run: RunKey) -> None:
    assert planned.stock.plan(run) == PLAN
    found = {row.change.key.uid: row.change for rows in planned.stock.iter_changes(run) for row in rows}
    assert found == {1: change(1), 2: change(2, before=None)}
    assert list(planned.stock.iter_held(run)) == [HELD]
    assert sum(planned.stock.partition_sizes(run).values()) == 2


def test_planning_again_forgets_the_first_plan(planned: Ledger, run: RunKey) -> None:
    planned.stock.decide(run, approved=True, by="anna", at=AT)
    planned.stock.clear_plan(run)
    assert planned.stock.plan(run) is None
    assert states(planned, run) == {}
    assert list(planned.stock.iter_held(run)) == []


def test_an_approval_is_kept_with_who_and_when(planned: Ledger, run: RunKey) -> None:
    planned.stock.decide(run, approved=True, by="anna", at=AT)
    plan = planned.stock.plan(run)
    assert plan is not None
    assert (plan.approved, plan.decided_by, plan.decided_at) == (True, "anna", AT)
    assert set(states(planned, run).values()) == {StockState.PLANNED}


@pytest.mark.parametrize("by", ["anna", ""])
def test_a_refusal_ends_what_was_planned(planned: Ledger, run: RunKey, by: str) -> None:
    planned.stock.set_states(run, [ChangeNews(article_key(1), StockState.WRITTEN)])
    planned.stock.decide(run, approved=False, by=by, at=AT)
    assert states(planned, run) == {1: StockState.WRITTEN, 2: StockState.REFUSED}


def test_refused_and_then_approved_it_is_planned_again(planned: Ledger, run: RunKey) -> None:
    planned.stock.decide(run, approved=False, by="anna", at=AT, plan_hash=PLAN.plan_hash)
    planned.stock.decide(run, approved=True, by="anna", at=AT, plan_hash=PLAN.plan_hash)
    assert set(states(planned, run).values()) == {StockState.PLANNED}


def test_an_answer_to_another_plan_decides_nothing(planned: Ledger, run: RunKey) -> None:
    with pytest.raises(LedgerError, match="not the one that was asked about"):
        planned.stock.decide(run, approved=True, by="anna", at=AT, plan_hash="cd" * 32)
    plan = planned.stock.plan(run)
    assert plan is not None
    assert plan.approved is None


def test_what_has_no_plan_cannot_be_decided(ledger: Ledger, run: RunKey) -> None:
    with pytest.raises(LedgerError, match="no plan of stock"):
        ledger.stock.decide(run, approved=True, by="anna", at=AT)


def test_states_move_with_what_was_written(planned: Ledger, run: RunKey) -> None:
    planned.stock.set_states(run, [ChangeNews(article_key(1), StockState.WRITTEN, "", 6, Decimal(3))])
    (row,) = [row for rows in planned.stock.iter_changes(run, states=[StockState.WRITTEN]) for row in rows]
    assert (row.change.after, row.change.subtracted) == (6, 3)
    counts = planned.stock.state_counts(run)
    assert {state: count for state, count in counts.items() if count} == {
        StockState.WRITTEN: 1,
        StockState.PLANNED: 1,
    }


def test_many_changes_are_walked_once_each_while_they_move(ledger: Ledger, run: RunKey) -> None:
    ledger.stock.clear_plan(run)
    keys = [article_key(uid) for uid in range(1, 40)] + [variant_key(uid) for uid in range(1, 40)]
    ledger.stock.add_to_plan(run, [change(1, key=key) for key in keys], [])
    seen = []
    for rows in ledger.stock.iter_changes(run, states=[StockState.PLANNED], batch=7):
        seen += [row.change.key for row in rows]
        ledger.stock.set_states(run, [ChangeNews(row.change.key, StockState.FAILED) for row in rows])
    assert sorted(seen) == sorted(keys)


def test_a_chunk_sees_its_partitions_only(ledger: Ledger, run: RunKey) -> None:
    ledger.stock.clear_plan(run)
    ledger.stock.add_to_plan(run, [change(uid) for uid in range(1, 60)], [])
    sizes = ledger.stock.partition_sizes(run)
    for partition, size in sizes.items():
        rows = [row for rows in ledger.stock.iter_changes(run, [partition]) for row in rows]
        assert len(rows) == size
    assert len(sizes) > 8


def test_plans_of_old_runs_are_cleaned_up(planned: Ledger, run: RunKey) -> None:
    newer = RunKey("demo", run.flow, "run-2")
    planned.start_run(newer, {})
    planned.stock.add_to_plan(newer, [change(1)], [])
    planned.stock.close_plan(newer, PLAN)
    assert planned.prune("demo", keep_runs=1).stock_rows == 0  # its question is open
    planned.stock.decide(run, approved=False, by="anna", at=AT)
    assert planned.prune("demo", keep_runs=1).stock_rows == 4
    assert planned.stock.plan(run) is None
    assert states(planned, run) == {}
    assert states(planned, newer) == {1: StockState.PLANNED}
