"""Drawn disasters: other ways of both systems, other settings, lost or old ledgers, lost answers and marks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from rebuild_lab import TEN, TRUSTED, RebuildLab

from abicart_specter.ledger import OrderState

ABICART: Mapping[str, tuple[Any, ...]] = {
    "time_format": ("offset", "z", "blank", "naive"),
    "list_limit": ("500", "100", "none"),
    "uid_type": ("int", "string"),
    "range_bounds": ("inclusive", "exclusive"),
    "order_expansion": ("inline", "uids"),
    "order_number_filter": ("allowed", "refused"),
    "uid_filter": ("allowed", "refused"),
    "changed_filter": ("allowed", "refused"),
    "order_marks": ("writable", "forbidden", "refused"),
    "empty_object": ("object", "array"),
}
SPECTER: Mapping[str, tuple[Any, ...]] = {
    "xml_success_id": ("code", "child_id"),
    "error_status": ("200", "500"),
    "duplicate_order": ("refuse", "return_old"),
    "stock_on_update": ("ignored", "applied"),
    "match_without_force": ("kept", "updated"),
    "response_limit": (500, 3),
}
SETTINGS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "marks": ({}, {"orders__write_number_to_shop": False}),
    "control": ({}, TRUSTED),
    "prefix": ({}, {"orders__number_prefix": "B-"}),
    "customers": (
        {},
        {"customers__ignore_email": True},
        {"customers__ignore_email": True, "customers__ignore_organisation_number": True},
    ),
    "pages": ({}, {"limits__page_size": 10}),
    "masters": ({}, {"imports__price": True, "imports__vat": True}),
}


@dataclass(frozen=True)
class Variant:
    """What was drawn."""

    abicart: dict[str, Any]
    specter: dict[str, Any]
    settings: dict[str, Any]
    lost: bool
    stopped: bool
    seed: int

    @classmethod
    def draw(cls, seed: int) -> Variant:
        draw = random.Random(seed)
        settings: dict[str, Any] = {}
        for choices in SETTINGS.values():
            settings |= draw.choice(choices)
        some = {name: draw.choice(values) for name, values in ABICART.items() if draw.random() < 0.5}
        others = {name: draw.choice(values) for name, values in SPECTER.items() if draw.random() < 0.5}
        return cls(some, others, settings, draw.random() < 0.5, draw.random() < 0.5, seed)


@pytest.mark.parametrize("seed", range(24))
def test_nothing_twice_nothing_lost(lab: RebuildLab, seed: int) -> None:
    variant = Variant.draw(seed)
    lab.abicart_server.control.switches(**variant.abicart)
    lab.specter_server.control.switches(**variant.specter)
    lab.settings_are(**variant.settings)
    draw = random.Random(seed + 1000)
    first = lab.sell(draw.randint(2, 8))
    lab.export_all(runs=1)
    saved = lab.save()
    lab.specter_server.control.fault(
        "drop_after", action="newOrderSubmit", count=2, probability=0.3, seed=seed
    )
    lab.abicart_server.control.fault("drop_before", action="Order.set", count=4, probability=0.5, seed=seed)
    second = lab.sell(draw.randint(2, 8))
    lab.export_all(runs=1)
    for server in (lab.specter_server, lab.abicart_server):
        server.control.clear_faults()
    stopped = lab.now
    late = lab.sell(2)
    before = lab.in_specter()
    customers = len(lab.specter_server.control.inspect("customers", limit=1000))
    everything = first + second + late
    if variant.lost:
        lab.lose()
    else:
        lab.put_back(saved)
    rebuilt = lab.rebuild(stopped=stopped if variant.stopped else None)
    in_doubt = (
        first + second if variant.stopped else everything
    )  # those placed after the stop are nobody's question
    assert rebuilt.orders.listed == rebuilt.orders.counted == len(in_doubt)
    assert lab.in_specter() == before
    states = lab.states()
    for uid in everything:
        assert states.get(uid) in (
            (OrderState.LINKED, OrderState.SENT, OrderState.UNCONFIRMED, None)
            if uid in late and variant.stopped
            else (OrderState.LINKED, OrderState.SENT, OrderState.UNCONFIRMED)
        )
        if states.get(uid) is OrderState.LINKED:
            assert str(before[external(lab, uid)]) == lab.mark_of(uid)

    for _ in range(3):
        lab.later(TEN)
        lab.export_all(runs=1)
    assert {number: lab.in_specter().get(number) for number in before} == before
    assert set(lab.copies().values()) == {1}
    allowed = everything if "trusted" in str(variant.settings) else [] if not variant.stopped else late
    assert set(lab.in_specter()) - set(before) <= {external(lab, uid) for uid in allowed}
    answer_all(lab, before)
    assert lab.copies() == {external(lab, uid): 1 for uid in everything}
    assert {number: lab.in_specter()[number] for number in before} == before
    assert set(lab.states().values()) <= {OrderState.LINKED, OrderState.SENT}
    new = len(lab.specter_server.control.inspect("customers", limit=1000)) - customers
    assert new <= len(everything) - len(before), "a customer was made for an order that was there"
    stock = available(lab)
    lab.export.run()
    assert available(lab) == stock


def available(lab: RebuildLab) -> dict[str, Any]:
    articles = lab.specter_server.control.inspect("articles", limit=1000)
    return {one["number"]: one["available"] for one in articles}


def external(lab: RebuildLab, uid: int) -> str:
    return lab.export.settings.orders.number_prefix + lab.number_of(uid)


def answer_all(lab: RebuildLab, before: Mapping[str, int]) -> None:
    """People look at each order in question, and say what they see."""
    for uid in sorted(lab.in_state(OrderState.UNCONFIRMED)):
        number = lab.in_specter().get(external(lab, uid))
        if number is None:
            lab.single(uid, looked_not_there=True)
            if lab.states()[uid] is OrderState.UNCONFIRMED:  # its customer could not be told from another
                number = lab.in_specter().get(external(lab, uid))
        if number is not None:
            lab.single(uid, link_to=number)
