"""An order of which all detail was cleaned up is still the same order: found again, it is not sent a second time."""

from __future__ import annotations

from datetime import timedelta

from order_lab import NOON, OrderLab

from abicart_specter.domain.records import Outcome
from abicart_specter.flows.orders.window import RunKind
from abicart_specter.ledger import Keep, Ledger

STRICTEST = Keep(runs=1, run_days=7, detail_days=1, flag_days=7, inbox_days=7, sbm_id=1000)


def test_an_order_found_again_after_a_year_is_not_sent_twice(order_lab: OrderLab) -> None:
    lab = order_lab
    lab.export.ledger.close()
    lab.export.ledger = Ledger.open(lab.export.ledger_url, clock=lambda: lab.now)
    uid = lab.place(NOON - timedelta(minutes=5))
    assert lab.outcome(lab.export_orders().run, uid)[0] is Outcome.SENT
    sent = lab.specter_orders()
    lab.now += timedelta(days=400)
    lab.export_orders()  # so that the run that sent it is not the last of its flow
    removed = {one.name: one.gone for one in lab.export.ledger.keeping.clean_up("demo", STRICTEST)}
    assert removed["order_details"] == 1
    assert removed["outcomes"] >= 1
    # By a backfill of that day, after an edit in the shop, and by number.
    lab.edit("edit_order", uid=uid, custom=[{"name": "note", "value": "later"}])
    found = lab.export_orders(RunKind.BACKFILL, NOON - timedelta(days=1), NOON + timedelta(days=1))
    assert lab.outcome(found.run, uid)[0] is Outcome.UNCHANGED
    assert lab.single(lab.shop_order(uid)["orderNumber"]) == {Outcome.UNCHANGED: 1}
    assert lab.specter_orders() == sent
