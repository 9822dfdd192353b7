"""Finding an order by what a person typed: the ledger first, then the shop (rule 13)."""

from __future__ import annotations

import pytest
from scan_lab import NOON, TEN, ScanLab

from abicart_specter.errors import RecordError
from abicart_specter.flows.orders.lookup import LookedUp, look_up
from abicart_specter.ledger import FoundOrder


def look(lab: ScanLab, *names: str, dry_run: bool = False) -> list[LookedUp]:
    ctx = lab.context(flow="order_export_single")
    ctx.dry_run = dry_run
    if not dry_run:
        ctx.begin()
    lab.last = ctx
    with lab.export.abicart() as client:
        return look_up(ctx, client, names, lab.mapping.names)


def number_of(lab: ScanLab, uid: int) -> str:
    with lab.export.abicart() as client:
        return client.orders.get_orders([uid])[uid]["orderNumber"]


def calls(lab: ScanLab) -> int:
    return int(lab.abicart_server.control.counters()["requests"])


def test_what_the_ledger_knows_costs_no_request(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    number = number_of(lab, uid)
    lab.scan()
    before = calls(lab)
    assert look(lab, number) == [LookedUp(number, uid, number)]
    assert calls(lab) == before
    assert lab.orders.found(lab.last.run) == {uid}


@pytest.mark.parametrize("allowed", ["allowed", "refused"])
def test_what_it_does_not_know_is_asked_of_the_shop(lab: ScanLab, allowed: str) -> None:
    lab.abicart_server.control.switches(order_number_filter=allowed)
    placed = [lab.place(NOON - TEN / 2) for _ in range(3)]
    numbers = [number_of(lab, uid) for uid in placed]
    assert [one.uid for one in look(lab, *numbers)] == placed
    assert lab.orders.found(lab.last.run) == set(placed)
    assert set(lab.orders.states("demo", placed)) == set(placed)


def test_a_uid_is_taken_too_and_each_order_comes_once(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    number = number_of(lab, uid)
    assert look(lab, str(uid), number) == [LookedUp(str(uid), uid, number)]


def test_a_number_wins_over_a_uid_that_looks_like_it(lab: ScanLab) -> None:
    """The ledger knows an order whose uid is what was typed; the shop has another one of that number."""
    wanted = lab.place(NOON - TEN / 2)
    number = number_of(lab, wanted)
    ctx = lab.context()
    ctx.begin()
    lab.orders.record_found(ctx.run, [FoundOrder(int(number), "777", NOON, "0" * 64, 0)])
    assert [one.uid for one in look(lab, number)] == [wanted]


def test_unknown_ones_are_all_named_and_nothing_is_recorded(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    with pytest.raises(RecordError, match="no order 999, 998, neither") as error:
        look(lab, "999", number_of(lab, uid), "998")
    assert error.value.rule == "order_not_found"
    assert lab.orders.states("demo", [uid]) == {}


def test_a_cart_is_no_order(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2, cart=True)
    with pytest.raises(RecordError, match="no order"):
        look(lab, str(uid))


def test_a_dry_run_records_nothing(lab: ScanLab) -> None:
    uid = lab.place(NOON - TEN / 2)
    assert [one.uid for one in look(lab, str(uid), dry_run=True)] == [uid]
    assert lab.orders.states("demo", [uid]) == {}
