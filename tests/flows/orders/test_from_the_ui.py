"""What people met when they used the order export in Airflow's pages."""

from __future__ import annotations

import csv
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from order_lab import OrderLab
from scan_lab import NOON, TEN, TERMS, ScanLab

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import ConfigurationError, IncompleteRunError, RecordError
from abicart_specter.flows.orders.duplicate_check import require_yes
from abicart_specter.flows.orders.order_lines import ORDER_COLUMNS, amount, order_cells
from abicart_specter.flows.orders.report_orders import report_orders, require_none_red
from abicart_specter.flows.orders.send_orders import ChunkSummary
from abicart_specter.flows.orders.single import single_order
from abicart_specter.flows.orders.single_request import SingleRequest
from abicart_specter.flows.reports import log_table, run_folder


def test_a_dry_run_of_a_wrong_number_is_not_green() -> None:
    require_none_red("demo", 0)
    with pytest.raises(IncompleteRunError) as error:
        require_none_red("demo", 1)
    assert "the task before this one is red" in str(error.value)
    assert "trigger a new run" in error.value.remedy


def test_a_table_narrower_than_its_title_does_not_break_the_title(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test_from_the_ui")
    with caplog.at_level(logging.INFO, log.name):
        log_table(log, "Dry run of shop demo: nothing was written", ("what", "count"), [("sent", 1)])
    assert caplog.messages[0] == "Dry run of shop demo: nothing was written"
    assert ["what", "count"] in [line.split() for line in caplog.messages]
    assert ["sent", "1"] in [line.split() for line in caplog.messages]


@pytest.mark.parametrize("answer", [False, None, "true", 1])
def test_nothing_is_sent_twice_without_a_yes(answer: object) -> None:
    require_yes(True)
    with pytest.raises(ConfigurationError) as error:
        require_yes(answer)  # type: ignore[arg-type]
    assert "switched on" in error.value.remedy


def test_amounts_in_a_file_have_two_decimals_and_lose_none() -> None:
    assert [amount(one) for one in ("0", "2458.4", "-50", "0.125", 1998)] == [
        "0.00",
        "2458.40",
        "-50.00",
        "0.125",
        "1998.00",
    ]


def test_proofs_read_alike_in_every_column(order_lab: OrderLab) -> None:
    lab = order_lab
    lab.place(NOON - TEN / 2)
    ran = lab.export_orders()
    text = (run_folder(ran.run.ctx) / "proofs.csv").read_text("utf-8-sig")
    lines = list(csv.DictReader(text.splitlines(), delimiter=";"))
    amounts = [line[name] for line in lines for name in line if name.endswith(("_ex", "_vat", "_total"))]
    amounts += [line[name] for line in lines for name in ("rounding", "gift_cards_used", "gift_cards_sold")]
    assert lines
    assert [one for one in amounts if not re.fullmatch(r"-?\d+\.\d\d", one)] == []


def test_orders_csv_says_when_nobody_knows_the_version(order_lab: OrderLab) -> None:
    lab = order_lab
    lab.place(NOON - TEN / 2)
    ran = lab.export_orders()
    (order,) = lab.export.ledger.orders.iter_order_outcomes(ran.run.ctx.run)
    reason = ORDER_COLUMNS.index("reason")
    assert "version" not in str(order_cells(order)[reason])
    assert "nobody knows which version" in str(order_cells(replace(order, version_unknown=True))[reason])


def test_a_red_report_says_only_what_helps(lab: ScanLab) -> None:
    lab.place(NOON - TEN / 2)
    run = lab.scan()
    with pytest.raises(IncompleteRunError) as error:
        lab.report(run)
    assert error.value.remedy == "Clear the whole run: that is always safe."


@pytest.mark.parametrize(
    ("what", "told", "not_told"),
    [
        ("edit_order", "comes to the new total", "payment code"),
        ("discard_order", "Covered when the order is cancelled", "Credit the difference"),
        ("refund", "Credit the difference", "Covered when"),
    ],
)
def test_what_to_do_about_payments_fits_what_happened(
    lab: ScanLab, what: str, told: str, not_told: str
) -> None:
    lab.now = datetime.now(UTC).replace(microsecond=0)
    lab.use(orders__orders_from=lab.now - 100 * TEN)
    uid = lab.place(lab.now - TEN / 2, paid=what == "refund")
    lab.send(lab.scan())
    lab.now += TEN
    with lab.export.abicart() as client:
        item = client.orders.get_orders([uid])[uid]["items"][0]["uid"]
    lab.edit(what, uid=uid, **({"quantity": {item: 3}} if what == "edit_order" else {}))
    lab.changes()
    words = str([one.differences for one in lab.orders.changes_of("demo", uid)])
    assert told in words
    assert not_told not in words


def changed(lab: ScanLab) -> int:
    """An order in Specter that was edited in the shop afterwards, and listed."""
    lab.now = datetime.now(UTC).replace(microsecond=0)
    lab.use(orders__orders_from=lab.now - 100 * TEN)
    uid = lab.place(lab.now - TEN / 2)
    lab.send(lab.scan())
    lab.now += TEN
    with lab.export.abicart() as client:
        item = client.orders.get_orders([uid])[uid]["items"][0]["uid"]
    lab.edit("edit_order", uid=uid, quantity={item: 3})
    lab.changes()
    assert [one.uid for one in lab.orders.open_changes("demo")] == [uid]
    return uid


def dealt_with(lab: ScanLab, uid: int, who: str = "anna") -> ChunkSummary:
    request = SingleRequest.from_params({"numbers": str(uid), "dry_run": False, "change_dealt_with": True})
    ctx = lab.context(flow="order_export_single")
    try:
        return single_order(ctx, request, lab.mapping, TERMS, who=who)
    finally:  # whatever is asked for, every order named has an outcome
        report = report_orders(ctx)
        assert (report.found, report.unchanged) == (1, 1)


def test_a_change_that_a_person_dealt_with_is_listed_no_more_until_the_next_one(lab: ScanLab) -> None:
    uid = changed(lab)
    assert dealt_with(lab, uid).outcomes == {Outcome.UNCHANGED: 1}
    assert lab.orders.open_changes("demo") == []
    assert [one.closed_by for one in lab.orders.changes_of("demo", uid)] == ["anna"]
    lab.changes()
    assert lab.orders.open_changes("demo") == []
    assert dealt_with(lab, uid, who="bertil").outcomes == {Outcome.UNCHANGED: 1}  # the task was cleared
    assert [one.closed_by for one in lab.orders.changes_of("demo", uid)] == ["anna"]
    lab.edit("discard_order", uid=uid)
    lab.changes()
    assert [one.kind for one in lab.orders.open_changes("demo")] == ["cancelled"]


def test_an_order_named_by_a_person_has_its_line(lab: ScanLab, caplog: pytest.LogCaptureFixture) -> None:
    uid = changed(lab)
    with caplog.at_level(logging.INFO):
        dealt_with(lab, uid)
    assert [one for one in caplog.messages if one.startswith("Order ") and ": unchanged" in one]


def test_nothing_to_deal_with_is_said(lab: ScanLab) -> None:
    changed(lab)
    other = lab.place(lab.now - TEN / 2)
    lab.send(lab.scan())
    with pytest.raises(RecordError, match="nothing to deal with"):
        dealt_with(lab, other)
    assert len(lab.orders.open_changes("demo")) == 1


def test_dealt_with_and_another_answer_contradict_each_other() -> None:
    with pytest.raises(ConfigurationError, match="contradict"):
        SingleRequest.from_params({"numbers": "1", "dry_run": False, "change_dealt_with": True, "link_to": 7})
    with pytest.raises(ConfigurationError, match="dry run"):
        SingleRequest.from_params({"numbers": "1", "dry_run": True, "change_dealt_with": True})
    assert SingleRequest.from_params({"numbers": "1 2", "dry_run": False, "change_dealt_with": True}).numbers
