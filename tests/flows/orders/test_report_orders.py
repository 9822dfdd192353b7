"""The report: one line and one outcome per order, red when one is missing, and what waits for a person."""

from __future__ import annotations

import csv
import logging
from datetime import timedelta

import pytest
from order_lab import OrderLab
from scan_lab import NOON, TEN, ScanLab

from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.orders.plan import plan_orders
from abicart_specter.flows.reports import run_folder
from abicart_specter.ledger import Decision, OrderState


def rows(lab: ScanLab, run, name: str) -> list[dict[str, str]]:
    text = (run_folder(run.ctx) / name).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def test_an_order_without_an_outcome_makes_the_run_red(lab: ScanLab) -> None:
    lab.place(NOON - TEN / 2)
    run = lab.scan()
    with pytest.raises(IncompleteRunError, match="1 orders have no outcome"):
        lab.report(run)


def test_found_is_the_sum_of_the_outcomes(order_lab: OrderLab, caplog) -> None:
    lab = order_lab
    sent, held, gone = (lab.place(NOON - TEN / 2) for _ in range(3))
    lab.edit("discard_order", uid=gone)
    run = lab.scan()
    lab.orders.hold(run.ctx.run, held, "email_missing", "Order x: no e-mail address.", "Enter one.")
    lab.send(run, sent)
    with caplog.at_level(logging.INFO):
        report = lab.report(run)
    assert (report.found, report.sent, report.held, report.excluded) == (3, 1, 1, 1)
    lines = [one.message for one in caplog.records if one.message.startswith("Order ")]
    assert len([line for line in lines if ": sent as " in line]) == 1
    assert len([line for line in lines if ": held; email_missing" in line and "Enter one." in line]) == 1
    assert len([line for line in lines if ": excluded; discarded" in line]) == 1
    assert {row["outcome"] for row in rows(lab, run, "orders.csv")} == {"sent", "held", "excluded"}
    assert lab.export.ledger.get_run(run.ctx.run).summary == report.as_dict()


def test_a_whole_export_shows_rows_total_vat_and_proof(order_lab: OrderLab, caplog) -> None:
    lab = order_lab
    uid = lab.place(NOON - TEN / 2)
    with caplog.at_level(logging.INFO):
        ran = lab.export_orders()
    assert ran.report is not None
    assert ran.report.sent == 1
    (line,) = [one.message for one in caplog.records if ": sent as " in one.message]
    assert "total " in line
    assert "VAT " in line
    assert "row" in line
    (order,) = rows(lab, ran.run, "orders.csv")
    assert order["uid"] == str(uid)
    assert order["difference"] in ("0", "0.00")
    proofs = rows(lab, ran.run, "proofs.csv")
    assert proofs
    assert {one["sent_total"] for one in proofs} == {proofs[0]["shop_total"]}


def test_unconfirmed_is_red_and_stays_a_question_until_answered(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    run = lab.scan()
    lease = lab.intend(run, uid)
    lab.orders.order_unconfirmed(lease, run.ctx.run, uid, 1, "the answer was lost", release=True)
    with pytest.raises(IncompleteRunError, match="1 orders are unconfirmed"):
        lab.report(run)
    lab.orders.move_scanned_to("demo", NOON + TEN)  # out of the overlap
    lab.now += timedelta(hours=1)
    later = lab.scan()
    assert lab.report(later).waiting == 1
    lab.orders.link("demo", uid, "812345", who="someone", why="found in Specter")
    lab.now += TEN
    assert lab.report(lab.scan()).waiting == 0


def test_red_tasks_make_it_red(lab: ScanLab) -> None:
    run = lab.scan()
    with pytest.raises(IncompleteRunError, match="2 of the tasks"):
        lab.report(run, red_tasks=2)


def test_a_failed_order_makes_it_red(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    run = lab.scan()
    lab.orders.decide(run.ctx.run, [Decision(uid, OrderState.FAILED, "specter_silent", "No answer.")])
    with pytest.raises(IncompleteRunError, match="1 orders failed"):
        lab.report(run)


@pytest.mark.parametrize("red", [True, False])
def test_held_is_red_only_by_the_setting(lab: ScanLab, red: bool) -> None:
    lab.use(held_makes_run_red=red)
    uid = lab.place(NOON - TEN / 2)
    run = lab.scan()
    lab.orders.hold(run.ctx.run, uid, "email_missing", "No e-mail address.", "")
    if red:
        with pytest.raises(IncompleteRunError, match="are held"):
            lab.report(run)
    else:
        assert lab.report(run).held == 1


def test_a_run_that_read_nothing_says_so(lab: ScanLab) -> None:
    run = lab.scan()
    other = lab.context()
    run.ctx = other
    with pytest.raises(IncompleteRunError, match="did not get as far"):
        lab.report(run)


def test_a_run_that_finds_nothing_is_green_and_writes_no_files(lab: ScanLab) -> None:
    run = lab.scan()
    report = lab.report(run)
    assert report.found == 0
    assert report.requests["specter"] == 0
    assert report.requests["abicart"] <= 3
    assert not (run_folder(run.ctx) / "orders.csv").exists()


def test_orders_of_one_customer_share_a_chunk(lab: ScanLab) -> None:
    customers = lab.abicart_server.control.inspect("counts")
    placed = [lab.place(NOON - TEN / 2 - timedelta(seconds=one)) for one in range(60)]
    run = lab.scan()
    assert customers
    chunks = plan_orders(run.ctx)
    assert len(placed) == sum(chunk.orders for chunk in chunks)
    keys = [
        {order.customer_key for order in lab.orders.run_orders(run.ctx.run, chunk.partitions)}
        for chunk in chunks
    ]
    assert all(not one & other for index, one in enumerate(keys) for other in keys[index + 1 :])


def test_an_order_that_is_in_specter_twice_is_an_alarm_until_somebody_looked(
    order_lab: OrderLab, caplog
) -> None:
    """A late answer of a writer that was given up brings a second number (rule 4)."""
    uid = order_lab.place(NOON)
    order_lab.export_orders(end=NOON + TEN)
    first = order_lab.orders.states("demo", [uid])[uid].specter_order_no
    order_lab.orders.late_answer("demo", uid, 1, "99999", "a writer that came back")
    order_lab.now = NOON + TEN
    order_lab.export_orders(end=NOON + 2 * TEN)
    assert f"in Specter twice, as {first} and 99999" in caplog.text
    assert [(one.cause, one.kind) for one in order_lab.orders.messages("demo")] == [
        (f"an order is in specter twice: {first}", "opened")
    ]
