"""Too much of the shop would be emptied: nothing is written until a person says so (rules 30 and 31, F27)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stock_lab import StockLab

from abicart_specter.errors import IncompleteRunError, LedgerError
from abicart_specter.flows.imports.stock.report_stock import report_stock


@pytest.fixture
def tight(lab: StockLab) -> StockLab:
    """A guard that asks when more than 10 % and at least two products would be emptied."""
    lab.use(imports__stock=True, import_guard__smallest_number=2, orders__orders_from=lab.now)
    return lab


def sold(lab: StockLab) -> list[dict]:
    """Items that have stock."""
    return [one for one in lab.items() if lab.stock(one) > 0]


def empty(lab: StockLab, items: list[dict]) -> None:
    for item in items:
        lab.specter_stock(item["product_number"], 0)


def stocks(lab: StockLab) -> dict:
    return {(one["kind"], one["uid"]): one["stock"] for one in lab.items()}


def test_one_is_written_without_a_question(tight: StockLab) -> None:
    item = sold(tight)[0]
    empty(tight, [item])
    run = tight.stock_import()
    assert run.planned.question is None
    assert tight.stock(item) == 0


def test_beyond_the_limits_nothing_at_all_is_written(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:3])
    tight.specter_stock(items[3]["product_number"], 77)
    before = stocks(tight)
    run = tight.stock_import()
    assert stocks(tight) == before
    assert run.report is not None
    assert run.report.states == {"refused": 4}
    assert set(tight.open_numbers()) == {one["product_number"] for one in items[:4]}


def test_the_question_names_the_worst_changes(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:3])
    question = tight.plan_stock().planned.question
    assert question is not None
    assert "set 3 products to zero" in question["subject"]
    for item in items[:3]:
        shown = item["product_number"].replace("_", "\\_")
        assert f"| {shown} |" in question["body"]


def test_approved_it_is_written_as_the_orders_are_by_then(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:3])
    tight.specter_stock(items[3]["product_number"], 77)
    run = tight.plan_stock()
    tight.buy(items[3], 2)
    tight.later(timedelta(hours=2))
    tight.export.ledger.stock.decide(run.ctx.run, approved=True, by="anna", at=tight.now)
    tight.apply(run)
    assert [tight.stock(one) for one in items[:4]] == [0, 0, 0, 75]
    assert report_stock(run.ctx).decided_by == "anna"


def test_refused_it_is_asked_again_with_the_newest_figures(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:3])
    tight.stock_import(approve=False)
    tight.specter_stock(items[0]["product_number"], 12)
    tight.specter_stock(items[1]["product_number"], 13)
    tight.later(timedelta(hours=1))
    run = tight.stock_import()
    assert run.planned.question is None
    assert [tight.stock(one) for one in items[:3]] == [12, 13, 0]


def test_a_newer_figure_voids_its_approved_change(tight: StockLab) -> None:
    """Another shop of the account may empty the queue while the question waits."""
    items = sold(tight)
    empty(tight, items[:3])
    before = tight.stock(items[0])
    run = tight.plan_stock()
    tight.specter_stock(items[0]["product_number"], 0)
    tight.later(timedelta(hours=1))
    tight.drain(run.ctx)
    tight.export.ledger.stock.decide(run.ctx.run, approved=True, by="anna", at=tight.now)
    assert tight.apply(run) == {"voided": 1, "written": 2}
    assert tight.stock(items[0]) == before
    assert set(tight.open_numbers()) >= {items[0]["product_number"]}


def test_small_steps_within_a_day_add_up(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:1])
    assert tight.stock_import().planned.question is None
    empty(tight, items[1:2])
    tight.later(timedelta(hours=1))
    assert tight.stock_import().planned.question is not None
    tight.later(timedelta(hours=24))
    assert tight.stock_import().planned.question is None


def test_what_a_person_approved_is_not_counted_again(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:3])
    tight.stock_import(approve=True)
    empty(tight, items[3:4])
    tight.later(timedelta(hours=1))
    assert tight.stock_import().planned.question is None


def test_nothing_is_written_without_an_answer_even_if_a_task_is_cleared(tight: StockLab) -> None:
    items = sold(tight)
    empty(tight, items[:3])
    before = stocks(tight)
    run = tight.plan_stock()
    with pytest.raises(LedgerError, match="nobody approved"):
        tight.apply(run)
    assert stocks(tight) == before
    with pytest.raises(IncompleteRunError, match="3 planned changes were not written"):
        report_stock(run.ctx)


def test_an_empty_answer_empties_nothing(tight: StockLab) -> None:
    before = stocks(tight)
    run = tight.stock_import()
    assert run.planned.numbers == 0
    assert stocks(tight) == before
