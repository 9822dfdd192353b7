"""The ledger is lost: no order is sent twice, none is forgotten, and nothing of Specter's is overwritten."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from rebuild_lab import TRUSTED, RebuildLab
from relay import Passing, relay_to

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LedgerError, OrdersMissedError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.ledger import Ledger, OrderState
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.ledger.rebuild.rules import LEDGER_LOST


def lossy(lab: RebuildLab) -> list[int]:
    """200 orders, of which some answers and some marks were lost, and some wait for their payment."""
    lab.settings_are(orders__ripe__otherwise="paid")
    uids = lab.sell(190, paid=True) + lab.sell(10, paid=False)
    for server, action in ((lab.specter_server, "newOrderSubmit"), (lab.abicart_server, "Order.set")):
        server.control.fault("drop_after", action=action, count=4, probability=0.3, seed=7)
    lab.abicart_server.control.fault("drop_before", action="Order.set", count=6, probability=0.3, seed=9)
    lab.export_all(runs=1)
    for server in (lab.specter_server, lab.abicart_server):
        server.control.clear_faults()
    return uids


def test_two_hundred_orders_with_faults(lab: RebuildLab) -> None:
    uids = lossy(lab)
    before = lab.in_specter()
    marked = {uid for uid in uids if lab.mark_of(uid)}
    assert 150 < len(marked) < 190
    lab.lose()
    rebuilt = lab.rebuild()
    states = lab.states()
    assert {uid for uid in uids if states[uid] is OrderState.LINKED} == marked
    assert {uid for uid in uids if states[uid] is OrderState.UNCONFIRMED} == set(uids) - marked
    assert {row["order"] for row in rebuilt.questions()} == {lab.number_of(uid) for uid in set(uids) - marked}
    for uid in marked:
        assert lab.orders.states("demo", [uid])[uid].specter_order_no == lab.mark_of(uid)
    assert rebuilt.orders.listed == rebuilt.orders.counted == len(uids)
    assert sum(rebuilt.orders.counts().values()) == len(uids)

    lab.later(timedelta(minutes=20))
    lab.export_all(runs=2)
    assert lab.in_specter() == before, "an export sent something that was in question"
    # People look: what Specter has is linked, what it has not is sent.
    for uid in sorted(set(uids) - marked):
        number = lab.number_of(uid)
        if number in before:
            lab.single(number, link_to=before[number])
        else:
            lab.single(number, looked_not_there=True, although_not_ripe=True)
    assert set(lab.copies().values()) == {1}
    assert set(lab.copies()) == {lab.number_of(uid) for uid in uids}
    assert set(lab.states().values()) <= {OrderState.LINKED, OrderState.SENT}


def test_where_the_duplicate_control_is_trusted_nobody_is_asked(lab: RebuildLab) -> None:
    lab.settings_are(**TRUSTED, orders__write_number_to_shop=False)
    uids = lab.sell(20)
    lab.export_all(runs=1)
    before = lab.in_specter()
    later = lab.sell(5)
    customers = len(lab.specter_server.control.inspect("customers", limit=1000))
    lab.lose()
    rebuilt = lab.rebuild()
    assert rebuilt.orders.counts()["asked"] == 25
    lab.later(timedelta(minutes=20))
    lab.export_all(runs=2)
    assert set(lab.copies().values()) == {1}
    assert {number: lab.in_specter()[number] for number in before} == before
    assert set(lab.copies()) == {lab.number_of(uid) for uid in uids + later}
    assert lab.in_state(OrderState.LINKED) == set(uids)
    assert lab.in_state(OrderState.SENT) == set(later)
    assert len(lab.specter_server.control.inspect("customers", limit=1000)) == customers


@pytest.mark.parametrize(
    "ignored", [{"customers__ignore_email": True, "customers__ignore_organisation_number": True}]
)
def test_a_buyer_who_would_be_made_twice_waits_for_a_person(
    lab: RebuildLab, ignored: dict[str, object]
) -> None:
    lab.settings_are(**TRUSTED, **ignored, orders__write_number_to_shop=False)
    lab.sell(4)
    lab.export_all(runs=1)
    customers = len(lab.specter_server.control.inspect("customers", limit=1000))
    before = lab.in_specter()
    lab.lose()
    lab.rebuild()
    lab.later(timedelta(minutes=20))
    lab.export_all(runs=2)
    assert lab.in_specter() == before
    assert len(lab.specter_server.control.inspect("customers", limit=1000)) == customers
    assert len(lab.in_state(OrderState.UNCONFIRMED)) == 4


def test_orders_after_the_loss_are_no_question(lab: RebuildLab) -> None:
    lab.settings_are(orders__write_number_to_shop=False)
    old = lab.sell(3)
    lab.export_all(runs=1)
    lab.later(timedelta(minutes=1))
    stopped = lab.now
    new = lab.sell(3)
    lab.lose()
    rebuilt = lab.rebuild(stopped=stopped)
    newest = lab.sell(2)
    assert rebuilt.orders.counts()["asked"] == len(old)
    lab.export_all(runs=1)
    assert lab.in_state(OrderState.UNCONFIRMED) == set(old)
    assert lab.in_state(OrderState.SENT) == set(new + newest)
    assert set(lab.copies().values()) == {1}


def test_the_shop_is_stopped_until_the_rebuild_is_complete(lab: RebuildLab) -> None:
    lab.sell(2)
    lab.export_all(runs=1)
    lab.lose()
    calls = lab.specter_server.control.counters()["calls"].get("newOrderSubmit", 0)
    for work in (
        lambda: lab.export_orders(),
        lambda: lab.export.run(),
        lambda: lab.night(),
        lambda: lab.stock_import(),
        lambda: check_shop(lab.context()),
        lambda: lab.single("1"),
    ):
        with pytest.raises(LedgerError, match="its rebuild is needed") as caught:
            work()
        assert "ledger_rebuild__demo" in caught.value.remedy
    lab.rebuild()
    lab.export_all(runs=1)
    assert lab.specter_server.control.counters()["calls"].get("newOrderSubmit", 0) == calls


def test_an_unfinished_rebuild_stops_it_too(lab: RebuildLab) -> None:
    lab.sell(2)
    lab.export_all(runs=1)
    lab.lose()
    lab.abicart_server.control.fault("drop_before", action="Order.list", count=None)
    with pytest.raises(Exception, match=r"Order\.list"):
        lab.rebuild()
    lab.abicart_server.control.clear_faults()
    with pytest.raises(LedgerError, match="its rebuild is under way"):
        lab.export_orders()
    cut = lab.ledger.rebuild.of("demo").cut
    lab.later(timedelta(hours=1))
    assert lab.rebuild().times.cut == cut


def test_a_dry_run_shows_the_same_and_changes_nothing(lab: RebuildLab) -> None:
    lab.sell(6)
    lab.export_all(runs=1)
    lab.sell(2)
    lab.lose()
    before = lab.dump_ledger()
    dry = lab.rebuild(dry_run=True)
    assert lab.dump_ledger() == before
    assert len(dry.questions()) == 2
    real = lab.rebuild()
    assert real.orders.counts() == dry.orders.counts()
    assert real.questions() == dry.questions()


def test_a_second_rebuild_of_a_whole_ledger_asks_nobody(lab: RebuildLab) -> None:
    lab.sell(3)
    lab.export_all(runs=1)
    with pytest.raises(LedgerError, match="whole as far as it knows"):
        lab.rebuild()
    lab.lose()
    lab.rebuild()
    with pytest.raises(LedgerError, match="whole as far as it knows"):
        lab.rebuild(dry_run=True)


def test_a_mark_that_cannot_be_the_orders_number_is_for_a_person(lab: RebuildLab) -> None:
    lab.settings_are(**TRUSTED)
    first, second, third = lab.sell(3)
    lab.export_all(runs=1)
    lab.edit("Order", uid=second, patch={"externalOrderNumber": lab.mark_of(first)})
    lab.edit("Order", uid=third, patch={"externalOrderNumber": "ring Greta"})
    before = lab.in_specter()
    lab.lose()
    rebuilt = lab.rebuild()
    assert rebuilt.orders.counts() | {"linked": 1, "person": 2} == rebuilt.orders.counts()
    assert not any("Greta" in str(row) for row in rebuilt.questions())
    lab.later(timedelta(minutes=20))
    lab.export_all(runs=2)
    assert lab.in_specter() == before
    assert lab.in_state(OrderState.UNCONFIRMED) == {second, third}


def test_a_cancelled_order_is_listed_and_never_sent(lab: RebuildLab) -> None:
    lab.settings_are(orders__write_number_to_shop=False)
    sent, _ = lab.sell(2)
    lab.export_all(runs=1)
    lab.edit("discard_order", uid=sent)
    lab.lose()
    rebuilt = lab.rebuild()
    assert rebuilt.orders.counts()["cancelled"] == 1
    assert lab.in_state(OrderState.EXCLUDED) == {sent}
    assert (
        "cancel it there" in next(row for row in rebuilt.questions() if row["uid"] == str(sent))["question"]
    )


def test_an_order_that_the_shop_lists_late_is_asked_about(lab: RebuildLab) -> None:
    lab.settings_are(**TRUSTED)
    lab.sell(2)
    lab.export_all(runs=1)
    lab.lose()
    lab.rebuild()
    late = lab.place(lab.now - timedelta(hours=2))
    lab.later(timedelta(minutes=20))
    run = lab.scan()
    lab.sweep(run)
    (record,) = lab.orders.states("demo", [late]).values()
    assert (record.state, record.rule) == (OrderState.UNCONFIRMED, LEDGER_LOST)
    lab.export_all(runs=2)
    assert lab.number_of(late) not in lab.copies()


def test_a_list_that_leaves_an_order_out_leaves_the_rebuild_unfinished(lab: RebuildLab) -> None:
    lab.sell(3)
    lab.lose()

    def shorten(passing: Passing) -> None:
        if passing.action == "Order.list":
            answer = json.loads(passing.answer)
            answer["result"] = answer["result"][1:]
            passing.answer = json.dumps(answer).encode("utf-8")

    direct = lab.export.abicart_url
    with relay_to(direct, after=shorten) as relay:
        lab.export.abicart_url = relay.url
        with pytest.raises(OrdersMissedError, match=r"counts 3 orders .* but lists 2"):
            lab.rebuild()
    with pytest.raises(LedgerError, match="under way"):
        lab.export_orders()
    lab.export.abicart_url = direct
    assert lab.rebuild().orders.counts()["asked"] == 3


def test_a_new_empty_ledger_is_not_taken_for_the_lost_one(lab: RebuildLab, tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    upgrade(url)
    with Ledger.open(url) as ledger, pytest.raises(LedgerError, match="Ledger lost or swapped") as caught:
        ledger.check_identity(lab.ledger.id)
    assert "ledger replace" in caught.value.remedy
    known = lab.ledger.id
    lab.lose()
    lab.ledger.check_identity(known)
    with pytest.raises(LedgerError, match="lost or swapped"):
        lab.ledger.check_identity("another one")


def test_a_later_order_of_an_old_buyer_goes_to_the_same_customer(lab: RebuildLab) -> None:
    lab.sell(5)
    lab.export_all(runs=1)
    customers = len(lab.specter_server.control.inspect("customers", limit=1000))
    lab.lose()
    lab.rebuild()
    lab.sell(5)
    ran = lab.export_all(runs=1)
    assert len(lab.specter_server.control.inspect("customers", limit=1000)) == customers
    assert ran.report is not None
    assert lab.orders.state_counts("demo")[OrderState.SENT] == 5


def test_the_sets_of_the_run_add_up(lab: RebuildLab, caplog) -> None:
    lab.sell(4)
    lab.export_all(runs=1)
    lab.sell(1)
    lab.lose()
    with caplog.at_level(logging.INFO):
        rebuilt = lab.rebuild()
    outcomes = lab.orders.outcome_counts(rebuilt.ctx.run)
    assert (outcomes[Outcome.LINKED], outcomes[Outcome.UNCONFIRMED]) == (4, 1)
    assert "5 were listed, the shop counts 5" in caplog.text
    record = lab.ledger.get_run(rebuilt.ctx.run)
    assert record is not None
    assert record.summary["orders"]["linked"] == 4
