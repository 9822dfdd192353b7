"""An old backup of the ledger is put back: what went after it is not in it, and nothing of it is sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rebuild_lab import TRUSTED, RebuildLab

from abicart_specter.errors import ConfigurationError, LedgerError
from abicart_specter.flows.ledger_age import require_newest
from abicart_specter.ledger import OrderState


def test_fifty_orders_after_the_backup(lab: RebuildLab) -> None:
    lab.settings_are(orders__ripe__otherwise="paid")
    old = lab.sell(20, paid=True)
    waiting = lab.sell(3, paid=False)
    lab.export_all(runs=1)
    saved = lab.save()
    new = lab.sell(50, paid=True)
    # One that waited at the time of the backup is sent by hand after it.
    lab.single(lab.number_of(waiting[0]), although_not_ripe=True)
    lab.abicart_server.control.fault("drop_before", action="Order.set", count=12)
    lab.export_all(runs=1)
    lab.abicart_server.control.clear_faults()
    before = lab.in_specter()
    marked = {uid for uid in new if lab.mark_of(uid)}
    assert len(marked) < 50
    lab.put_back(saved)
    rebuilt = lab.rebuild()
    assert rebuilt.times.known_good is not None
    linked = marked | {uid for uid in waiting if lab.mark_of(uid)}
    assert lab.in_state(OrderState.LINKED) == linked
    assert lab.in_state(OrderState.SENT) == set(old)
    assert lab.in_state(OrderState.UNCONFIRMED) == (set(new) | set(waiting)) - linked
    lab.later(timedelta(minutes=20))
    later = lab.sell(3, paid=True)
    lab.export_all(runs=2)
    assert {number: lab.in_specter()[number] for number in before} == before
    assert set(lab.copies().values()) == {1}
    assert lab.in_state(OrderState.SENT) == set(old + later)


def test_it_is_noticed_by_itself(lab: RebuildLab) -> None:
    lab.settings_are(orders__write_number_to_shop=False)
    lab.sell(2)
    lab.export_all(runs=1)
    saved = lab.save()
    ctx = lab.context()
    require_newest(ctx, lab.seen)
    lab.sell(2)
    lab.export_all(runs=1)
    lab.put_back(saved, told=False)
    with pytest.raises(LedgerError, match="an old backup of the ledger was put back") as caught:
        require_newest(lab.context(), lab.seen)
    assert "ledger_rebuild__demo" in caught.value.remedy
    before = lab.in_specter()
    rebuilt = lab.rebuild(seen=lab.seen)
    assert rebuilt.orders.counts() | {"asked": 2, "kept": 2} == rebuilt.orders.counts()
    lab.beat()
    require_newest(lab.context(), lab.seen)
    lab.export_all(runs=2)
    assert lab.in_specter() == before


def test_a_ledger_that_is_the_newest_is_let_pass(lab: RebuildLab) -> None:
    require_newest(lab.context(), None)
    seen = lab.beat()
    lab.later(timedelta(minutes=1))
    require_newest(lab.context(), seen)
    with pytest.raises(LedgerError, match="never"):
        lab.lose()
        require_newest(lab.context(flow="ledger_rebuild"), seen)


def test_a_leave_that_a_person_gave_before_the_backup_is_used_up(lab: RebuildLab) -> None:
    """The person said "looked: not there, send"; it was sent after the backup, which still has the leave."""
    lab.settings_are(orders__write_number_to_shop=False)
    (uid,) = lab.sell(1)
    lab.specter_server.control.fault("drop_before", action="newOrderSubmit", count=1)
    lab.export_all(runs=1)
    assert lab.in_state(OrderState.UNCONFIRMED) == {uid}
    lab.orders.allow_resend("demo", uid, who="anna", why="looked")
    saved = lab.save()
    lab.export_all(runs=1)
    assert lab.copies() == {lab.number_of(uid): 1}
    lab.put_back(saved)
    lab.rebuild()
    lab.later(timedelta(minutes=20))
    lab.export_all(runs=2)
    assert lab.copies() == {lab.number_of(uid): 1}
    assert lab.in_state(OrderState.UNCONFIRMED) == {uid}


def test_the_time_of_the_backup_may_be_told(lab: RebuildLab) -> None:
    lab.settings_are(**TRUSTED)
    lab.sell(2)
    lab.export_all(runs=1)
    with pytest.raises(ConfigurationError, match="cannot know everything"):
        lab.rebuild(known_good=lab.now, stopped=lab.now - timedelta(hours=1))
    with pytest.raises(ConfigurationError, match="still to come"):
        lab.rebuild(known_good=lab.now, stopped=lab.now + timedelta(hours=1))
    rebuilt = lab.rebuild(known_good=lab.now - timedelta(minutes=30))
    assert rebuilt.orders.counts()["kept"] == 2
    assert lab.ledger.rebuild.of("demo").finished


def test_a_number_that_differs_from_the_ledgers_is_named(lab: RebuildLab) -> None:
    """Sent again as a new order after the backup: the shop shows the newer number, the backup knows the older one."""
    (uid,) = lab.sell(1)
    lab.export_all(runs=1)
    saved = lab.save()
    lab.single(lab.number_of(uid), send_again_reason="deleted in Specter")
    before = lab.in_specter()
    lab.put_back(saved)
    rebuilt = lab.rebuild()
    assert lab.mark_of(uid) in rebuilt.questions()[0]["question"]
    lab.export_all(runs=2)
    assert lab.in_specter() == before
