"""Every difference between the two systems has a reason, or the task is red (issue item 7, fault F11)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from import_lab import EVERYTHING
from reconcile_lab import ReconcileLab
from scenes import items

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.flows.plan_chunks import Selection
from abicart_specter.ledger import FoundOrder, PairOrigin, PairValues, StagingGoneError, pair_values

MESSAGE = "abicart_specter.flows.imports.reconcile"


def price_times(lab: ReconcileLab, item: dict, factor: str) -> str:
    """Another price in Specter; returns the product number."""
    number = item["product_number"]
    new = (lab.imports.specter_price(number) * Decimal(factor)).quantize(Decimal("0.01"))
    lab.imports.in_specter(number, price=str(new))
    return number


def test_two_systems_in_step_have_no_difference(lab: ReconcileLab, caplog: pytest.LogCaptureFixture) -> None:
    uids = [
        lab.place(timedelta(hours=2)),
        lab.place(timedelta(days=2)),
        lab.place(timedelta(days=2, minutes=5)),
    ]
    lab.export_orders()
    with caplog.at_level(logging.INFO, MESSAGE):
        _, found = lab.night()
    assert found.lines == []
    assert found.result is not None
    in_shop = len(items(lab.imports.abicart_server))
    assert {k: n for k, n in found.result.orders.items() if n} == {"sent": len(uids)}
    assert {k: n for k, n in found.result.products.items() if n} == {"sent": in_shop}
    assert (found.result.values, found.result.unexplained) == ({}, 0)
    table = [line.split() for line in caplog.messages]
    day = (datetime.now(UTC) - timedelta(days=2)).date()
    assert any(
        cells[:3] in ([(day + timedelta(days=near)).isoformat(), "2", "2"] for near in (0, 1))
        for cells in table
    )


def test_every_state_of_an_order_is_told_with_its_reason(lab: ReconcileLab) -> None:
    lab.use(**EVERYTHING, orders__ripe__otherwise="paid")
    sent, discarded, held = lab.place(paid=True), lab.place(paid=True), lab.place()
    lab.orders.edit("discard_order", uid=discarded)
    lab.export_orders()
    later = lab.place(timedelta(seconds=1))
    _, found = lab.night()
    assert found.result is not None
    assert found.why("order", lab.number(sent)) == set()
    assert found.why("order", lab.number(discarded)) == {("", "excluded", "discarded")}
    assert found.why("order", lab.number(held)) == {("", "held", "awaiting_payment")}
    assert found.why("order", lab.number(later)) == {("", "waiting", "next_run")}
    assert {standing: n for standing, n in found.result.orders.items() if n} == {
        "sent": 1,
        "excluded": 1,
        "held": 1,
        "waiting": 1,
    }


def test_orders_of_a_shop_that_exports_none_wait(lab: ReconcileLab) -> None:
    old = lab.place(timedelta(days=3))
    lab.use(**EVERYTHING, events__export_order__when="inactive")
    _, found = lab.night()
    assert found.result is not None
    assert found.why("order", lab.number(old)) == {("", "waiting", "export_off")}


def test_an_order_that_the_scan_missed_is_red(lab: ReconcileLab, caplog: pytest.LogCaptureFixture) -> None:
    lab.place()
    lab.export_orders()
    late = lab.place(timedelta(hours=3))  # placed long before the scan read up to now, and seen only after
    with caplog.at_level(logging.ERROR, MESSAGE):
        _, found = lab.night()
    assert found.result is None
    assert found.why("order", lab.number(late)) == {("", "unexplained", "not_in_ledger")}
    assert lab.number(late) in caplog.text
    lab.orders.now = datetime.now(UTC)
    run = lab.orders.scan()
    lab.orders.sweep(run)
    lab.export_orders()
    _, found = lab.night()
    assert found.result is not None
    assert found.of("order") == []


def test_an_order_that_was_never_scanned_waits(lab: ReconcileLab) -> None:
    waiting = lab.place()
    _, found = lab.night()
    assert found.result is not None
    assert found.why("order", lab.number(waiting)) == {("", "waiting", "next_run")}


def test_an_order_that_the_shop_deleted_is_listed(lab: ReconcileLab) -> None:
    lab.export_orders()
    ctx = lab.orders.context()
    ctx.begin()
    gone = FoundOrder(990_001, "990001", datetime.now(UTC) - timedelta(hours=5), "c", 0, "", False)
    lab.orders.orders.record_found(ctx.run, [gone])
    _, found = lab.night()
    assert found.result is not None
    assert found.result.orders_gone == 1
    assert found.why("order", "990001") == {("", "excluded", "deleted_in_shop")}


def test_products_are_told_apart_by_where_they_stand(lab: ReconcileLab) -> None:
    control = lab.imports.abicart_server.control
    first, second, third = lab.imports.plain_items()[:3]
    control.edit("Article", uid=first["uid"], patch={"articleNumber": "NYTT-1"})
    control.edit("Article", uid=second["uid"], patch={"articleNumber": ""})
    control.edit("delete", **{"class": "Article", "uid": third["uid"]})
    control.edit(
        "Article", patch={"articleNumber": "NY-1", "name": {"sv": "Ny"}, "price": {"regular": {"SEK": 10}}}
    )
    _, found = lab.night()
    assert found.result is not None
    assert found.why("product", "NYTT-1") == {("", "sent", "renumbered")}
    assert ("", "sent", "number_lost") in {
        (line["field"], line["standing"], line["rule"])
        for line in found.of("product")
        if line["uid"] == str(second["uid"])
    }
    assert found.why("product", third["product_number"]) == {("", "sent", "deleted_in_shop")}
    assert found.result.products_gone == 1
    assert found.why("product", "NY-1") == {("", "waiting", "not_exported_yet")}


def test_what_an_export_held_is_told_with_its_rule(faulty: ReconcileLab) -> None:
    report = faulty.imports.run()
    _, found = faulty.night()
    assert found.result is not None
    assert report.held > 5
    assert found.result.products["held"] == report.held
    assert found.result.products["sent"] == report.found - report.held
    held = [line for line in found.of("product") if line["standing"] == "held"]
    assert all(line["rule"] and line["why"] and line["remedy"] for line in held)
    assert len({line["rule"] for line in held}) > 3


def test_products_that_no_export_has_met_are_held_by_their_flags_or_wait(faulty: ReconcileLab) -> None:
    _, found = faulty.night()
    assert found.result is not None
    assert found.result.products["sent"] == 0
    assert found.result.products["held"] > 5
    waiting = [line for line in found.of("product") if line["standing"] == "waiting"]
    assert {line["rule"] for line in waiting} == {"not_exported_yet"}
    assert sum(found.result.products.values()) == len(items(faulty.imports.abicart_server))
    # An export of one product says of the others only that they were not asked for.
    number = waiting[0]["number"]
    faulty.imports.run(Selection(only=number))
    _, again = faulty.night()
    assert again.result is not None
    assert again.why("product", number) == set()
    assert again.result.products["waiting"] == len(waiting) - 1
    assert again.result.products["held"] == found.result.products["held"]


def test_values_that_wait_or_were_refused_say_so(lab: ReconcileLab) -> None:
    waits, applied, later = lab.imports.plain_items()[:3]
    fine = price_times(lab, applied, "1.05")
    _, found = lab.night()
    assert found.of("value") == []
    number = price_times(lab, waits, "0.1")
    night, found = lab.night()
    assert found.result is not None
    assert found.why("value", number) == {("price", "waiting", "waits_for_approval")}
    assert found.why("value", fine) == set()
    (line,) = found.of("value")
    assert Decimal(line["shop"]) == Decimal(str(waits["price"]))
    assert Decimal(line["specter"]) < Decimal(line["shop"])
    lab.imports.answer(night, ImportPart.PRICE, approved=False)
    assert lab.reconcile(night.ctx).why("value", number) == {("price", "held", "refused")}
    # Told after the night's plan was made, by the export on change: the next night looks at it.
    newer = price_times(lab, later, "1.02")
    lab.imports.drain(lab.imports.context(flow="product_change_export"))
    found = lab.reconcile(night.ctx)
    assert found.why("value", newer) == {("price", "waiting", "told_since")}
    assert found.result is not None
    assert found.result.values == {"price: refused": 1, "price: told_since": 1}


def test_a_product_that_the_night_wrote_and_specter_changed_again_is_listed(lab: ReconcileLab) -> None:
    item = lab.imports.plain_items()[0]
    number = price_times(lab, item, "1.05")
    night, found = lab.night()
    assert found.of("value") == []
    price_times(lab, item, "1.05")
    lab.imports.drain(lab.imports.context(flow="product_change_export"))
    assert lab.reconcile(night.ctx).why("value", number) == {("price", "waiting", "told_since")}


def test_a_value_that_is_held_says_the_rule_and_both_values(lab: ReconcileLab) -> None:
    item = next(one for one in lab.imports.plain_items() if Decimal(str(one["vat_rate"])) == Decimal("0.25"))
    lab.use(**EVERYTHING | {"imports__vat": False})
    lab.imports.in_specter(item["product_number"], price="10.00", vat_percent="12")
    _, found = lab.night()
    assert found.result is not None
    assert ("price", "held", "vat_differs") in found.why("value", item["product_number"])
    assert all(line["why"] and line["remedy"] for line in found.of("value"))


def test_an_edit_in_the_shop_is_listed_and_one_of_the_night_is_not(lab: ReconcileLab) -> None:
    edited, imported = lab.imports.plain_items()[:2]
    price_times(lab, imported, "1.05")
    control = lab.imports.abicart_server.control
    control.edit("Article", uid=edited["uid"], patch={"price": {"regular": {"SEK": 4321}}})
    _, found = lab.night()
    assert found.result is not None
    assert found.why("value", edited["product_number"]) == {("price", "waiting", "edited_in_shop")}
    assert found.why("value", imported["product_number"]) == set()
    lab.use(imports__price=False, imports__vat=False, imports__extra_price=False, imports__name=False)
    _, found = lab.night()
    assert found.why("value", edited["product_number"]) == {("price", "waiting", "changed_since_sent")}


def test_an_undone_import_is_listed_until_specter_tells_a_new_value(lab: ReconcileLab) -> None:
    item = lab.imports.plain_items()[0]
    number = price_times(lab, item, "1.05")
    lab.night()
    key = ItemKey(Kind.ARTICLE, item["uid"])
    pair = lab.imports.ledger.pairs("demo", [key])[key]["price"]
    assert pair.origin is PairOrigin.IMPORT
    # What import_undo leaves behind, in the shop and in the ledger.
    before = str(item["price"])
    lab.imports.abicart_server.control.edit(
        "Article", uid=item["uid"], patch={"price": {"regular": {"SEK": float(before)}}}
    )
    undone = [PairValues(key, "price", before, pair.specter_value)]
    lab.imports.ledger.settle_pairs("demo", undone, PairOrigin.UNDO)
    _, found = lab.night()
    assert found.result is not None
    assert found.why("value", number) == {("price", "excluded", "undone")}


def test_a_planned_value_that_nobody_wrote_is_red(lab: ReconcileLab) -> None:
    """What may be written and was not, although every task before this one ended well."""
    item = lab.imports.plain_items()[0]
    number = price_times(lab, item, "1.05")
    ctx = lab.imports.context(flow="nightly_import")
    lab.imports.plan_night(ctx)  # and no task writes it
    found = lab.reconcile(ctx)
    assert found.result is None
    assert found.why("value", number) == {("price", "unexplained", "not_settled_planned")}
    (record,) = [one for batch in ctx.ledger.imports.iter_changes(ctx.run) for one in batch]
    ctx.ledger.imports.begin_changes("demo", [(record.id, pair_values(record.change.settles))])
    found = lab.reconcile(ctx)
    assert found.why("value", number) == {("price", "unconfirmed", "answer_lost")}
    ctx.ledger.imports.not_written("demo", [record.id], words="The shop said no.")
    found = lab.reconcile(ctx)
    assert found.why("value", number) == {("price", "failed", "not_written")}


def test_a_number_that_the_shop_does_not_have_is_listed(lab: ReconcileLab) -> None:
    lab.imports.specter_server.control.edit("article.new", number="BARA-SPECTER", name="Annat")
    _, found = lab.night()
    assert found.result is not None
    assert found.why("value", "BARA-SPECTER") == {("", "excluded", "number_unknown")}


def test_it_needs_the_catalogue_of_its_own_run(lab: ReconcileLab) -> None:
    night, _ = lab.night()
    lab.night()
    with pytest.raises(StagingGoneError):
        lab.reconcile(night.ctx)


def test_what_another_run_was_told_before_the_night_is_no_edit_in_the_shop(lab: ReconcileLab) -> None:
    """A name and a price come in one answer: neither was told after the other."""
    item = lab.imports.plain_items()[0]
    lab.imports.in_specter(item["product_number"], name="Another name")
    lab.imports.drain(lab.imports.context(flow="product_change_export"))
    _, found = lab.night()
    assert found.lines == []


def test_a_description_or_campaign_edited_in_the_shop_is_told_where_specter_is_master(
    lab: ReconcileLab,
) -> None:
    item = lab.imports.plain_items()[0]
    number = item["product_number"]
    price = lab.imports.specter_price(number)
    lab.imports.in_specter(
        number,
        description="<p>Specter's</p>",
        old_price=str(price),
        price=str(price * Decimal("0.8")),
        show_old_price=True,
    )
    _, found = lab.night()
    assert found.lines == []
    price_now = {"regular": {"SEK": str(item["price"])}, "specialOffer": {"SEK": "1"}}
    lab.imports.abicart_server.control.edit(
        "Article",
        uid=item["uid"],
        patch={"description": {"sv": "<p>The shop's</p>"}, "price": price_now},
    )
    _, found = lab.night()
    assert found.why("value", number) == {
        ("description", "waiting", "edited_in_shop"),
        ("extra_price", "waiting", "edited_in_shop"),
    }


def test_a_campaign_of_the_shops_own_is_no_difference(lab: ReconcileLab) -> None:
    item = lab.imports.plain_items()[0]
    lab.imports.in_specter(
        item["product_number"], price=str(lab.imports.specter_price(item["product_number"]))
    )
    lab.night()
    price = {"regular": {"SEK": str(item["price"])}, "specialOffer": {"SEK": "1"}}
    lab.imports.abicart_server.control.edit("Article", uid=item["uid"], patch={"price": price})
    _, found = lab.night()
    assert found.lines == []
