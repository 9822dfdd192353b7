"""What Specter changed comes into the shop, once, and nothing else does."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from import_lab import FLOW, ImportLab

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.flows.reports import run_folder
from abicart_specter.ledger import ChangeState


def test_a_changed_price_comes_with_vat_and_only_once(lab: ImportLab) -> None:
    item = next(one for one in lab.plain_items() if Decimal(str(one["vat_rate"])) == Decimal("0.25"))
    before = lab.shop_prices()
    new = (Decimal(str(item["price"])) / Decimal("1.25") * Decimal("1.1")).quantize(Decimal("0.01"))
    lab.in_specter(item["product_number"], price=str(new))
    writes = lab.shop_writes()
    night = lab.night()
    assert night.report is not None
    assert night.report.applied == 1
    assert lab.shop_writes() == writes + 1
    after = lab.shop_prices()
    assert lab.shop_price(item["uid"]) == (new * Decimal("1.25")).quantize(Decimal("0.01"))
    others = {uid: row | {"changed": ""} for uid, row in after.items() if uid != str(item["uid"])}
    assert others == {uid: row | {"changed": ""} for uid, row in before.items() if uid != str(item["uid"])}
    again = lab.night()
    assert again.report is not None
    assert (again.report.applied, again.report.looked_at) == (0, 1)
    assert lab.shop_writes() == writes + 1
    third = lab.night()
    assert third.plan.looked_at == 0


def test_what_the_export_wrote_is_no_change(lab: ImportLab) -> None:
    lab.specter_server.control.edit(
        "bulk",
        edits=[
            {"what": "article.touch", "number": one["product_number"]}
            for one in lab.abicart_server.control.inspect("items")
        ],
    )
    night = lab.night()
    assert night.report is not None
    assert night.plan.looked_at == len(lab.abicart_server.control.inspect("items"))
    assert night.report.applied == 0
    assert lab.shop_writes() == 0


def test_a_price_far_off_waits_for_a_person(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    before = lab.shop_price(item["uid"])
    lab.in_specter(item["product_number"], price="1.00")
    night = lab.night()
    assert night.report is not None
    assert (night.report.applied, night.report.waiting) == (0, 1)
    assert lab.shop_price(item["uid"]) == before
    question = night.plan.parts[ImportPart.PRICE].question
    assert question is not None
    assert item["product_number"] in question["body"].replace("\\", "")
    applied = lab.answer(night, ImportPart.PRICE, approved=True)
    assert applied[ChangeState.APPLIED.value] == 1
    assert lab.shop_price(item["uid"]) == Decimal("1.00") * (1 + Decimal(str(item["vat_rate"])))


def test_every_change_can_be_read_before_the_answer(lab: ImportLab) -> None:
    numbers = [item["product_number"] for item in lab.plain_items()[:2]]
    for number in numbers:
        lab.in_specter(number, price="1.00")
    ctx = lab.context(flow=FLOW)
    lab.plan_night(ctx)
    with (run_folder(ctx) / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert {row["product_number"]: row["outcome"] for row in rows} == dict.fromkeys(numbers, "waiting")


@pytest.mark.parametrize("by", ["the owner", ""])
def test_refused_is_kept_and_asked_again(lab: ImportLab, by: str) -> None:
    item = lab.plain_items()[0]
    before = lab.shop_price(item["uid"])
    lab.in_specter(item["product_number"], price="1.00")
    night = lab.night()
    lab.answer(night, ImportPart.PRICE, approved=False, by=by)
    assert lab.report_night(night.ctx, night.plan).refused == 1
    assert lab.shop_price(item["uid"]) == before
    again = lab.night()
    assert again.report is not None
    assert again.report.waiting == 1


def test_a_newer_row_voids_what_was_approved(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    before = lab.shop_price(item["uid"])
    lab.in_specter(item["product_number"], price="1.00")
    night = lab.night()
    lab.in_specter(item["product_number"], price="2.00")
    lab.drain(lab.context())
    counts = lab.answer(night, ImportPart.PRICE, approved=True)
    assert counts[ChangeState.VOIDED.value] == 1
    assert lab.shop_price(item["uid"]) == before


def test_a_changed_shop_price_voids_what_was_approved(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    lab.in_specter(item["product_number"], price="1.00")
    night = lab.night()
    lab.abicart_server.control.edit("Article", uid=item["uid"], patch={"price": {"regular": {"SEK": 77}}})
    counts = lab.answer(night, ImportPart.PRICE, approved=True)
    assert counts[ChangeState.VOIDED.value] == 1
    assert lab.shop_price(item["uid"]) == 77


def test_an_unknown_number_is_listed_and_nothing_is_made(lab: ImportLab) -> None:
    lab.specter_server.control.edit("article.new", number="ONLY-IN-SPECTER", name="Spade", price=10)
    night = lab.night()
    assert night.report is not None
    assert night.report.unknown == 1
    assert night.report.applied == 0


def test_what_specter_says_of_freight_is_not_written_to_a_product_of_that_number(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    lab.abicart_server.control.edit("Article", uid=item["uid"], patch={"articleNumber": "FRAKT"})
    lab.in_specter("FRAKT", price="5.00", name="Frakt med bud")
    night = lab.night()
    assert night.report is not None
    assert (night.report.applied, night.report.waiting) == (0, 0)
    assert lab.ledger.imports.held_counts(night.ctx.run) == {"number_reserved": night.report.held}
    assert night.report.held > 0
    assert lab.shop_writes() == 0
