"""Orders that were touched after export: edited, cancelled, refunded, or only marked by ourselves."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from scan_lab import TEN, ScanLab


@pytest.fixture
def lab(lab: ScanLab) -> ScanLab:
    """Changes are stamped with the shop's own clock, so this is the present."""
    lab.now = datetime.now(UTC).replace(microsecond=0)
    lab.use(orders__orders_from=lab.now - 100 * TEN)
    return lab


def sent(lab: ScanLab, **wanted: object) -> int:
    """An order in Specter, in the run before the next one."""
    uid = lab.place(lab.now - TEN / 2, **wanted)
    lab.send(lab.scan())
    lab.now += TEN
    return uid


def row(lab: ScanLab, uid: int) -> int:
    with lab.export.abicart() as client:
        return client.orders.get_orders([uid])[uid]["items"][0]["uid"]


def kinds(lab: ScanLab, uid: int) -> set[str]:
    return {one.kind for one in lab.orders.changes_of("demo", uid) if one.closed_at is None}


def test_nothing_was_sent_so_nothing_is_compared(lab: ScanLab) -> None:
    lab.place(lab.now - TEN / 2)
    assert "find_changes" in lab.scan().needless
    lab.now += TEN
    assert "find_changes" in lab.scan().needless


def test_an_edited_order_is_listed_with_what_differs(lab: ScanLab, caplog) -> None:
    uid = sent(lab)
    lab.edit("edit_order", uid=uid, quantity={row(lab, uid): 3})
    run = lab.scan()
    assert "find_changes" not in run.needless
    with caplog.at_level(logging.INFO):
        summary = lab.changes(run.ctx)
    assert (summary.compared, summary.edited, summary.cancelled) == (1, 1, 0)
    assert kinds(lab, uid) == {"edited"}
    assert "quantity" in caplog.text
    assert lab.export.ledger.flag_counts(run.ctx.run)["order_edited"] == 1
    assert lab.to_send(run) == set()


def test_it_is_news_once(lab: ScanLab) -> None:
    uid = sent(lab)
    lab.edit("edit_order", uid=uid, quantity={row(lab, uid): 3})
    assert lab.changes().edited == 1
    assert lab.changes().edited == 0
    lab.edit("edit_order", uid=uid, quantity={row(lab, uid): 4})
    assert lab.changes().edited == 1


def test_an_edit_that_was_undone_is_closed(lab: ScanLab) -> None:
    uid = sent(lab)
    lab.edit("edit_order", uid=uid, quantity={row(lab, uid): 3})
    lab.changes()
    lab.edit("edit_order", uid=uid, quantity={row(lab, uid): 1})
    lab.changes()
    assert kinds(lab, uid) == set()


def test_a_cancelled_order(lab: ScanLab) -> None:
    uid = sent(lab)
    lab.edit("discard_order", uid=uid)
    summary = lab.changes()
    assert (summary.edited, summary.cancelled) == (0, 1)
    assert kinds(lab, uid) == {"cancelled"}


def test_a_refund(lab: ScanLab) -> None:
    uid = sent(lab, paid=True)
    lab.edit("refund", uid=uid, amount="10")
    assert lab.changes().refunded == 1
    assert "refunded" in kinds(lab, uid)


def test_a_payment_and_our_own_mark_are_no_change(lab: ScanLab) -> None:
    uid = sent(lab)
    with lab.export.abicart() as client:
        payment = client.orders.get_orders([uid])[uid]["payments"][0]["uid"]
        assert client.orders.mark_orders([(uid, str(700_000 + uid))])[uid].ok
    lab.edit("Payment", uid=payment, patch={"status": "paid"})
    lab.edit("Order", uid=uid, patch={"note": "packas i morgon"})
    summary = lab.changes()
    assert (summary.compared, summary.edited, summary.cancelled, summary.refunded) == (1, 0, 0, 0)


def test_a_linked_order_without_a_snapshot_shows_at_least_that_it_was_cancelled(lab: ScanLab) -> None:
    uid = lab.place(lab.now - TEN / 2)
    run = lab.scan()
    lab.orders.link("demo", uid, "812345", who="someone", why="found in Specter", run=run.ctx.run)
    lab.edit("edit_order", uid=uid, quantity={row(lab, uid): 3})
    assert lab.changes().edited == 0
    lab.edit("discard_order", uid=uid)
    assert lab.changes().cancelled == 1


def test_without_the_setting_nothing_is_asked(lab: ScanLab) -> None:
    uid = sent(lab)
    lab.use(orders__report_edited=False)
    lab.edit("discard_order", uid=uid)
    assert "find_changes" in lab.scan().needless


def test_a_shop_that_refuses_to_filter_by_change_is_asked_otherwise(lab: ScanLab) -> None:
    lab.abicart_server.control.switches(changed_filter="refused")
    uid = sent(lab)
    lab.edit("discard_order", uid=uid)
    assert "find_changes" not in lab.scan().needless
    assert lab.changes().cancelled == 1


def test_no_buyer_shows_when_an_address_is_changed(lab: ScanLab, caplog) -> None:
    uid = sent(lab)
    lab.edit(
        "edit_order", uid=uid, customer={"address": {"lastName": "Zebrastjärna", "address": "Okapigatan 7"}}
    )
    with caplog.at_level(logging.DEBUG):
        assert lab.changes().edited == 1
    assert "Zebrastjärna" not in caplog.text
    assert "Okapi" not in str(lab.orders.open_changes("demo"))
