"""Mixes of open questions and faults. However the first run ends, at the end every order is in Specter once and right.

``--order-mixes N`` for more. The seed is the test's name, so ``-k "[17]"`` runs one mix again.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from order_mixes import Draw, OrderMix
from order_set import FEW, HELD, OrderSet, expected_outcomes, wanted_orders
from order_switches import Different
from switch_lab import Ran, SwitchLab, set_settings

from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import AbicartSpecterError

log = logging.getLogger(__name__)

MODES = ("strict", "lenient", "chaos")
THERE = {"sent", "linked", "unchanged"}


def options(page_size: int) -> HttpOptions:
    return HttpOptions(
        connect_timeout=2.0, read_timeout=5.0, max_tries=4, base_wait=0.01, max_wait=0.05, page_size=page_size
    )


def test_after_a_mix_every_order_is_there_once_and_right(
    new_lab: Any, abicart_session: Any, order_mix_seed: int
) -> None:
    abicart_session.control.reset(seed={"items": 24, "faults": 0, "orders": 0, "customers": 6})
    mix = Draw(order_mix_seed).mix(list(wanted_orders(abicart_session.control)))
    log.warning("%s", mix)
    lab, placed = new_lab(
        abicart_switches=mix.switches["abicart"],
        specter_switches=mix.switches["specter"],
        settings=set_settings(**mix.settings),
        names=mix.names,
    )
    lab.export.options = options(mix.page_size)
    arm(lab, mix)
    first = lab.run(tries=mix.tries)
    log.warning("first run: %s, %s", first.outcomes, first.errors)
    check_run(lab, placed, first)
    for server in (lab.abicart_server, lab.specter_server):
        server.control.clear_faults()
    lab.now += timedelta(minutes=10)
    second = lab.run()
    check_run(lab, placed, second)
    answered = answer(lab, placed)
    lab.now += timedelta(minutes=10)
    third = lab.run()
    log.warning("answered %s; then %s", answered, third.outcomes)
    check_end(lab, placed, mix, third)


@pytest.mark.parametrize("modes", list(product(MODES, MODES)), ids="-".join)
def test_in_every_mode_the_end_is_the_same(new_lab: Any, modes: tuple[str, str]) -> None:
    lab, placed = new_lab(modes=modes, names=FEW)
    lab.export.options = options(100)
    first = lab.run(tries=3)
    check_run(lab, placed, first)
    expected = expected_outcomes(placed)
    if "chaos" not in modes:
        assert first.errors == []
        assert {name: first.outcomes[number] for name, number in placed.numbers.items()} == expected
    for server in (lab.abicart_server, lab.specter_server):
        server.control.clear_faults()
    lab.now += timedelta(minutes=10)
    check_run(lab, placed, lab.run())
    answer(lab, placed)
    lab.now += timedelta(minutes=10)
    nothing_drawn = OrderMix(0, FEW, {"abicart": {}, "specter": {}}, (), {}, {}, 100, 1)
    check_end(lab, placed, nothing_drawn, lab.run())


def arm(lab: SwitchLab, mix: OrderMix) -> None:
    for server, system in ((lab.abicart_server, "abicart"), (lab.specter_server, "specter")):
        for fault in mix.faults[system]:
            server.control.fault(**fault)


def check_run(lab: SwitchLab, placed: OrderSet, ran: Ran) -> None:
    """Only errors of ours; every order found has one outcome; nothing is in Specter twice."""
    assert [error for error in ran.errors if not isinstance(error, AbicartSpecterError)] == []
    found = lab.orders.found(ran.ctx.run)
    gaps = lab.orders.outcome_gaps(ran.ctx.run)
    assert gaps.unexpected == 0
    assert len(ran.outcomes) + gaps.missing == len(found)
    if not ran.errors:
        assert gaps.missing == 0 and len(found) == len(placed.uids)
    doubles = Counter(one["external_number"] for one in lab.specter_orders())
    assert set(doubles.values()) <= {1}


def answer(lab: SwitchLab, placed: OrderSet) -> dict[str, str]:
    """What a person answers in the form about each order whose answer was lost, having looked in Specter."""
    there = lab.in_specter()
    given = {}
    for name, number in placed.numbers.items():
        state = lab.orders.states("demo", [placed.uids[name]])[placed.uids[name]]
        if state.state != "unconfirmed":
            continue
        if number in there:
            lab.single(number, link_to=int(there[number]["number"]))
            given[name] = "linked"
        else:
            assert lab.single(number, looked_not_there=True)[Outcome.SENT] == 1
            given[name] = "sent"
    return given


def expected_of(placed: OrderSet, others: tuple[Different, ...]) -> dict[str, tuple[str, str]]:
    """By default, and by what the mix's switches change."""
    changed = {name: outcome for one in others for name, outcome in one.outcomes.items() if name not in HELD}
    return expected_outcomes(placed, **changed)


def check_end(lab: SwitchLab, placed: OrderSet, mix: OrderMix, last: Ran) -> None:
    expected = expected_of(placed, mix.others)
    assert last.errors == []
    for name, number in placed.numbers.items():
        outcome, rule = last.outcomes[number]
        if expected[name][0] == "sent":
            assert outcome in THERE, (name, last.reasons[number])
        else:
            assert (outcome, rule) == expected[name], last.reasons[number]
    sent = {name: total for name, total in placed.to_pay.items() if expected[name][0] == "sent"}
    assert {placed.name_of(number): total for number, total in lab.totals().items()} == sent
    check_customers(lab, placed, set(sent))
    check_marks(lab, placed, mix, set(sent))


def check_customers(lab: SwitchLab, placed: OrderSet, sent: set[str]) -> None:
    """One customer for each buyer."""
    buyers = len(sent) - (sent >= {"mixed_rates", "same_buyer_again"})
    there = lab.in_specter()
    used = {there[placed.numbers[name]]["customer_number"] for name in sent}
    assert len(used) == buyers
    assert lab.specter_server.control.inspect("customer_doubles") == {"email": {}, "orgno": {}}


def check_marks(lab: SwitchLab, placed: OrderSet, mix: OrderMix, sent: set[str]) -> None:
    """Specter's number stands on every order in the shop, where the shop takes it and Specter told it."""
    writable = mix.switches["abicart"].get("order_marks", "writable") == "writable"
    there = lab.in_specter()
    for name in sent:
        mark = lab.shop_order(placed.uids[name])["externalOrderNumber"]
        state = lab.orders.states("demo", [placed.uids[name]])[placed.uids[name]]
        known = state.specter_order_no
        assert known in (None, str(there[placed.numbers[name]]["number"]))
        assert (mark or None) == (known if writable else None), name
