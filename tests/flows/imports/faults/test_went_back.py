"""A write whose answer was lost, and Specter goes back to the value before it: the shop must not keep the new one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from signal import SIGKILL

import pytest
from cut_line import ARRIVES, BEFORE, Cut, cut_line
from import_people import People
from import_stage import HOUR, SETTINGS, ImportStage
from import_tasks import NIGHT, ImportDag, Wanted

OTHERS = [(ARRIVES, True), (BEFORE, False)]
"""Moments, and whether the run whose worker was killed is tried again before the next night."""
APPROVED = dict.fromkeys(("price", "vat", "text"), "approve")


@dataclass
class Told:
    """What is told of a product first, and what it is told to be again when the write was lost."""

    first: dict[str, object]
    back: dict[str, object]


def _told(what: str, people: People, number: str) -> Told:
    now = people.history[number][-1]
    higher, lower = str(now.price + 10), str(now.price - 5)
    return {
        "price": Told({"price": higher}, {"price": str(now.price)}),
        "name": Told({"name": "Another name"}, {"name": now.name}),
        "vat": Told({"vat_percent": 12}, {"vat_percent": str(now.vat)}),
        "price and vat": Told(
            {"price": higher, "vat_percent": 12}, {"price": str(now.price), "vat_percent": str(now.vat)}
        ),
        "sale": Told(
            {"price": lower, "old_price": str(now.price), "show_old_price": True},
            {"price": str(now.price), "show_old_price": False},
        ),
        "higher sale": Told(
            {"price": higher, "old_price": str(now.price + 20), "show_old_price": True},
            {"price": str(now.price), "show_old_price": False},
        ),
    }[what]


WHATS = ["price", "name", "vat", "price and vat", "sale", "higher sale"]
CASES = [
    *((what, ARRIVES, False) for what in WHATS),
    *((what, moment, again) for what in ("price", "higher sale") for moment, again in OTHERS),
]


@pytest.mark.parametrize(("what", "moment", "again"), CASES)
def test_back_to_what_it_was(stage: ImportStage, what: str, moment: str, again: bool) -> None:
    stage.restore()
    people = People(stage)
    number = people.plain[1]
    uid = next(one["uid"] for one in stage.items if one["product_number"] == number)
    before = _shown(stage, uid)
    told = _told(what, people, number)
    stage.specter.edit("article.change", number=number, **told.first)
    night = Wanted("night", NIGHT, APPROVED)
    with cut_line(stage.abicart.url, Cut("Article.set", 1, moment, kill=True)) as line:
        pid = stage.workers.begin(stage.order(night, SETTINGS) | {"abicart": line.url})
        line.aim(pid)
        assert os.waitstatus_to_exitcode(stage.workers.wait(pid)) == -SIGKILL
        line.worker_ended()
    assert (_shown(stage, uid) == before) is (moment == BEFORE)
    stage.later(HOUR)
    stage.specter.edit("article.change", number=number, **told.back)
    lab = stage.lab(SETTINGS)
    try:
        if again:
            assert ImportDag(lab, night).run() == {}
            stage.later(HOUR)
        assert ImportDag(lab, Wanted("next", NIGHT, APPROVED)).run() == {}
        assert _shown(stage, uid) == before
        stage.later(HOUR)
        assert ImportDag(lab, Wanted("last", NIGHT, APPROVED, whole=True)).run() == {}
        assert _shown(stage, uid) == before
    finally:
        lab.close()


def _shown(stage: ImportStage, uid: int) -> object:
    """What the shop shows of the product."""
    shown = stage.abicart.inspect("prices")[str(uid)]
    name = stage.abicart.inspect("Article", uid=uid)["name"]
    return {key: shown[key] for key in ("regular", "offer", "vat_rate")} | {"name": name}
